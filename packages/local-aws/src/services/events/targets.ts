import type { Target } from "@aws-sdk/client-eventbridge";
import { parseArn } from "../../ground/arn.ts";
import type { Handlers } from "../../protocol/typed.ts";
import { mayAssume } from "../iam/authorize.ts";
import { unsupported } from "../kit/faults.ts";
import { cutPage } from "../kit/pages.ts";
import type { CallContext } from "../service.ts";
import { invalidToken, limitExceeded, validation } from "./faults.ts";
import { needRule } from "./find.ts";
import { checkInput } from "./input.ts";
import { eventRules, type StoredRule } from "./state.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MOST_TARGETS = 5;

/** What rules can send to, by the service in the ARN and how the rest of it begins. */
const KINDS: Readonly<Record<string, RegExp>> = {
  codebuild: /^project\//,
  codepipeline: /^[^/:]+$/,
  ecs: /^cluster\//,
  events: /^event-bus\//,
  logs: /^log-group:/,
  sns: /./,
  sqs: /./,
};

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html */
export const targetHandlers: Handlers<typeof import("@aws-sdk/client-eventbridge"), CallContext> = {
  PutTargets({ Rule, EventBusName, Targets }, context) {
    const rule = needRule(context.store, Rule, EventBusName);
    const ids = Targets.map(({ Id }) => Id);
    if (new Set(ids).size < ids.length)
      throw validation("Duplicate target ids are not allowed in one request.");
    for (const target of Targets) check(target, rule, context);
    const laid = new Map(
      [...rule.targets, ...Targets].map((target) => [target.Id!, target] as const),
    );
    if (laid.size > MOST_TARGETS)
      throw limitExceeded("The requested resource exceeds the maximum number allowed.");
    context.store.of(eventRules).patch(rule.arn, { targets: [...laid.values()] });
    return { FailedEntryCount: 0, FailedEntries: [] };
  },

  RemoveTargets({ Rule, EventBusName, Ids }, { store }) {
    const rule = needRule(store, Rule, EventBusName);
    const failed = Ids.filter((id) => !rule.targets.some(({ Id }) => Id === id)).map((id) => ({
      TargetId: id,
      ErrorCode: "ResourceNotFoundException",
      ErrorMessage: `Rule ${Rule} does not have target ${id}.`,
    }));
    const targets = rule.targets.filter(({ Id }) => !Ids.includes(Id!));
    store.of(eventRules).patch(rule.arn, { targets });
    return { FailedEntryCount: failed.length, FailedEntries: failed };
  },

  ListTargetsByRule({ Rule, EventBusName, Limit = 100, NextToken }, { store }) {
    const { arn, targets } = needRule(store, Rule, EventBusName);
    const { items, next } = cutPage(targets, {
      key: ({ Id }) => Id!,
      size: Limit,
      token: NextToken,
      of: `targets ${arn}`,
      invalid: invalidToken,
    });
    return { Targets: items.map((target) => structuredClone(target)), NextToken: next };
  },
};

/** @throws AwsError `ValidationException`; 501 for a target of a service that is not here */
function check(target: Target, rule: Readonly<StoredRule>, context: CallContext): void {
  const { Arn } = target;
  const arn = parseArn(Arn!);
  if (!arn)
    throw validation(
      `Parameter ${Arn} is not valid. Reason: Provided Arn is not in correct format.`,
    );
  if (!KINDS[arn.service]?.test(arn.resource))
    throw unsupported(`${arn.service} as a target of events (${Arn})`);
  checkInput(target);
  checkDeadLetters(target.DeadLetterConfig?.Arn);
  const { MessageGroupId } = target.SqsParameters ?? {};
  if (arn.service === "sqs" && arn.resource.endsWith(".fifo") && !MessageGroupId)
    throw validation(`Parameter(s) SqsParameters must be specified for target: ${target.Id}.`);
  if (["codebuild", "codepipeline"].includes(arn.service)) checkRole(target, rule, context);
  if (arn.service === "ecs") checkTask(target, rule, context);
}

function checkDeadLetters(arn: string | undefined): void {
  const queue = arn === undefined ? undefined : parseArn(arn);
  if (arn !== undefined && (queue?.service !== "sqs" || queue.resource.endsWith(".fifo")))
    throw validation(
      "Parameter DeadLetterConfig.Arn is not valid. Reason: it has to be the ARN of a standard queue.",
    );
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html#eb-target-permissions */
function checkRole(
  { Id, RoleArn: own }: Target,
  rule: Readonly<StoredRule>,
  { account, region, cloud, clock }: CallContext,
): void {
  const RoleArn = own ?? rule.roleArn;
  if (!RoleArn) throw validation(`RoleArn is required for target ${Id}.`);
  const call = {
    service: "events.amazonaws.com",
    sourceArn: rule.arn,
    region,
    now: clock.now(),
  };
  if (!mayAssume(cloud, account, RoleArn, call))
    throw validation(
      `Provided role '${RoleArn}' cannot be assumed by principal 'events.amazonaws.com'.`,
    );
}

function checkTask(target: Target, rule: Readonly<StoredRule>, context: CallContext): void {
  const { Id, EcsParameters: ecs } = target;
  if (!ecs) throw validation(`Parameter(s) EcsParameters must be specified for target: ${Id}.`);
  checkRole(target, rule, context);
  if (ecs.LaunchType && ecs.CapacityProviderStrategy?.length)
    throw validation(
      `Only one of LaunchType or CapacityProviderStrategy can be specified for target ${Id}.`,
    );
}
