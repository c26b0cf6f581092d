import type { Members } from "../kit/members.ts";
import type { RightsTable } from "../kit/rights.ts";
import { defineService, type CallContext, type Service } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import { activityHandlers } from "./activities.ts";
import type { ScalingHandlers } from "./handlers.ts";
import { policyHandlers } from "./policies.ts";
import { scheduledActionHandlers } from "./scheduled-actions.ts";
import { keyOf, scalableTargets, type TargetKey } from "./state.ts";
import { tagHandlers } from "./tags.ts";
import { targetHandlers } from "./targets.ts";

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_Operations.html */
const members: Members = {
  refused: {
    PutScalingPolicyRequest:
      "PredictiveScalingPolicyConfiguration PolicyType=StepScaling=TargetTrackingScaling",
  },
  meaningless: [],
  usedIn: {},
};

const KEYS = [
  ["ServiceNamespace", "application-autoscaling:service-namespace"],
  ["ScalableDimension", "application-autoscaling:scalable-dimension"],
] as const;

/** A target as operations name it. */
interface Named {
  readonly ServiceNamespace: TargetKey["namespace"];
  readonly ResourceId: string;
  readonly ScalableDimension: TargetKey["dimension"];
}

const toKey = (given: Named): TargetKey => ({
  namespace: given.ServiceNamespace,
  resourceId: given.ResourceId,
  dimension: given.ScalableDimension,
});

/** What IAM has to allow who lets services scale. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsapplicationautoscaling.html */
const rights: RightsTable<CallContext> = {
  prefix: "application-autoscaling",
  resources: [
    [
      (target: Named, { region, account, store }: CallContext) =>
        store.of(scalableTargets).get(keyOf(toKey(target)))?.arn ??
        `arn:aws:application-autoscaling:${region}:${account}:scalable-target/*`,
      "RegisterScalableTarget DeregisterScalableTarget PutScalingPolicy DeleteScalingPolicy PutScheduledAction DeleteScheduledAction",
    ],
    [
      ({ ResourceARN }: { ResourceARN: string }) => ResourceARN,
      "TagResource UntagResource ListTagsForResource",
    ],
  ],
  tagsOf: (arn, { store }) => store.of(scalableTargets).find((target) => target.arn === arn)?.tags,
  keys: ({ input }) =>
    Object.fromEntries(
      KEYS.flatMap(([member, key]) =>
        typeof input[member] === "string" ? [[key, input[member]] as const] : [],
      ),
    ),
};

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
