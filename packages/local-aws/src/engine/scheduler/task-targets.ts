import { registrationsByAddress } from "../../services/elbv2/indexes.ts";
import { registrationId, targetRegistrations } from "../../services/elbv2/state.ts";
import { deregisterTarget, registerTarget } from "../../services/elbv2/targets.ts";
import type { EcsService, Task } from "../../services/ecs/state.ts";
import { TEXTS } from "../../services/ecs/texts.ts";
import type { Scope, Store } from "../../store/store.ts";
import { addServiceEvents } from "./service-events.ts";
import { loadBalancersOf } from "./task-phase.ts";

/** Puts a task into the target groups of its service, in the transaction under way. */
export function registerTargets(scope: Scope, service: EcsService, task: Task, now: number): void {
  for (const { targetGroupArn, containerPort } of loadBalancersOf(service, task)) {
    const { privateIpAddress: id = "", availabilityZone } = task;
    registerTarget(scope, { targetGroupArn, id, port: containerPort, availabilityZone, now });
    const values = { service: service.name, count: 1, arn: targetGroupArn };
    addServiceEvents(scope, service.arn, [TEXTS.eventRegistered(values)], now);
  }
}

/** Begins to drain a task's targets, in the transaction under way. */
export function deregisterTargets(
  scope: Scope,
  service: EcsService,
  task: Task,
  now: number,
): void {
  for (const { targetGroupArn, containerPort } of loadBalancersOf(service, task)) {
    const target = { targetGroupArn, id: task.privateIpAddress ?? "", port: containerPort, now };
    if (!deregisterTarget(scope, target)) continue;
    const values = { service: service.name, count: 1, arn: targetGroupArn };
    const deployment = task.startedBy ?? "";
    addServiceEvents(
      scope,
      service.arn,
      [TEXTS.eventDeregistered(values), TEXTS.eventDraining({ ...values, deployment })],
      now,
    );
  }
}

/** Whether any target group still holds a target of the task, draining or not. */
export function holdsTargets(scope: Scope, service: EcsService, task: Task): boolean {
  return loadBalancersOf(service, task).some(({ targetGroupArn, containerPort }) =>
    scope
      .of(targetRegistrations)
      .has(registrationId(targetGroupArn, task.privateIpAddress ?? "", containerPort)),
  );
}

/** Calls `listener` after each change of a target at the task's address; returns how to stop. */
export function onTargetsChange(
  store: Store,
  scope: Scope,
  { privateIpAddress = "" }: Task,
  listener: () => void,
): () => void {
  const all = scope.of(targetRegistrations);
  const stops = all
    .by(registrationsByAddress, privateIpAddress)
    .map(({ targetGroupArn, id, port }) =>
      store.onChange(all, registrationId(targetGroupArn, id, port), listener),
    );
  return () => stops.forEach((stop) => stop());
}
