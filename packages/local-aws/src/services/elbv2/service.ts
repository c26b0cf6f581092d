import { defineService } from "../service.ts";
import { listenerHandlers } from "./listeners.ts";
import { loadBalancerHandlers } from "./load-balancers.ts";
import { referenceHandlers } from "./reference.ts";
import { ruleHandlers } from "./rules.ts";
import { tagHandlers } from "./tags.ts";
import { targetGroupHandlers } from "./target-groups.ts";
import { targetHandlers } from "./target-handlers.ts";
import { members } from "./members.ts";
import {
  loadBalancers,
  listeners,
  rules,
  targetGroups,
  targetRegistrations,
  targetHealths,
} from "./state.ts";

/**
 * Elastic Load Balancing v2: Application Load Balancers. What the engine makes of them is in `engine/load-balancer`.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/Welcome.html
 */
export const elbv2 = defineService({
  id: "elbv2",
  members,
  shown: [loadBalancers, listeners, rules, targetGroups, targetRegistrations, targetHealths],
  handlers: {
    ...loadBalancerHandlers,
    ...targetGroupHandlers,
    ...listenerHandlers,
    ...ruleHandlers,
    ...targetHandlers,
    ...tagHandlers,
    ...referenceHandlers,
  },
});
