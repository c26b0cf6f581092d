import { lastPart } from "../services/ecs/arns.ts";
import { isPending, isRunning } from "../services/ecs/counts.ts";
import {
  ecsServices,
  tasks,
  type Cluster,
  type EcsService,
  type Task,
} from "../services/ecs/state.ts";
import type { Scope } from "../store/store.ts";
import type { ClusterPicture, ServicePicture, TaskPicture } from "./messages.ts";

/** So many of a service's events are shown. */
const MOST_EVENTS = 5;

/** Draws a cluster with its services and the tasks that have not stopped. */
export function clusterPicture(scope: Scope, { arn, name }: Readonly<Cluster>): ClusterPicture {
  const running = scope
    .of(tasks)
    .filter((task) => task.clusterArn === arn && task.lastStatus !== "STOPPED");
  return {
    clusterArn: arn,
    name,
    services: scope
      .of(ecsServices)
      .filter((service) => service.clusterArn === arn && service.status !== "INACTIVE")
      .map((service) => servicePicture(service, running))
      .sort((one, other) => (one.name < other.name ? -1 : 1)),
    tasks: running.map((task) => taskPicture(scope, task)),
  };
}

function servicePicture(
  service: Readonly<EcsService>,
  running: readonly Readonly<Task>[],
): ServicePicture {
  const own = running.filter(({ serviceArn }) => serviceArn === service.arn);
  return {
    serviceArn: service.arn,
    name: service.name,
    desiredCount: service.desiredCount,
    runningCount: own.filter(isRunning).length,
    pendingCount: own.filter(isPending).length,
    deployments: service.deployments
      .filter(({ status }) => status !== "INACTIVE")
      .map(({ id, status, taskDefinitionArn, rolloutState }) => ({
        id,
        status,
        taskDefinition: lastPart(taskDefinitionArn),
        rolloutState,
      })),
    events: service.events
      .slice(0, MOST_EVENTS)
      .map(({ id, createdAt, message }) => ({ id, at: createdAt, message })),
  };
}

function taskPicture(scope: Scope, task: Readonly<Task>): TaskPicture {
  const service =
    task.serviceArn === undefined ? undefined : scope.of(ecsServices).get(task.serviceArn);
  return {
    taskArn: task.arn,
    serviceName: service?.name ?? null,
    taskDefinition: lastPart(task.taskDefinitionArn),
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    subnetId: task.subnetId ?? null,
    address: task.privateIpAddress ?? null,
    startedAt: task.startedAt ?? null,
  };
}
