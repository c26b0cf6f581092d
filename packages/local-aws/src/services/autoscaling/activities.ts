import { randomUUID } from "node:crypto";
import type { Scope } from "../../store/store.ts";
import { activities, activitiesByGroup, type Activity, type AutoScalingGroup } from "./state.ts";

/** How many of a group's activities are kept. */
const KEPT = 100;

/** Writes down something that a group has begun, in the transaction under way. */
export function newActivity(
  scope: Scope,
  { name, arn }: AutoScalingGroup,
  { description, cause, now }: { description: string; cause: string; now: number },
): Activity {
  const all = scope.of(activities);
  const old = all
    .by(activitiesByGroup, name)
    .toSorted((a, b) => a.startedAt - b.startedAt)
    .slice(0, -(KEPT - 1));
  if (all.by(activitiesByGroup, name).length >= KEPT)
    for (const { activityId } of old) all.delete(activityId);
  const activityId = randomUUID();
  return all.put(activityId, {
    activityId,
    groupName: name,
    groupArn: arn,
    description,
    cause,
    statusCode: "InProgress",
    startedAt: now,
  });
}

/** Ends the activities of a group that name an instance, in the transaction under way. */
export function endActivities(
  scope: Scope,
  groupName: string,
  instanceId: string,
  { now, failure }: { now: number; failure?: string | undefined },
): void {
  for (const { activityId, statusCode, description } of scope
    .of(activities)
    .by(activitiesByGroup, groupName))
    if (statusCode === "InProgress" && description.endsWith(instanceId))
      scope.of(activities).patch(activityId, {
        statusCode: failure === undefined ? "Successful" : "Failed",
        ...(failure !== undefined && { statusMessage: failure }),
        endedAt: now,
      });
}
