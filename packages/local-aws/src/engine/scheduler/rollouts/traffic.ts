import { lastPart } from "../../../ground/arn.ts";
import { mayAssume, roleRefusal } from "../../../services/iam/authorize.ts";
import { sessionArn } from "../../../services/iam/entities.ts";
import { refusalWords } from "../../../services/iam/refusal.ts";
import { forwardOf, placedIn } from "../../../services/ecs/rollouts/target-pair.ts";
import { ROLLOUT_TEXTS as SAID } from "../../../services/ecs/rollouts/texts.ts";
import type { Deployment } from "../../../services/ecs/deployment.ts";
import type { ForwardConfig } from "../../../services/elbv2/actions.ts";
import { setForward } from "../../../services/elbv2/forward-weights.ts";
import { rules } from "../../../services/elbv2/state.ts";
import type { Scope } from "../../../store/store.ts";
import type { EngineContext } from "../../engine.ts";
import { lanesOf, type Lane } from "./lanes.ts";

/** The service that takes on the infrastructure role. */
const ECS = "ecs.amazonaws.com";
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html */
const SESSION = "ECSNetworkingWithELB";
const READS = [
  "DescribeListeners",
  "DescribeRules",
  "DescribeTargetGroups",
  "DescribeTargetHealth",
];

/**
 * A deployment whose tasks are to join the target groups that serve nobody yet; or why that cannot be, in ECS's words.
 */
export function placeTarget(
  context: EngineContext,
  scope: Scope,
  serviceArn: string,
  deployment: Deployment,
): Deployment | { readonly fault: string } {
  const targetGroups = placedIn(scope, "idle", deployment.loadBalancers);
  if ("fault" in targetGroups) return targetGroups;
  const placed: Deployment = { ...deployment, targetGroups };
  const fault = firstFault(lanesOf(placed), (lane) => roleFault(context, scope, serviceArn, lane));
  return fault === undefined ? placed : { fault };
}

/**
 * Gives the tasks that come `percent` of the traffic of every load balancer, in the transaction under way.
 * @returns why it cannot be done, in ECS's words; undefined where it is done, or was so already
 */
export const shiftAll = (
  context: EngineContext,
  scope: Scope,
  lanes: readonly Lane[],
  kind: "production" | "test",
  percent: number,
): string | undefined => firstFault(lanes, (lane) => shift(context, scope, lane, kind, percent));

function firstFault(
  lanes: readonly Lane[],
  faultOf: (lane: Lane) => string | undefined,
): string | undefined {
  for (const lane of lanes) {
    const fault = faultOf(lane);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Why the role of a lane cannot be used at all, in ECS's words; undefined where it can. */
function roleFault(
  { store, clock }: EngineContext,
  { account, region }: Scope,
  serviceArn: string,
  { advanced: { roleArn } }: Lane,
): string | undefined {
  const call = { service: ECS, sourceArn: serviceArn, region, now: clock.now() };
  const mayRead = READS.every(
    (action) =>
      roleRefusal(store, account, {
        roleArn,
        region,
        action: `elasticloadbalancing:${action}`,
        on: "*",
      }) === undefined,
  );
  return mayAssume(store, account, roleArn, call) && mayRead
    ? undefined
    : SAID.roleDenied({ role: roleArn });
}

function shift(
  { store }: EngineContext,
  scope: Scope,
  lane: Lane,
  kind: "production" | "test",
  percent: number,
): string | undefined {
  const { productionListenerRule, testListenerRule, roleArn } = lane.advanced;
  const ruleArn = kind === "production" ? productionListenerRule : testListenerRule;
  if (ruleArn === undefined) return undefined;
  const forward = forwardOf(scope, ruleArn);
  if (!forward) return SAID.ruleGone({ arn: ruleArn });
  if (hasShares(forward, lane, percent)) return undefined;
  const { isDefault, listenerArn } = scope.of(rules).get(ruleArn)!;
  const [action, on] = isDefault
    ? ["elasticloadbalancing:ModifyListener", listenerArn]
    : ["elasticloadbalancing:ModifyRule", ruleArn];
  const { account, region } = scope;
  const refusal = roleRefusal(store, account, { roleArn, region, action, on });
  if (refusal) {
    const user = sessionArn(account, lastPart(roleArn), SESSION);
    return SAID.notAuthorized({ user, action, on, why: refusalWords(refusal, action) });
  }
  setForward(scope, ruleArn, weightsOf(lane, percent));
  return undefined;
}

/** Whether the tasks that come have `percent` of the traffic of a rule already. */
export function isShifted(
  scope: Scope,
  lane: Lane,
  kind: "production" | "test",
  percent: number,
): boolean {
  const { productionListenerRule, testListenerRule } = lane.advanced;
  const ruleArn = kind === "production" ? productionListenerRule : testListenerRule;
  const forward = ruleArn === undefined ? undefined : forwardOf(scope, ruleArn);
  return forward !== undefined && hasShares(forward, lane, percent);
}

/** Whether requests are already shared out like that, whatever numbers say so. */
function hasShares(
  { TargetGroups }: ForwardConfig,
  { target, other }: Lane,
  percent: number,
): boolean {
  const total = TargetGroups.reduce((sum, { Weight }) => sum + Weight, 0);
  const has = (arn: string, share: number) => {
    const weight = TargetGroups.find((it) => it.TargetGroupArn === arn)?.Weight ?? 0;
    return Math.abs(weight * 100 - share * total) < 1e-6 * total;
  };
  return total > 0 && has(target, percent) && has(other, 100 - percent);
}

/** Weights are whole numbers up to 999: tenths of a per cent are told by ten times as many. */
function weightsOf({ target, other }: Lane, percent: number): ReadonlyMap<string, number> {
  const scale = Number.isInteger(percent) ? 1 : 10;
  const weight = Math.round(percent * scale);
  return new Map([
    [target, weight],
    [other, 100 * scale - weight],
  ]);
}
