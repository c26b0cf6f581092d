import type * as Sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Scope } from "../../store/store.ts";
import { targetGroups, type Action } from "./state.ts";
import { unsupported } from "../kit/faults.ts";
import { invalidConfiguration, targetGroupNotFound, validationError } from "./faults.ts";

const SUPPORTED = ["forward", "redirect", "fixed-response"];
const CONTENT_TYPES = [
  "text/plain",
  "text/css",
  "text/html",
  "application/javascript",
  "application/json",
];
const LONGEST_BODY = 1024;
const MOST_TARGET_GROUPS = 5;

/**
 * Checks the actions of a rule or listener and fills in what AWS answers for what was left out.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
 * @throws AwsError ValidationError, InvalidConfigurationRequest, TargetGroupNotFound, NotImplemented
 */
export function checkedActions(
  scope: Scope,
  vpcId: string,
  actions: readonly Sdk.Action[],
): Action[] {
  const given = actions.find(({ Type }) => !SUPPORTED.includes(Type ?? ""));
  if (given) throw unsupported(`actions of type '${given.Type}'`);
  if (actions.length !== 1)
    throw validationError(
      "Exactly one action of type forward, redirect or fixed-response is required",
    );
  return actions.map((action) => checkedAction(scope, vpcId, action));
}

function checkedAction(scope: Scope, vpcId: string, action: Sdk.Action): Action {
  const order = action.Order === undefined ? {} : { Order: action.Order };
  switch (action.Type) {
    case "forward":
      return { Type: "forward", ...forward(scope, vpcId, action), ...order };
    case "redirect":
      return { Type: "redirect", RedirectConfig: redirect(action.RedirectConfig), ...order };
    default:
      return {
        Type: "fixed-response",
        FixedResponseConfig: fixedResponse(action.FixedResponseConfig),
        ...order,
      };
  }
}

function forward(scope: Scope, vpcId: string, action: Sdk.Action) {
  const { TargetGroupArn: single, ForwardConfig: config } = action;
  const given = config?.TargetGroups ?? [];
  if (single === undefined && given.length === 0)
    throw validationError("A target group ARN must be specified");
  if (single !== undefined && given.length > 0)
    if (given.length > 1 || given[0]!.TargetGroupArn !== single)
      throw validationError(
        "You cannot specify both TargetGroupArn and ForwardConfig with different target groups",
      );
  const tuples = given.length > 0 ? given : [{ TargetGroupArn: single }];
  if (tuples.length > MOST_TARGET_GROUPS)
    throw validationError(`An action can forward to at most '${MOST_TARGET_GROUPS}' target groups`);
  const arns = tuples.map(({ TargetGroupArn }) => TargetGroupArn ?? "");
  if (new Set(arns).size < arns.length)
    throw validationError("A target group can only be specified once in an action");
  for (const arn of arns) requireInVpc(scope, vpcId, arn);
  return {
    ...(arns.length === 1 ? { TargetGroupArn: arns[0]! } : {}),
    ForwardConfig: {
      TargetGroups: tuples.map(({ TargetGroupArn, Weight }) => ({
        TargetGroupArn: TargetGroupArn!,
        Weight: checkedWeight(Weight ?? 1),
      })),
      TargetGroupStickinessConfig: stickiness(config?.TargetGroupStickinessConfig),
    },
  };
}

function requireInVpc(scope: Scope, vpcId: string, arn: string): void {
  const group = scope.of(targetGroups).get(arn);
  if (!group) throw targetGroupNotFound(arn);
  if (group.vpcId !== vpcId)
    throw invalidConfiguration(
      `The target group '${arn}' is not in the same VPC as the load balancer`,
    );
}

function checkedWeight(weight: number): number {
  if (weight < 0 || weight > 999)
    throw validationError(`Weight '${weight}' must be between '0' and '999'`);
  return weight;
}

function stickiness(config: Sdk.TargetGroupStickinessConfig | undefined) {
  if (!config?.Enabled) return { Enabled: false };
  const seconds = config.DurationSeconds;
  if (seconds === undefined)
    throw validationError("A duration must be specified for target group stickiness");
  if (seconds < 1 || seconds > 604_800)
    throw validationError(
      `Target group stickiness duration '${seconds}' must be between '1' and '604800'`,
    );
  return { Enabled: true, DurationSeconds: seconds };
}

function redirect(config: Sdk.RedirectActionConfig | undefined) {
  if (!config) throw validationError("A redirect configuration must be specified");
  const filled = {
    Protocol: config.Protocol ?? "#{protocol}",
    Port: config.Port ?? "#{port}",
    Host: config.Host ?? "#{host}",
    Path: config.Path ?? "/#{path}",
    Query: config.Query ?? "#{query}",
    StatusCode: config.StatusCode!,
  };
  if (!/^(HTTPS?|#\{protocol\})$/.test(filled.Protocol))
    throw validationError(
      `The redirect protocol '${filled.Protocol}' must be HTTP, HTTPS or #{protocol}`,
    );
  if (!/^(\d+|#\{port\})$/.test(filled.Port) || Number(filled.Port) > 65_535)
    throw validationError(`The redirect port '${filled.Port}' must be 1 to 65535 or #{port}`);
  if (!filled.Path.startsWith("/"))
    throw validationError(`The redirect path '${filled.Path}' must start with '/'`);
  const same =
    /^(HTTP|#\{protocol\})$/.test(filled.Protocol) &&
    filled.Port === "#{port}" &&
    filled.Host === "#{host}" &&
    filled.Path === "/#{path}" &&
    filled.Query === "#{query}";
  if (same)
    throw validationError(
      "At least one of protocol, hostname, port, path or query must differ from the request: the redirect would loop",
    );
  return filled;
}

function fixedResponse(config: Sdk.FixedResponseActionConfig | undefined) {
  if (!config) throw validationError("A fixed response configuration must be specified");
  const { StatusCode, ContentType, MessageBody } = config;
  if (!/^[245]\d\d$/.test(StatusCode ?? ""))
    throw validationError(
      `1 validation error detected: Value '${StatusCode}' at 'actions.1.member.fixedResponseConfig.statusCode' failed to satisfy constraint: Member must satisfy regular expression pattern: ^(2|4|5)\\d\\d$`,
    );
  if (ContentType !== undefined && !CONTENT_TYPES.includes(ContentType))
    throw validationError(
      "The ContentType must be one of:'text/html', 'application/json', 'application/javascript', 'text/css', 'text/plain'",
    );
  if ((MessageBody?.length ?? 0) > LONGEST_BODY)
    throw validationError(`The message body cannot be longer than '${LONGEST_BODY}' characters`);
  return {
    StatusCode: StatusCode!,
    ...(ContentType === undefined ? {} : { ContentType }),
    ...(MessageBody === undefined ? {} : { MessageBody }),
  };
}

/** The part of a stored `forward` action that engines read. */
export interface ForwardConfig {
  readonly TargetGroups: readonly { readonly TargetGroupArn: string; readonly Weight: number }[];
  readonly TargetGroupStickinessConfig: {
    readonly Enabled: boolean;
    readonly DurationSeconds?: number;
  };
}

/** ARNs of the target groups that `actions` forward to. */
export function actionTargetGroups(actions: readonly Action[]): string[] {
  return actions.flatMap((action) =>
    action.Type === "forward"
      ? (action["ForwardConfig"] as ForwardConfig).TargetGroups.map((tuple) => tuple.TargetGroupArn)
      : [],
  );
}
