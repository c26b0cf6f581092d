import { defineIndex } from "../../../store/collection.ts";
import type { Scope } from "../../../store/store.ts";
import type { ContainerInstance } from "../instances/state.ts";
import { taskDefinitions, tasks, type Task } from "../state.ts";
import { taskNeeds } from "./task-needs.ts";

export const tasksByInstance = defineIndex<Task>(({ containerInstanceArn }) => [
  containerInstanceArn,
]);

/** The tasks on an instance that have not stopped. */
export const tasksOn = (scope: Scope, arn: string): readonly Readonly<Task>[] =>
  scope
    .of(tasks)
    .by(tasksByInstance, arn)
    .filter(({ lastStatus }) => lastStatus !== "STOPPED");

/** What is left of an instance: ports are those that are taken. */
export interface Remaining {
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly ports: readonly string[];
  readonly udpPorts: readonly string[];
  readonly interfaces: number;
}

/** What the tasks on an instance leave of it. */
export function remainingOf(scope: Scope, instance: ContainerInstance): Remaining {
  const { cpu, memoryMiB, ports, udpPorts } = instance.registered;
  const left = { cpu, memoryMiB, interfaces: instance.taskInterfaces };
  const taken = { ports: [...ports], udpPorts: [...udpPorts] };
  for (const { taskDefinitionArn, overrides } of tasksOn(scope, instance.arn)) {
    const definition = scope.of(taskDefinitions).get(taskDefinitionArn);
    if (!definition) continue;
    const needs = taskNeeds(definition, overrides);
    left.cpu -= needs.cpu;
    left.memoryMiB -= needs.memoryMiB;
    left.interfaces -= needs.interfaces;
    taken.ports.push(...needs.ports);
    taken.udpPorts.push(...needs.udpPorts);
  }
  return { ...left, ...taken };
}
