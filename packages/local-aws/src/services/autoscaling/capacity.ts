import type { Activity as ApiActivity } from "@aws-sdk/client-auto-scaling";
import type { CallContext } from "../service.ts";
import { cutPage } from "../kit/pages.ts";
import { invalidNextToken, validationError } from "./faults.ts";
import { requireGroup, requireMember } from "./find.ts";
import { toApiDetails } from "./group-view.ts";
import type { AutoScalingHandlers } from "./handlers.ts";
import { newActivity } from "./activities.ts";
import {
  activities,
  activitiesByGroup,
  autoScalingGroups,
  type Activity,
  type AutoScalingGroup,
} from "./state.ts";
import { releaseInstance } from "./release-instance.ts";

function toApiActivity(it: Activity): ApiActivity {
  return {
    ActivityId: it.activityId,
    AutoScalingGroupName: it.groupName,
    AutoScalingGroupARN: it.groupArn,
    Description: it.description,
    Cause: it.cause,
    StartTime: new Date(it.startedAt),
    EndTime: it.endedAt === undefined ? undefined : new Date(it.endedAt),
    StatusCode: it.statusCode,
    StatusMessage: it.statusMessage,
    Progress: it.statusCode === "InProgress" ? 50 : 100,
    Details: "{}",
  };
}

/** @throws AwsError `ValidationError` outside of the group's bounds */
function checkDesired({ minSize, maxSize }: AutoScalingGroup, desired: number): void {
  if (desired > maxSize)
    throw validationError(
      `New SetDesiredCapacity value ${desired} is above max value ${maxSize} for the AutoScalingGroup.`,
    );
  if (desired < minSize)
    throw validationError(
      `New SetDesiredCapacity value ${desired} is below min value ${minSize} for the AutoScalingGroup.`,
    );
}

function terminate(context: CallContext, instanceId: string, decrements: boolean): Activity {
  const { store, clock } = context;
  const { group } = requireMember(store, instanceId);
  const desired = group.desiredCapacity - 1;
  if (decrements && desired < group.minSize)
    throw validationError(
      `Currently, desiredSize equals minSize (${group.minSize}). Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.`,
    );
  if (decrements) store.of(autoScalingGroups).patch(group.name, { desiredCapacity: desired });
  const now = clock.now();
  releaseInstance(store, store.of(autoScalingGroups).get(group.name)!, instanceId, now);
  return newActivity(store, group, {
    description: `Terminating EC2 instance: ${instanceId}`,
    cause: `At ${new Date(now).toISOString()} instance ${instanceId} was taken out of service in response to a user request${decrements ? `, shrinking the capacity from ${desired + 1} to ${desired}` : ""}.`,
    now,
  });
}

/** How many instances a group has, and which may be taken away. https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-protection.html */
export const capacityHandlers = {
  SetDesiredCapacity(input, { store }) {
    const group = requireGroup(store, input.AutoScalingGroupName ?? "");
    const desired = input.DesiredCapacity ?? 0;
    checkDesired(group, desired);
    store.of(autoScalingGroups).patch(group.name, { desiredCapacity: desired });
    return {};
  },

  TerminateInstanceInAutoScalingGroup(input, context) {
    const decrements = input.ShouldDecrementDesiredCapacity ?? false;
    return { Activity: toApiActivity(terminate(context, input.InstanceId ?? "", decrements)) };
  },

  SetInstanceProtection(input, { store }) {
    const group = requireGroup(store, input.AutoScalingGroupName ?? "");
    const ids = input.InstanceIds ?? [];
    for (const id of ids)
      if (requireMember(store, id).group.name !== group.name)
        throw validationError(
          `The instance ${id} is not part of Auto Scaling group ${group.name}.`,
        );
    store.of(autoScalingGroups).patch(group.name, {
      instances: group.instances.map((it) =>
        ids.includes(it.instanceId)
          ? { ...it, protectedFromScaleIn: input.ProtectedFromScaleIn ?? false }
          : it,
      ),
    });
    return {};
  },

  DescribeAutoScalingInstances(input, { store }) {
    const ids = input.InstanceIds;
    const found = store
      .of(autoScalingGroups)
      .values()
      .flatMap((group) => group.instances.map((member) => toApiDetails(group, member)))
      .filter(({ InstanceId = "" }) => !ids?.length || ids.includes(InstanceId));
    const { items, next } = cutPage(found, {
      key: ({ InstanceId = "" }) => InstanceId,
      size: input.MaxRecords ?? 50,
      token: input.NextToken,
      of: "instances",
      invalid: invalidNextToken,
    });
    return { AutoScalingInstances: items, NextToken: next };
  },

  DescribeScalingActivities(input, { store }) {
    const { AutoScalingGroupName: name, ActivityIds: ids } = input;
    const all = store.of(activities);
    const found = (name === undefined ? all.values() : all.by(activitiesByGroup, name))
      .filter(({ activityId }) => !ids?.length || ids.includes(activityId))
      .toSorted((a, b) => b.startedAt - a.startedAt || b.activityId.localeCompare(a.activityId));
    const { items, next } = cutPage(found, {
      key: ({ startedAt, activityId }) => `${String(startedAt).padStart(16, "0")} ${activityId}`,
      size: input.MaxRecords ?? 100,
      token: input.NextToken,
      of: `activities ${name ?? ""}`,
      invalid: invalidNextToken,
      descending: true,
    });
    return { Activities: items.map(toApiActivity), NextToken: next };
  },
} satisfies AutoScalingHandlers;
