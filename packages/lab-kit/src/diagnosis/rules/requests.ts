import type {
  Action,
  LoadBalancer,
  Rule,
  RuleCondition,
} from "@aws-sdk/client-elastic-load-balancing-v2";

import type { ListenerState } from "../read/read-balancers.ts";

/** A request as a listener's rules look at it. */
export interface Asked {
  readonly host: string;
  readonly path: string;
}

/** Which rule takes a request, and what it does with it. */
export interface Taken {
  readonly rule: Rule;
  readonly action: Action | undefined;
}

/**
 * The first rule that a plain GET request meets. Conditions that it could only meet with more than host and path (headers,
 * query, source address) do not hold for it.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
 */
export function takenBy({ rules }: ListenerState, asked: Asked): Taken | undefined {
  const rule = rules.find(
    ({ IsDefault, Conditions = [] }) =>
      IsDefault === true || Conditions.every((condition) => holds(condition, asked)),
  );
  if (rule === undefined) return undefined;
  const last = rule.Actions?.toSorted((a, b) => (a.Order ?? 0) - (b.Order ?? 0)).at(-1);
  return { rule, action: last };
}

function holds(condition: RuleCondition, { host, path }: Asked): boolean {
  const values = (own: { Values?: string[] | undefined } | undefined) =>
    own?.Values ?? condition.Values ?? [];
  const any = (patterns: readonly string[], text: string, fold: boolean) =>
    patterns.some((pattern) =>
      matches(fold ? text.toLowerCase() : text, fold ? pattern.toLowerCase() : pattern),
    );
  switch (condition.Field) {
    case "host-header":
      return any(values(condition.HostHeaderConfig), host, true);
    case "path-pattern":
      return any(values(condition.PathPatternConfig), path, false);
    case "http-request-method":
      return any(values(condition.HttpRequestMethodConfig), "GET", false);
    case "source-ip":
      return values(condition.SourceIpConfig).includes("0.0.0.0/0");
    default:
      return false;
  }
}

/** `*` for any characters, `?` for one; word by word from the left, so that no pattern takes long. */
function matches(text: string, pattern: string): boolean {
  const parts = pattern.split("*");
  const fits = (part: string, at: number) =>
    part.length <= text.length - at &&
    Array.from(part).every((char, index) => char === "?" || char === text[at + index]);
  const [first = "", ...rest] = parts;
  if (!fits(first, 0)) return false;
  let at = first.length;
  if (rest.length === 0) return at === text.length;
  const last = rest.pop()!;
  for (const part of rest) {
    while (at <= text.length && !fits(part, at)) at += 1;
    if (at > text.length) return false;
    at += part.length;
  }
  const end = text.length - last.length;
  return end >= at && fits(last, end);
}

/** The target groups that an action forwards to, with their weights. */
export function forwardedTo(
  action: Action | undefined,
): readonly { readonly arn: string; readonly weight: number }[] {
  if (action?.Type !== "forward") return [];
  const groups = action.ForwardConfig?.TargetGroups ?? [];
  if (groups.length > 0)
    return groups.map(({ TargetGroupArn: arn = "", Weight: weight = 1 }) => ({ arn, weight }));
  return action.TargetGroupArn === undefined ? [] : [{ arn: action.TargetGroupArn, weight: 1 }];
}

/** Whether any rule of a listener forwards to a target group. */
export const leadsTo = ({ rules }: ListenerState, targetGroupArn: string): boolean =>
  rules.some(({ Actions = [] }) =>
    Actions.some((action) => forwardedTo(action).some(({ arn }) => arn === targetGroupArn)),
  );

/** The load balancer of a listener. */
export const balancerOf = (
  balancers: readonly LoadBalancer[],
  { listener }: ListenerState,
): LoadBalancer | undefined =>
  balancers.find(({ LoadBalancerArn }) => LoadBalancerArn === listener.LoadBalancerArn);
