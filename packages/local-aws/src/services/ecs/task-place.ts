import type { Scope } from "../../store/store.ts";
import { instances, type Instance } from "../ec2/instances/state.ts";
import { containerInstances } from "./instances/state.ts";
import type { Task } from "./state.ts";

/** The EC2 instance that a task is on; undefined on Fargate, and while none has been found for it. */
export function instanceOf(
  scope: Scope,
  { containerInstanceArn = "" }: Task,
): Readonly<Instance> | undefined {
  const registered = scope.of(containerInstances).get(containerInstanceArn);
  return registered && scope.of(instances).get(registered.ec2InstanceId);
}

/** The interface by which a task's images, logs and calls go: its own, or that of its instance. */
export const interfaceOf = (scope: Scope, task: Task): string =>
  task.networkInterfaceId ?? instanceOf(scope, task)?.networkInterfaceId ?? "";

/** A task as a target: its own address and port, or its instance and the port there that leads to it. */
export interface TaskTarget {
  readonly id: string;
  readonly port: number;
}

/** What a target group knows a task by; undefined while its port on the instance is not known. */
export function targetOf(
  scope: Scope,
  task: Task,
  {
    containerName,
    containerPort,
  }: { readonly containerName: string; readonly containerPort: number },
): TaskTarget | undefined {
  const { privateIpAddress: id } = task;
  if (id !== undefined) return { id, port: containerPort };
  const instance = instanceOf(scope, task);
  const container = task.containers.find(({ name }) => name === containerName);
  const port = container?.bindings.find((it) => it.containerPort === containerPort)?.hostPort;
  return instance && port !== undefined ? { id: instance.instanceId, port } : undefined;
}
