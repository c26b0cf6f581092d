import { endActivities, newActivity } from "../../services/autoscaling/activities.ts";
import {
  autoScalingGroups,
  type AutoScalingGroup,
  type GroupInstance,
} from "../../services/autoscaling/state.ts";
import { laidOver } from "../../services/ec2/instances/launch-data.ts";
import { launchInstances } from "../../services/ec2/instances/launch.ts";
import { templateData } from "../../services/ec2/instances/launch-templates.ts";
import { instances, type Instance } from "../../services/ec2/instances/state.ts";
import { subnets } from "../../services/ec2/state.ts";
import { GROUP_TAG } from "../../services/ecs/providers/find.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Scope } from "../../store/store.ts";

/** Launches one more instance of a group, in the transaction under way; why it could not, where it could not. */
export function launchMember(
  scope: Scope,
  groupName: string,
  { cause, now }: { readonly cause: string; readonly now: number },
): string | undefined {
  const group = scope.of(autoScalingGroups).get(groupName)!;
  try {
    const { instance, version } = launchWhereItCan(scope, group, now);
    const { instanceId, instanceType, imageId, availabilityZone } = instance;
    const description = `Launching a new EC2 instance: ${instanceId}`;
    newActivity(scope, group, { description, cause, now });
    scope.of(autoScalingGroups).patch(groupName, {
      instances: [
        ...group.instances,
        {
          instanceId,
          instanceType,
          imageId,
          availabilityZone,
          templateVersion: String(version),
          lifecycleState: "Pending",
          healthStatus: "Healthy",
          protectedFromScaleIn: group.newInstancesProtectedFromScaleIn,
        },
      ],
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const description = `Launching a new EC2 instance.  Status Reason: ${error.message}`;
    newActivity(scope, group, { description, cause, now });
    endActivities(scope, groupName, error.message, { now, failure: error.message });
    return error.message;
  }
}

interface Launched {
  readonly instance: Instance;
  readonly version: number;
}

/** Launches where the group has fewest; where that fails, in another zone, unless the group is to be balanced whatever happens. */
function launchWhereItCan(scope: Scope, group: AutoScalingGroup, now: number): Launched {
  const [first, ...others] = emptiestFirst(scope, group);
  try {
    return launch(scope, group, { subnetId: first, now });
  } catch (error) {
    const [next] = group.zoneStrategy === "balanced-only" ? [] : others;
    if (next === undefined || !(error instanceof AwsError)) throw error;
    return launchWhereItCan(scope, { ...group, subnetIds: others }, now);
  }
}

function launch(
  scope: Scope,
  group: AutoScalingGroup,
  { subnetId, now }: { readonly subnetId: string | undefined; readonly now: number },
): Launched {
  const { id: LaunchTemplateId, version: Version } = group.launchTemplate;
  const { data, tags, version } = templateData(scope, { LaunchTemplateId, Version });
  const own = group.tags.flatMap(({ key, value, propagateAtLaunch }) =>
    propagateAtLaunch ? [[key, value] as const] : [],
  );
  const [instance] = launchInstances(laidOver({}, data), {
    scope,
    count: 1,
    subnetId,
    ownTags: { ...Object.fromEntries(own), ...tags, [GROUP_TAG]: group.name },
    now,
  });
  return { instance: instance!, version: version.number };
}

/** The group's subnets, those in zones with the fewest of its instances first. */
function emptiestFirst(scope: Scope, { subnetIds, instances }: AutoScalingGroup): string[] {
  const count = (id: string) => {
    const zone = scope.of(subnets).get(id)?.availabilityZone;
    return instances.filter(({ availabilityZone }) => availabilityZone === zone).length;
  };
  return subnetIds.toSorted((a, b) => count(a) - count(b));
}

/**
 * Which instances of a group go where it has too many: of the zone with the most, those with the oldest version of the template, then the
 * oldest. Protected ones stay. https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html
 */
export function chooseVictims(
  scope: Scope,
  { terminationPolicies }: AutoScalingGroup,
  live: readonly GroupInstance[],
  count: number,
): GroupInstance[] {
  const left = [...live];
  const chosen: GroupInstance[] = [];
  const launchedAt = ({ instanceId }: GroupInstance) =>
    scope.of(instances).get(instanceId)?.launchedAt ?? 0;
  const newestFirst = terminationPolicies[0] === "NewestInstance";
  while (chosen.length < count) {
    const inZone = (zone: string) =>
      left.filter(({ availabilityZone }) => availabilityZone === zone).length;
    const [victim] = left
      .filter(({ protectedFromScaleIn }) => !protectedFromScaleIn)
      .toSorted(
        (a, b) =>
          inZone(b.availabilityZone) - inZone(a.availabilityZone) ||
          (newestFirst ? 0 : Number(a.templateVersion) - Number(b.templateVersion)) ||
          (newestFirst ? launchedAt(b) - launchedAt(a) : launchedAt(a) - launchedAt(b)),
      );
    if (!victim) break;
    chosen.push(victim);
    left.splice(left.indexOf(victim), 1);
  }
  return chosen;
}
