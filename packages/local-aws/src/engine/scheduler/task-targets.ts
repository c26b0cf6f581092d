import { registrationId, targetRegistrations } from "../../services/elbv2/state.ts";
import { deregisterTarget, registerTarget } from "../../services/elbv2/targets.ts";
import type { EcsService, Task } from "../../services/ecs/state.ts";
import { targetOf } from "../../services/ecs/task-place.ts";
import { EVENT_TEXTS } from "../../services/ecs/event-texts.ts";
import type { Scope, Store } from "../../store/store.ts";
import { addServiceEvents } from "./service-events.ts";
import { loadBalancersOf } from "./task-phase.ts";

/** Puts a task into the target groups of its service, in the transaction under way. */
export function registerTargets(scope: Scope, service: EcsService, task: Task, now: number): void {
  for (const balanced of loadBalancersOf(service, task)) {
    const { targetGroupArn } = balanced;
    const target = targetOf(scope, task, balanced);
    if (!target) continue;
    registerTarget(scope, {
      targetGroupArn,
      ...target,
      availabilityZone: task.availabilityZone,
      now,
    });
    const values = { service: service.name, count: 1, arn: targetGroupArn };
    addServiceEvents(scope, service.arn, [EVENT_TEXTS.eventRegistered(values)], now);
  }
}

/** Begins to drain a task's targets, in the transaction under way. */
export function deregisterTargets(
  scope: Scope,
  service: EcsService,
  task: Task,
  now: number,
): void {
  for (const balanced of loadBalancersOf(service, task)) {
    const { targetGroupArn } = balanced;
    const target = targetOf(scope, task, balanced);
    if (!target || !deregisterTarget(scope, { targetGroupArn, ...target, now })) continue;
    const values = { service: service.name, count: 1, arn: targetGroupArn };
    const deployment = task.startedBy ?? "";
    addServiceEvents(
      scope,
      service.arn,
      [EVENT_TEXTS.eventDeregistered(values), EVENT_TEXTS.eventDraining({ ...values, deployment })],
      now,
    );
  }
}

/** The registrations of a task in its target groups, as far as they are there. */
function registrationsOf(scope: Scope, service: EcsService, task: Task): string[] {
  return loadBalancersOf(service, task).flatMap((balanced) => {
    const target = targetOf(scope, task, balanced);
    const id = target && registrationId(balanced.targetGroupArn, target.id, target.port);
    return id !== undefined && scope.of(targetRegistrations).has(id) ? [id] : [];
  });
}

/** Whether any target group still holds a target of the task, draining or not. */
export const holdsTargets = (scope: Scope, service: EcsService, task: Task): boolean =>
  registrationsOf(scope, service, task).length > 0;

/** Calls `listener` after each change of a target of the task's; returns how to stop. */
export function onTargetsChange(
  store: Store,
  scope: Scope,
  service: EcsService,
  task: Task,
  listener: () => void,
): () => void {
  const all = scope.of(targetRegistrations);
  const stops = registrationsOf(scope, service, task).map((id) =>
    store.onChange(all, id, listener),
  );
  return () => stops.forEach((stop) => stop());
}
