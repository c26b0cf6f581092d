import type { Asked, RequestKeys, RightsTable } from "../kit/rights.ts";
import type { CallContext } from "../service.ts";
import { autoScalingGroups } from "./state.ts";

const arnOf = ({ region, account, store }: CallContext, name: string) =>
  store.of(autoScalingGroups).get(name)?.arn ??
  `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:*:autoScalingGroupName/${name}`;

/** The page below says which operations have them. */
function keysOf({ operation, input }: Asked<CallContext>): RequestKeys {
  if (operation !== "CreateAutoScalingGroup" && operation !== "UpdateAutoScalingGroup") return {};
  const { MinSize: least, MaxSize: most, VPCZoneIdentifier: zones, LaunchTemplate } = input;
  const { Version: version } = LaunchTemplate ?? {};
  return {
    ...(least !== undefined && { "autoscaling:MinSize": String(least) }),
    ...(most !== undefined && { "autoscaling:MaxSize": String(most) }),
    ...(zones && { "autoscaling:VPCZoneIdentifiers": String(zones).split(",") }),
    ...(LaunchTemplate && {
      "autoscaling:LaunchTemplateVersionSpecified": String(/^\d+$/.test(version ?? "")),
    }),
  };
}

/** What IAM has to allow who uses groups of instances. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html */
export const rights: RightsTable<CallContext> = {
  prefix: "autoscaling",
  resources: [
    [
      ({ AutoScalingGroupName }: { AutoScalingGroupName: string }, context: CallContext) =>
        arnOf(context, AutoScalingGroupName),
      "CreateAutoScalingGroup UpdateAutoScalingGroup DeleteAutoScalingGroup SetDesiredCapacity SetInstanceProtection",
    ],
    [
      ({ Tags }: { Tags: { ResourceId?: string }[] }, context: CallContext) => [
        ...new Set(Tags.map(({ ResourceId = "*" }) => arnOf(context, ResourceId))),
      ],
      "CreateOrUpdateTags DeleteTags",
    ],
    [
      ({ InstanceId }: { InstanceId: string }, context: CallContext) =>
        arnOf(
          context,
          context.store
            .of(autoScalingGroups)
            .find(({ instances }) => instances.some(({ instanceId }) => instanceId === InstanceId))
            ?.name ?? "*",
        ),
      "TerminateInstanceInAutoScalingGroup",
    ],
  ],
  keys: keysOf,
  tagsOf: (arn, { store }) =>
    store.of(autoScalingGroups).get(arn.slice(arn.lastIndexOf("/") + 1))?.tags,
};
