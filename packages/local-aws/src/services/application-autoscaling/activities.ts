import { randomUUID } from "node:crypto";
import type * as Sdk from "@aws-sdk/client-application-auto-scaling";
import type { Scope } from "../../store/store.ts";
import { cutPage } from "../kit/pages.ts";
import { invalidToken, validation } from "./faults.ts";
import type { ScalingHandlers } from "./handlers.ts";
import {
  activitiesByTarget,
  keyOf,
  scalingActivities,
  type ScalingActivity,
  type TargetKey,
} from "./state.ts";
import { TEXTS } from "./texts.ts";

/** How long activities can be looked up, and how many of one target. https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scaling-activities.html */
const KEPT_MS = 6 * 7 * 24 * 60 * 60 * 1000;
const MOST_KEPT = 500;

export const activityHandlers: ScalingHandlers = {
  DescribeScalingActivities(input, { store, clock }) {
    const { ServiceNamespace, ResourceId, ScalableDimension, IncludeNotScaledActivities } = input;
    if (ScalableDimension !== undefined && ResourceId === undefined)
      throw validation(TEXTS.dimensionNeedsResource());
    const since = clock.now() - KEPT_MS;
    const found = store
      .of(scalingActivities)
      .values()
      .filter(
        (it) =>
          it.namespace === ServiceNamespace &&
          it.startedAt >= since &&
          (ResourceId === undefined || it.resourceId === ResourceId) &&
          (ScalableDimension === undefined || it.dimension === ScalableDimension) &&
          (IncludeNotScaledActivities === true || !it.notScaled),
      )
      .toSorted((a, b) => b.startedAt - a.startedAt || b.order - a.order);
    const { items, next } = cutPage(found, {
      key: ({ startedAt, order, id }) => `${startedAt} ${String(order).padStart(16, "0")} ${id}`,
      size: input.MaxResults ?? 50,
      token: input.NextToken,
      of: "activities",
      invalid: invalidToken,
      descending: true,
    });
    return { ScalingActivities: items.map(toApi), NextToken: next };
  },
};

/** Writes an activity down, in the transaction under way, and forgets the oldest of its target. */
export function addActivity(
  store: Scope,
  key: TargetKey,
  activity: Omit<ScalingActivity, keyof TargetKey | "id" | "order">,
): ScalingActivity {
  const all = store.of(scalingActivities);
  const before = all.by(activitiesByTarget, keyOf(key)).toSorted((a, b) => a.order - b.order);
  for (const { id } of before.slice(0, Math.max(0, before.length + 1 - MOST_KEPT))) all.delete(id);
  const id = randomUUID();
  const { namespace, resourceId, dimension } = key;
  const order = (before.at(-1)?.order ?? 0) + 1;
  return all.put(id, { namespace, resourceId, dimension, ...activity, id, order });
}

const toApi = (activity: Readonly<ScalingActivity>): Sdk.ScalingActivity => ({
  ActivityId: activity.id,
  ServiceNamespace: activity.namespace,
  ResourceId: activity.resourceId,
  ScalableDimension: activity.dimension,
  Description: activity.description,
  Cause: activity.cause,
  StartTime: new Date(activity.startedAt),
  EndTime: activity.endedAt === undefined ? undefined : new Date(activity.endedAt),
  StatusCode: activity.status,
  StatusMessage: activity.message,
  NotScaledReasons: activity.notScaled && [...activity.notScaled],
});
