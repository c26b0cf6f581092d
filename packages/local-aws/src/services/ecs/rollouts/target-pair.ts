import type { Scope } from "../../../store/store.ts";
import type { ForwardConfig } from "../../elbv2/actions.ts";
import { rules } from "../../elbv2/state.ts";
import type { Deployment, ServiceLoadBalancer } from "../deployment.ts";
import { ROLLOUT_TEXTS as SAID } from "./texts.ts";

/** The two target groups of a load balancer: the one that production's requests go to, and the other. */
interface TargetPair {
  readonly serving: string;
  readonly idle: string;
}

/** The target groups that a rule forwards to, with their weights; undefined where there is no such rule, or it forwards nothing. */
export function forwardOf(scope: Scope, ruleArn: string): ForwardConfig | undefined {
  const action = scope
    .of(rules)
    .get(ruleArn)
    ?.actions.find(({ Type }) => Type === "forward");
  return action?.["ForwardConfig"] as ForwardConfig | undefined;
}

/**
 * Which of a load balancer's two target groups serves production now; or what is wrong with its rules, in ECS's words.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html
 */
function targetPair(
  scope: Scope,
  { targetGroupArn: one, advanced }: Required<ServiceLoadBalancer>,
): TargetPair | { readonly fault: string } {
  const { alternateTargetGroupArn: other, productionListenerRule, testListenerRule } = advanced;
  const production = forwardOf(scope, productionListenerRule);
  if (!production) return { fault: SAID.ruleGone({ arn: productionListenerRule }) };
  const test = testListenerRule === undefined ? undefined : forwardOf(scope, testListenerRule);
  if (testListenerRule !== undefined && !test)
    return { fault: SAID.ruleGone({ arn: testListenerRule }) };
  const known = [...production.TargetGroups, ...(test?.TargetGroups ?? [])];
  const unrelated = [one, other].find((arn) => !known.some((it) => it.TargetGroupArn === arn));
  if (unrelated) return { fault: SAID.groupUnrelated({ arn: unrelated }) };
  const serving = production.TargetGroups.filter(({ Weight }) => Weight > 0);
  const stranger = serving.find(({ TargetGroupArn: arn }) => arn !== one && arn !== other);
  if (stranger)
    return { fault: SAID.unexpectedGroup({ arn: stranger.TargetGroupArn, one, other }) };
  const [first, ...more] = serving.map(({ TargetGroupArn }) => TargetGroupArn);
  if (first === undefined || more.length > 0)
    return { fault: SAID.twoServe({ arn: productionListenerRule, count: serving.length }) };
  return { serving: first, idle: first === one ? other : one };
}

/** The target groups that tasks are to join: those that serve production, or the other ones; or what is wrong with the rules. */
export function placedIn(
  scope: Scope,
  which: keyof TargetPair,
  balancers: readonly ServiceLoadBalancer[],
): readonly string[] | { readonly fault: string } {
  const placed: string[] = [];
  for (const balancer of balancers) {
    const { advanced } = balancer;
    if (!advanced) {
      placed.push(balancer.targetGroupArn);
      continue;
    }
    const pair = targetPair(scope, { ...balancer, advanced });
    if ("fault" in pair) return pair;
    placed.push(pair[which]);
  }
  return placed;
}

/**
 * A deployment that begins. In a rolling update its tasks join those that serve production; where traffic is shifted, it is decided
 * later which target groups are free.
 */
export function placedFirst(scope: Scope, strategy: string, deployment: Deployment): Deployment {
  if (strategy !== "ROLLING" || deployment.loadBalancers.every(({ advanced }) => !advanced))
    return deployment;
  const groups = placedIn(scope, "serving", deployment.loadBalancers);
  return "fault" in groups ? deployment : { ...deployment, targetGroups: groups };
}
