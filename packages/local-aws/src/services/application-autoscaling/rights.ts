import type { RightsTable } from "../kit/rights.ts";
import type { CallContext } from "../service.ts";

const KEYS = [
  ["ServiceNamespace", "application-autoscaling:service-namespace"],
  ["ScalableDimension", "application-autoscaling:scalable-dimension"],
] as const;

/** What IAM has to allow who lets services scale. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsapplicationautoscaling.html */
export const rights: RightsTable<CallContext> = {
  prefix: "application-autoscaling",
  resources: [
    [
      (_input, { region, account }: CallContext) =>
        `arn:aws:application-autoscaling:${region}:${account}:scalable-target/*`,
      "RegisterScalableTarget DeregisterScalableTarget PutScalingPolicy DeleteScalingPolicy PutScheduledAction DeleteScheduledAction",
    ],
    [
      ({ ResourceARN }: { ResourceARN: string }) => ResourceARN,
      "TagResource UntagResource ListTagsForResource",
    ],
  ],
  keys: ({ input }) =>
    Object.fromEntries(
      KEYS.flatMap(([member, key]) =>
        typeof input[member] === "string" ? [[key, input[member]] as const] : [],
      ),
    ),
};
