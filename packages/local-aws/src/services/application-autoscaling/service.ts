import { defineService, type Service } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import { activityHandlers } from "./activities.ts";
import type { ScalingHandlers } from "./handlers.ts";
import { members } from "./members.ts";
import { policyHandlers } from "./policies.ts";
import { scheduledActionHandlers } from "./scheduled-actions.ts";
import { scalableTargets } from "./state.ts";
import { tagHandlers } from "./tags.ts";
import { targetHandlers } from "./targets.ts";
import { rights } from "./rights.ts";

const handlers = {
  ...targetHandlers,
  ...policyHandlers,
  ...scheduledActionHandlers,
  ...activityHandlers,
  ...tagHandlers,
} satisfies ScalingHandlers;

/**
 * Application Auto Scaling: how many tasks services of ECS have. Targets of other services are kept, and nothing is scaled for
 * them. https://docs.aws.amazon.com/autoscaling/application/APIReference/Welcome.html
 */
export const service = defineService({
  id: "application-autoscaling",
  rights,
  fault: "InternalServiceException",
  members,
  tagging: {
    kinds: [taggedKind(scalableTargets)],
    ...tagsByArn(["ResourceARN", "Tags", "TagKeys"], (tags) => tags),
  },
  handlers: handlers as Service["handlers"],
});
