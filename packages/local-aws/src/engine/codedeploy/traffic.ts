import type { Elbv2Handlers } from "../../services/elbv2/handlers.ts";
import { listenerHandlers } from "../../services/elbv2/listeners.ts";
import { rulesOf, ruleHandlers } from "../../services/elbv2/rules.ts";
import { actionTargetGroups, type ForwardConfig } from "../../services/elbv2/actions.ts";
import { targetGroups, type Action, type TargetGroup } from "../../services/elbv2/state.ts";
import type { CallContext } from "../../services/service.ts";
import { requireRight } from "../acting-role.ts";
import { calling, DeploymentFault, notBehind } from "./deployment-fault.ts";

type SdkAction = NonNullable<
  Parameters<NonNullable<Elbv2Handlers["ModifyRule"]>>[0]["Actions"]
>[number];

/** A pair of target groups, and how much of the requests the green one has. */
export interface Split {
  readonly blueArn: string;
  readonly greenArn: string;
  /** Per cent. */
  readonly greenWeight: number;
}

/** @throws DeploymentFault where no target group has that name */
export function needTargetGroup({ store }: CallContext, name: string): Readonly<TargetGroup> {
  const found = store.of(targetGroups).find((group) => group.name === name);
  if (!found)
    throw new DeploymentFault(
      "ELASTIC_LOAD_BALANCING_INVALID",
      `The ELB could not be updated due to the following error: The target group ${name} could not be found.`,
    );
  return found;
}

/** Whether any rule of a listener forwards to a target group. */
export const forwardsTo = ({ store }: CallContext, listenerArn: string, groupArn: string) =>
  rulesOf(store, listenerArn).some(({ actions }) => actionTargetGroups(actions).includes(groupArn));

/**
 * Splits a listener's requests between two target groups: in each of its rules that forwards to one of them, in the transaction
 * under way. Requests that are under way stay where they are.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-groups-create-load-balancer-for-ecs.html
 * @throws DeploymentFault where the role may not, or none of its rules does
 */
export function splitTraffic(
  caller: CallContext,
  roleArn: string,
  listenerArn: string,
  split: Split,
): void {
  calling("AmazonElasticLoadBalancing", roleArn, () => {
    requireRight(caller, "elasticloadbalancing:DescribeRules", "*");
    const pair = [split.blueArn, split.greenArn];
    const moved = rulesOf(caller.store, listenerArn).filter(({ actions }) =>
      actionTargetGroups(actions).some((arn) => pair.includes(arn)),
    );
    if (moved.length === 0) throw notBehind(listenerArn);
    for (const { arn, isDefault, actions } of moved) {
      const after = actions.map((action) => splitAction(action, split));
      if (isDefault) modifyListener(caller, listenerArn, after);
      else modifyRule(caller, arn, after);
    }
  });
}

function modifyListener(caller: CallContext, ListenerArn: string, DefaultActions: SdkAction[]) {
  requireRight(caller, "elasticloadbalancing:ModifyListener", ListenerArn);
  listenerHandlers.ModifyListener!({ ListenerArn, DefaultActions }, caller);
}

function modifyRule(caller: CallContext, RuleArn: string, Actions: SdkAction[]) {
  requireRight(caller, "elasticloadbalancing:ModifyRule", RuleArn);
  ruleHandlers.ModifyRule!({ RuleArn, Actions }, caller);
}

function splitAction(action: Action, { blueArn, greenArn, greenWeight }: Split): SdkAction {
  if (action.Type !== "forward") return action as unknown as SdkAction;
  const { TargetGroupStickinessConfig } = action["ForwardConfig"] as ForwardConfig;
  return {
    Type: "forward",
    ForwardConfig: {
      TargetGroups: [
        { TargetGroupArn: blueArn, Weight: 100 - greenWeight },
        { TargetGroupArn: greenArn, Weight: greenWeight },
      ],
      TargetGroupStickinessConfig,
    },
  };
}
