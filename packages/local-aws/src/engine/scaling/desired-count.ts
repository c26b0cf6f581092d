import type { Clock } from "../../clock/clock.ts";
import { addActivity } from "../../services/application-autoscaling/activities.ts";
import {
  activitiesByTarget,
  keyOf,
  scalableTargets,
  scalingActivities,
  type ScalingActivity,
  type TargetKey,
} from "../../services/application-autoscaling/state.ts";
import { TEXTS } from "../../services/application-autoscaling/texts.ts";
import { ecsArn } from "../../services/ecs/arns.ts";
import { isRunning } from "../../services/ecs/counts.ts";
import { ecsServices, tasks, tasksByService, type EcsService } from "../../services/ecs/state.ts";
import { withDesiredCount } from "../../services/ecs/update-service.ts";
import type { Scope, Store } from "../../store/store.ts";

/** The service that a target is; undefined where there is none that could be scaled. */
export function serviceOf(
  scope: Scope,
  { resourceId }: TargetKey,
): Readonly<EcsService> | undefined {
  const service = scope.of(ecsServices).get(ecsArn(scope, resourceId));
  return service?.status === "ACTIVE" ? service : undefined;
}

/** Has a service want another number of tasks, and writes down why, in the transaction under way. */
export function setDesiredCount(
  scope: Scope,
  key: TargetKey,
  {
    service,
    count,
    cause,
    now,
  }: { service: Readonly<EcsService>; count: number; cause: string; now: number },
): void {
  scope.of(ecsServices).patch(service.arn, withDesiredCount(service, count, now));
  addActivity(scope, key, {
    description: TEXTS.settingCount({ count }),
    cause,
    startedAt: now,
    status: "InProgress",
    message: TEXTS.countWaits({ count }),
    capacity: count,
  });
}

/**
 * Has a service that wants more or fewer tasks than its target's bounds say want as many as they say.
 * @param id the target's key; nothing happens where there is none, or its service is not there
 */
export function boundService(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  scope: Scope,
  id: string,
): void {
  const target = scope.of(scalableTargets).get(id);
  const service = target?.namespace === "ecs" ? serviceOf(scope, target) : undefined;
  if (!target || !service) return;
  const { min, max } = target;
  const count = Math.min(Math.max(service.desiredCount, min), max);
  if (count === service.desiredCount) return;
  const cause =
    service.desiredCount < min ? TEXTS.minimumSet({ count }) : TEXTS.maximumSet({ count });
  store.record(() => setDesiredCount(scope, target, { service, count, cause, now: clock.now() }));
}

/** Ends the activities of a target whose number of tasks runs, or that were overridden; in the transaction under way. */
export function endActivities(scope: Scope, key: TargetKey, now: number): void {
  const open = openActivities(scope, key);
  const service = open.length > 0 ? serviceOf(scope, key) : undefined;
  for (const activity of open) {
    const end = endOf(scope, activity, service);
    if (end) scope.of(scalingActivities).patch(activity.id, { ...end, endedAt: now });
  }
}

const openActivities = (scope: Scope, key: TargetKey) =>
  scope
    .of(scalingActivities)
    .by(activitiesByTarget, keyOf(key))
    .filter(({ status }) => status === "InProgress");

function endOf(
  scope: Scope,
  { capacity: count = 0 }: Readonly<ScalingActivity>,
  service: Readonly<EcsService> | undefined,
): Pick<ScalingActivity, "status" | "message"> | undefined {
  if (!service) return { status: "Unfulfilled", message: TEXTS.countUnfulfilled({ count }) };
  if (service.desiredCount !== count) {
    const message = TEXTS.countOverridden({ count, now: service.desiredCount });
    return { status: "Overridden", message };
  }
  const running = scope
    .of(tasks)
    .by(tasksByService, service.arn)
    .filter((task) => isRunning(task) && task.desiredStatus === "RUNNING");
  return running.length === count
    ? { status: "Successful", message: TEXTS.countSet({ count }) }
    : undefined;
}
