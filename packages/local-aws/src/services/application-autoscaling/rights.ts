import type { RightsTable } from "../kit/rights.ts";
import type { CallContext } from "../service.ts";
import { keyOf, scalableTargets, type TargetKey } from "./state.ts";

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
export const rights: RightsTable<CallContext> = {
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
