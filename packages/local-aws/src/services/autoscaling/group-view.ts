import type {
  AutoScalingGroup as ApiGroup,
  AutoScalingInstanceDetails,
  TagDescription,
} from "@aws-sdk/client-auto-scaling";
import type { AutoScalingGroup, GroupInstance, GroupTag } from "./state.ts";

const toApiTag = (name: string, { key, value, propagateAtLaunch }: GroupTag): TagDescription => ({
  ResourceId: name,
  ResourceType: "auto-scaling-group",
  Key: key,
  Value: value,
  PropagateAtLaunch: propagateAtLaunch,
});

export const tagsOf = ({ name, tags }: AutoScalingGroup): TagDescription[] =>
  tags.map((tag) => toApiTag(name, tag));

const templateOf = ({ launchTemplate: { id, name } }: AutoScalingGroup, version: string) => ({
  LaunchTemplateId: id,
  LaunchTemplateName: name,
  Version: version,
});

/** A group as the API shows it. */
export function toApiGroup(group: AutoScalingGroup, withInstances = true): ApiGroup {
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    LaunchTemplate: templateOf(group, group.launchTemplate.version),
    MinSize: group.minSize,
    MaxSize: group.maxSize,
    DesiredCapacity: group.desiredCapacity,
    DefaultCooldown: group.defaultCooldown,
    AvailabilityZones: [...group.availabilityZones],
    LoadBalancerNames: [],
    TargetGroupARNs: [],
    AvailabilityZoneDistribution: {
      CapacityDistributionStrategy: group.zoneStrategy ?? "balanced-best-effort",
    },
    HealthCheckType: group.healthCheckType,
    HealthCheckGracePeriod: group.healthCheckGracePeriod,
    Instances: withInstances ? group.instances.map((it) => toApiMember(group, it)) : [],
    CreatedTime: new Date(group.createdAt),
    SuspendedProcesses: group.suspendedProcesses.map((ProcessName) => ({
      ProcessName,
      SuspensionReason: `User suspended at ${new Date(group.createdAt).toISOString()}`,
    })),
    VPCZoneIdentifier: group.subnetIds.join(","),
    EnabledMetrics: [],
    Status: group.status,
    Tags: tagsOf(group),
    TerminationPolicies: [...group.terminationPolicies],
    NewInstancesProtectedFromScaleIn: group.newInstancesProtectedFromScaleIn,
    ServiceLinkedRoleARN: group.serviceLinkedRoleArn,
    MaxInstanceLifetime: group.maxInstanceLifetime,
    DefaultInstanceWarmup: group.defaultInstanceWarmup,
    CapacityRebalance: false,
    TrafficSources: [],
  };
}

function toApiMember(group: AutoScalingGroup, member: GroupInstance) {
  return {
    InstanceId: member.instanceId,
    InstanceType: member.instanceType,
    ImageId: member.imageId,
    AvailabilityZone: member.availabilityZone,
    LifecycleState: member.lifecycleState,
    HealthStatus: member.healthStatus,
    LaunchTemplate: templateOf(group, member.templateVersion),
    ProtectedFromScaleIn: member.protectedFromScaleIn,
  };
}

/** An instance of a group, by itself. */
export function toApiDetails(
  group: AutoScalingGroup,
  member: GroupInstance,
): AutoScalingInstanceDetails {
  return {
    ...toApiMember(group, member),
    AutoScalingGroupName: group.name,
    HealthStatus: member.healthStatus.toUpperCase(),
  };
}
