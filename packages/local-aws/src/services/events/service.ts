import { defineService } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import { policyHandlers } from "./bus-policies.ts";
import { busHandlers } from "./buses.ts";
import { members } from "./members.ts";
import { eventHandlers } from "./put-events.ts";
import { rights } from "./rights.ts";
import { ruleHandlers } from "./rules.ts";
import { eventBuses, eventRules } from "./state.ts";
import { tagHandlers } from "./tags.ts";
import { targetHandlers } from "./targets.ts";

/**
 * Amazon EventBridge: buses, rules and events. Archives and replays, connections and API destinations, global endpoints and partners'
 * sources are not there.
 */
export const service = defineService({
  id: "events",
  fault: "InternalException",
  members,
  rights,
  tagging: {
    kinds: [taggedKind(eventBuses), taggedKind(eventRules)],
    ...tagsByArn(["ResourceARN", "Tags", "TagKeys"]),
  },
  handlers: {
    ...busHandlers,
    ...policyHandlers,
    ...ruleHandlers,
    ...targetHandlers,
    ...eventHandlers,
    ...tagHandlers,
  },
});
