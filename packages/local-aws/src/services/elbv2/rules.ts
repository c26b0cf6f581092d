import type * as Sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Scope } from "../../store/store.ts";
import { checkArn, ruleArn } from "./arns.ts";
import { checkedConditions } from "./conditions.ts";
import type { Elbv2Handlers } from "./handlers.ts";
import { rulesByListener } from "./indexes.ts";
import { actionsOf, requireListener } from "./listeners.ts";
import { page } from "./pages.ts";
import { loadBalancers, rules, type Rule } from "./state.ts";
import { withTags } from "./tags.ts";
import { unsupported } from "../kit/faults.ts";
import {
  defaultRuleFixed,
  defaultRuleStays,
  priorityInUse,
  priorityTwice,
  ruleNotFound,
  tooMany,
  validationError,
} from "./faults.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
const MOST_RULES = 100;
const HIGHEST_PRIORITY = 50_000;

function requireRule(scope: Scope, arn: string): Readonly<Rule> {
  checkArn(arn, "listener-rule");
  const rule = scope.of(rules).get(arn);
  if (!rule) throw ruleNotFound();
  return rule;
}

/** The rules of a listener in the order in which they are tried, the default rule last. */
export function rulesOf(scope: Scope, listenerArn: string): Readonly<Rule>[] {
  return scope
    .of(rules)
    .by(rulesByListener, listenerArn)
    .sort((one, other) => position(one) - position(other));
}

function position(rule: Readonly<Rule>): number {
  return rule.isDefault ? Infinity : Number(rule.priority);
}

/** In the order in which they are tried, also where they are of several listeners. */
const sortKey = (rule: Readonly<Rule>) =>
  `${rule.isDefault ? "~" : rule.priority.padStart(10, "0")} ${rule.arn}`;

function describe(rule: Readonly<Rule>): Sdk.Rule {
  return {
    RuleArn: rule.arn,
    Priority: rule.priority,
    Conditions: rule.conditions as unknown as Sdk.RuleCondition[],
    Actions: rule.actions as unknown as Sdk.Action[],
    IsDefault: rule.isDefault,
    Transforms: [],
  };
}

function checkPriority(priority: number): void {
  if (priority < 1 || priority > HIGHEST_PRIORITY)
    throw validationError(`Priority '${priority}' must be between '1' and '${HIGHEST_PRIORITY}'`);
}

export const ruleHandlers: Elbv2Handlers = {
  CreateRule(input, { store }) {
    const listener = requireListener(store, input.ListenerArn);
    if (input.Transforms?.length) throw unsupported("rule transforms");
    checkPriority(input.Priority);
    const others = rulesOf(store, listener.arn);
    if (others.some(({ priority }) => priority === String(input.Priority)))
      throw priorityInUse(input.Priority);
    if (others.length > MOST_RULES)
      throw tooMany("TooManyRules", "The maximum number of rules per load balancer was reached");
    const balancer = store.of(loadBalancers).get(listener.loadBalancerArn)!;
    const arn = ruleArn(listener.arn);
    const rule = store.of(rules).put(arn, {
      arn,
      listenerArn: listener.arn,
      priority: String(input.Priority),
      conditions: checkedConditions(input.Conditions),
      actions: actionsOf(store, balancer, input.Actions),
      isDefault: false,
      tags: withTags({}, input.Tags),
    });
    return { Rules: [describe(rule)] };
  },

  ModifyRule(input, { store }) {
    const rule = requireRule(store, input.RuleArn);
    if (rule.isDefault) throw defaultRuleFixed(rule.arn);
    if (input.Transforms?.length) throw unsupported("rule transforms");
    if (!input.Conditions?.length && !input.Actions?.length)
      throw validationError("Either conditions or actions must be specified");
    const listener = requireListener(store, rule.listenerArn);
    const balancer = store.of(loadBalancers).get(listener.loadBalancerArn)!;
    const changed = store.of(rules).patch(rule.arn, {
      conditions: input.Conditions?.length ? checkedConditions(input.Conditions) : rule.conditions,
      actions: input.Actions?.length ? actionsOf(store, balancer, input.Actions) : rule.actions,
    });
    return { Rules: [describe(changed)] };
  },

  DescribeRules(input, { store }) {
    const { ListenerArn: listener, RuleArns: arns } = input;
    if (listener === undefined && !arns?.length)
      throw validationError("You must specify either listener rule ARNs or a listener ARN");
    if (listener !== undefined && arns?.length)
      throw validationError("Listener rule ARNs and a listener ARN cannot be specified together");
    const found =
      listener === undefined
        ? arns!.map((arn) => requireRule(store, arn))
        : rulesOf(store, requireListener(store, listener).arn);
    const { items, NextMarker } = page(found, input, "rules", sortKey);
    return { Rules: items.map(describe), NextMarker };
  },

  DeleteRule({ RuleArn }, { store }) {
    const rule = requireRule(store, RuleArn);
    if (rule.isDefault) throw defaultRuleStays(rule.arn);
    store.of(rules).delete(rule.arn);
    return {};
  },

  SetRulePriorities({ RulePriorities }, { store }) {
    const changes = new Map<string, number>();
    const asked = new Set<number>();
    for (const { RuleArn = "", Priority } of RulePriorities) {
      const rule = requireRule(store, RuleArn);
      if (rule.isDefault) throw defaultRuleFixed(rule.arn);
      if (Priority === undefined) throw validationError("A priority must be specified");
      checkPriority(Priority);
      if (asked.has(Priority)) throw priorityTwice(Priority);
      asked.add(Priority);
      changes.set(rule.arn, Priority);
    }
    const [firstArn] = changes.keys();
    if (firstArn === undefined) throw validationError("A rule priority must be specified");
    const first = store.of(rules).get(firstArn)!;
    for (const rule of rulesOf(store, first.listenerArn))
      if (!changes.has(rule.arn) && asked.has(Number(rule.priority)))
        throw priorityInUse(Number(rule.priority));
    const changed = [...changes].map(([arn, priority]) =>
      store.of(rules).patch(arn, { priority: String(priority) }),
    );
    return { Rules: changed.map(describe) };
  },
};
