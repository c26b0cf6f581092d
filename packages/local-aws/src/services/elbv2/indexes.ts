import { defineIndex } from "../../store/collection.ts";
import { actionTargetGroups } from "./actions.ts";
import type { Listener, Rule, TargetGroup, TargetHealth, TargetRegistration } from "./state.ts";

/*
 * What is looked for at each request and each commit: with an index it costs what is found, not what there is.
 */

export const groupsByName = defineIndex<TargetGroup>(({ name }) => [name]);
export const listenersByBalancer = defineIndex<Listener>(({ loadBalancerArn }) => [
  loadBalancerArn,
]);
/** By the target groups that default actions forward to. */
export const listenersByGroup = defineIndex<Listener>(({ defaultActions }) =>
  actionTargetGroups(defaultActions),
);
export const rulesByListener = defineIndex<Rule>(({ listenerArn }) => [listenerArn]);
export const rulesByGroup = defineIndex<Rule>(({ actions }) => actionTargetGroups(actions));
export const registrationsByGroup = defineIndex<TargetRegistration>(({ targetGroupArn }) => [
  targetGroupArn,
]);
/** By address: a target's id is one. */
export const registrationsByAddress = defineIndex<TargetRegistration>(({ id }) => [id]);
export const healthsByGroup = defineIndex<TargetHealth>(({ targetGroupArn }) => [targetGroupArn]);
