import { lastPart } from "../../ground/arn.ts";
import type { Members } from "../kit/members.ts";
import type { Asked, RequestKeys, RightsTable } from "../kit/rights.ts";
import { defineService, type CallContext, type Service } from "../service.ts";
import { toTagList } from "../kit/tagging.ts";
import { capacityHandlers } from "./capacity.ts";
import { groupHandlers } from "./groups.ts";
import type { AutoScalingHandlers } from "./handlers.ts";
import { autoScalingGroups } from "./state.ts";
import { tagHandlers } from "./tags.ts";

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
const rights: RightsTable<CallContext> = {
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
  tagsOf: (arn, { store }) => store.of(autoScalingGroups).get(lastPart(arn))?.tags,
};

const REFUSED =
  "LaunchConfigurationName MixedInstancesPolicy PlacementGroup CapacityRebalance Context DesiredCapacityType=units InstanceMaintenancePolicy AvailabilityZones AvailabilityZoneIds AvailabilityZoneImpairmentPolicy SkipZonalShiftValidation CapacityReservationSpecification InstanceLifecyclePolicy DeletionProtection=none";

/** https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Operations.html */
const members: Members = {
  refused: {
    CreateAutoScalingGroupType: `${REFUSED} InstanceId LoadBalancerNames TargetGroupARNs LifecycleHookSpecificationList TrafficSources Operator`,
    UpdateAutoScalingGroupType: `${REFUSED} ServiceLinkedRoleARN`,
    DescribeScalingActivitiesType: "Filters",
    TerminateInstanceInAutoScalingGroupType: "InstanceIds",
  },
  meaningless: [
    {
      why: [
        "No activity has a cool-down to wait for here.",
        "ここでは、アクティビティが待つクールダウンはありません。",
      ],
      members: { SetDesiredCapacityType: "HonorCooldown" },
    },
    {
      why: [
        "No group is managed by another service, and a deleted group's activities are shown like the others.",
        "ほかのサービスが管理するグループはありません。削除されたグループのアクティビティも同じように表示されます。",
      ],
      members: {
        AutoScalingGroupNamesType: "IncludeManagedResources",
        DescribeScalingActivitiesType: "IncludeManagedResources IncludeDeletedGroups",
        DescribeTagsType: "IncludeManagedResources",
        DescribeAutoScalingInstancesType: "IncludeManagedResources",
        TerminateInstanceInAutoScalingGroupType: "AutoScalingGroupName",
      },
    },
  ],
  usedIn: {
    "services/ec2/instances/launch-templates.ts": {
      LaunchTemplateSpecification: "LaunchTemplateId LaunchTemplateName",
    },
  },
};

const handlers = {
  ...groupHandlers,
  ...capacityHandlers,
  ...tagHandlers,
} satisfies AutoScalingHandlers;

const groupOf = (arn: string) => ({
  ResourceId: lastPart(arn),
  ResourceType: "auto-scaling-group",
});

/** Amazon EC2 Auto Scaling: groups of instances from a launch template. */
export const service = defineService({
  id: "autoscaling",
  rights,
  members,
  tagging: {
    // Groups are tagged by their ARNs, and not found by their tags:
    // https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html
    kinds: [],
    tag: (arn, tags) => ({
      operation: "CreateOrUpdateTags",
      input: { Tags: toTagList(tags).map((tag) => ({ ...groupOf(arn), ...tag })) },
    }),
    untag: (arn, keys) => ({
      operation: "DeleteTags",
      input: { Tags: keys.map((Key) => ({ ...groupOf(arn), Key })) },
    }),
  },
  handlers: handlers as Service["handlers"],
});
