import type { Scope } from "../../store/store.ts";
import type { ForwardConfig } from "./actions.ts";
import { listeners, rules, type Action } from "./state.ts";

/**
 * Makes a rule forward to these target groups, in the transaction under way. Its stickiness stays; so does a listener's default
 * action what its default rule does.
 * @param ruleArn of a rule that is there and forwards
 * @param weights by the ARN of the target group, 0 to 999
 */
export function setForward(
  scope: Scope,
  ruleArn: string,
  weights: ReadonlyMap<string, number>,
): void {
  const rule = scope.of(rules).get(ruleArn)!;
  const actions = rule.actions.map((action): Action => {
    if (action.Type !== "forward") return action;
    const { TargetGroupArn: _, ...rest } = action;
    const before = action["ForwardConfig"] as ForwardConfig;
    const ForwardConfig: ForwardConfig = {
      ...before,
      TargetGroups: [...weights].map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })),
    };
    return { ...rest, Type: "forward", ForwardConfig };
  });
  scope.of(rules).patch(ruleArn, { actions });
  if (rule.isDefault) scope.of(listeners).patch(rule.listenerArn, { defaultActions: actions });
}
