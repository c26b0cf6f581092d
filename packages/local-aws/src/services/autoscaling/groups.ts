import type {
  CreateAutoScalingGroupType,
  Filter,
  UpdateAutoScalingGroupType,
} from "@aws-sdk/client-auto-scaling";
import { randomUUID } from "node:crypto";
import type { Scope } from "../../store/store.ts";
import { requireTemplate, requireVersion } from "../ec2/instances/launch-templates.ts";
import { ensureServiceLinkedRole } from "../iam/service-linked-roles.ts";
import { subnets } from "../ec2/state.ts";
import { cutPage } from "../kit/pages.ts";
import type { CallContext } from "../service.ts";
import {
  activityInProgress,
  alreadyExists,
  invalidNextToken,
  resourceInUse,
  validationError,
} from "./faults.ts";
import { requireGroup } from "./find.ts";
import { toApiGroup } from "./group-view.ts";
import type { AutoScalingHandlers } from "./handlers.ts";
import { autoScalingGroups, type AutoScalingGroup } from "./state.ts";
import { toTags } from "./tags.ts";

type Sizes = Pick<AutoScalingGroup, "minSize" | "maxSize" | "desiredCapacity">;

/** @throws AwsError `ValidationError` where the sizes contradict each other */
function checkSizes({ minSize, maxSize, desiredCapacity }: Sizes): void {
  if (minSize < 0 || maxSize < minSize)
    throw validationError("Max bound, must be greater than or equal to min bound");
  if (desiredCapacity < minSize || desiredCapacity > maxSize)
    throw validationError(
      `Desired capacity:${desiredCapacity} must be between the specified min size:${minSize} and max size:${maxSize}`,
    );
}

/** Subnets that a text lists, and their zones. @throws AwsError where one is not there */
function toNetwork(scope: Scope, text: string | undefined) {
  const subnetIds = (text ?? "")
    .split(",")
    .map((id) => id.trim())
    .filter(Boolean);
  if (subnetIds.length === 0)
    throw validationError("At least one Availability Zone or VPC Subnet is required.");
  const found = subnetIds.map((id) => {
    const subnet = scope.of(subnets).get(id);
    if (!subnet) throw validationError(`The subnet ID '${id}' does not exist`);
    return subnet;
  });
  const availabilityZones = [...new Set(found.map(({ availabilityZone }) => availabilityZone))];
  return { subnetIds, availabilityZones: availabilityZones.toSorted() };
}

/** @throws AwsError where there is no such template or version */
function toTemplate(scope: Scope, given: CreateAutoScalingGroupType["LaunchTemplate"]) {
  if (!given)
    throw validationError(
      "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.",
    );
  const template = requireTemplate(scope, given);
  const version = given.Version ?? "$Default";
  requireVersion(template, version);
  return { id: template.templateId, name: template.name, version };
}

/** https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-availability-zone-balanced.html */
function zoneStrategyOf(
  distribution: UpdateAutoScalingGroupType["AvailabilityZoneDistribution"],
): Pick<AutoScalingGroup, "zoneStrategy"> {
  const zoneStrategy = distribution?.CapacityDistributionStrategy;
  return zoneStrategy === undefined ? {} : { zoneStrategy };
}

function create(input: CreateAutoScalingGroupType, context: CallContext): AutoScalingGroup {
  const { store, account, region, clock } = context;
  const name = input.AutoScalingGroupName ?? "";
  if (store.of(autoScalingGroups).has(name)) throw alreadyExists();
  const [minSize, maxSize] = [input.MinSize ?? 0, input.MaxSize ?? 0];
  const sizes = { minSize, maxSize, desiredCapacity: input.DesiredCapacity ?? minSize };
  checkSizes(sizes);
  return {
    name,
    arn: `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:${randomUUID()}:autoScalingGroupName/${name}`,
    launchTemplate: toTemplate(store, input.LaunchTemplate),
    ...sizes,
    defaultCooldown: input.DefaultCooldown ?? 300,
    ...toNetwork(store, input.VPCZoneIdentifier),
    ...zoneStrategyOf(input.AvailabilityZoneDistribution),
    healthCheckType: input.HealthCheckType ?? "EC2",
    healthCheckGracePeriod: input.HealthCheckGracePeriod ?? 0,
    newInstancesProtectedFromScaleIn: input.NewInstancesProtectedFromScaleIn ?? false,
    terminationPolicies: input.TerminationPolicies?.length
      ? input.TerminationPolicies
      : ["Default"],
    suspendedProcesses: [],
    serviceLinkedRoleArn:
      input.ServiceLinkedRoleARN ??
      // https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-service-linked-role.html
      ensureServiceLinkedRole(store, "autoscaling.amazonaws.com", clock.now()).arn,
    ...(input.MaxInstanceLifetime !== undefined && {
      maxInstanceLifetime: input.MaxInstanceLifetime,
    }),
    ...(input.DefaultInstanceWarmup !== undefined && {
      defaultInstanceWarmup: input.DefaultInstanceWarmup,
    }),
    instances: [],
    tags: toTags(input.Tags, name),
    createdAt: clock.now(),
  };
}

function changes(
  input: UpdateAutoScalingGroupType,
  scope: Scope,
  before: AutoScalingGroup,
): Partial<AutoScalingGroup> {
  const minSize = input.MinSize ?? before.minSize;
  const maxSize = input.MaxSize ?? before.maxSize;
  // A desired size that a new bound leaves outside moves to that bound.
  const within = Math.min(Math.max(before.desiredCapacity, minSize), maxSize);
  const sizes = { minSize, maxSize, desiredCapacity: input.DesiredCapacity ?? within };
  checkSizes(sizes);
  const isProtected = input.NewInstancesProtectedFromScaleIn;
  return {
    ...sizes,
    ...(input.LaunchTemplate && { launchTemplate: toTemplate(scope, input.LaunchTemplate) }),
    ...(input.VPCZoneIdentifier && toNetwork(scope, input.VPCZoneIdentifier)),
    defaultCooldown: input.DefaultCooldown ?? before.defaultCooldown,
    ...zoneStrategyOf(input.AvailabilityZoneDistribution),
    healthCheckType: input.HealthCheckType ?? before.healthCheckType,
    healthCheckGracePeriod: input.HealthCheckGracePeriod ?? before.healthCheckGracePeriod,
    newInstancesProtectedFromScaleIn: isProtected ?? before.newInstancesProtectedFromScaleIn,
    terminationPolicies: input.TerminationPolicies?.length
      ? input.TerminationPolicies
      : before.terminationPolicies,
    maxInstanceLifetime: input.MaxInstanceLifetime ?? before.maxInstanceLifetime,
    defaultInstanceWarmup: input.DefaultInstanceWarmup ?? before.defaultInstanceWarmup,
  };
}

function matches({ tags }: AutoScalingGroup, filters: readonly Filter[]): boolean {
  return filters.every(({ Name = "", Values = [] }) => {
    if (Name === "tag-key") return tags.some(({ key }) => Values.includes(key));
    if (Name === "tag-value") return tags.some(({ value }) => Values.includes(value));
    if (Name.startsWith("tag:"))
      return tags.some(({ key, value }) => Name === `tag:${key}` && Values.includes(value));
    throw validationError(
      `Filter type ${Name} is not correct. Allowed Filter types are: tag-key, tag-value, tag:<key>`,
    );
  });
}

/** Auto Scaling groups. https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-groups.html */
export const groupHandlers = {
  CreateAutoScalingGroup(input, context) {
    const group = create(input, context);
    context.store.of(autoScalingGroups).put(group.name, group);
    return {};
  },

  UpdateAutoScalingGroup(input, { store }) {
    const before = requireGroup(store, input.AutoScalingGroupName ?? "");
    if (before.status) throw activityInProgress(before.name);
    store.of(autoScalingGroups).patch(before.name, changes(input, store, before));
    return {};
  },

  DescribeAutoScalingGroups(input, { store }) {
    const names = input.AutoScalingGroupNames;
    const found = store
      .of(autoScalingGroups)
      .filter((it) => !names?.length || names.includes(it.name))
      .filter((it) => matches(it, input.Filters ?? []));
    const { items, next } = cutPage(found, {
      key: ({ name }) => name,
      size: input.MaxRecords ?? 50,
      token: input.NextToken,
      of: "groups",
      invalid: invalidNextToken,
    });
    const withInstances = input.IncludeInstances ?? true;
    return {
      AutoScalingGroups: items.map((it) => toApiGroup(it, withInstances)),
      NextToken: next,
    };
  },

  DeleteAutoScalingGroup(input, { store }) {
    const group = requireGroup(store, input.AutoScalingGroupName ?? "");
    const isEmpty = group.instances.length === 0;
    if (!isEmpty && !input.ForceDelete) throw resourceInUse();
    if (isEmpty) store.of(autoScalingGroups).delete(group.name);
    else
      store.of(autoScalingGroups).patch(group.name, {
        minSize: 0,
        desiredCapacity: 0,
        status: "Delete in progress",
        instances: group.instances.map((it) => ({ ...it, protectedFromScaleIn: false })),
      });
    return {};
  },
} satisfies AutoScalingHandlers;
