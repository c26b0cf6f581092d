import { lastPart } from "../ground/arn.ts";
import type { EffectiveListener } from "../engine/load-balancer/load-balancers.ts";
import { vpcs } from "../services/ec2/state.ts";
import { images, repositories } from "../services/ecr/state.ts";
import {
  clusters,
  ecsServices,
  tasks,
  type Cluster,
  type EcsService,
  type Task,
} from "../services/ecs/state.ts";
import type { Scope, Store } from "../store/store.ts";
import { isPending, isRunning } from "../services/ecs/counts.ts";
import type {
  PictureMessage,
  RepositoryPicture,
  ClusterPicture,
  ServicePicture,
  TaskPicture,
} from "./messages.ts";
import { scalingPicture } from "./scaling-pictures.ts";
import { pathPictures } from "./path-pictures.ts";
import { pipelinePictures } from "./pipeline-pictures.ts";
import { rolePictures } from "./role-pictures.ts";
import { schedulePictures } from "./schedule-pictures.ts";
import { vpcPicture } from "./vpc-pictures.ts";

export interface PictureContext {
  /** Whose resources are drawn, in all regions. */
  readonly account: string;
  readonly homeAddress: string;
  readonly listeners: readonly EffectiveListener[];
  /** The time that schedules go by. */
  readonly calendar: { now(): number; readonly ahead: number };
}

/** Draws what an account has. Reads the store alone, and changes nothing. */
export function takePicture(
  store: Store,
  { account, homeAddress, listeners, calendar }: PictureContext,
): Omit<PictureMessage, "at"> {
  const scopes = regionsOf(store, account);
  return {
    type: "picture",
    repositories: scopes.flatMap(repositoryPictures),
    vpcs: scopes.flatMap((scope) =>
      scope
        .of(vpcs)
        .filter(({ isDefault }) => !isDefault)
        .map((vpc) => vpcPicture(scope, vpc, listeners)),
    ),
    clusters: scopes.flatMap((scope) =>
      scope
        .of(clusters)
        .filter(({ status }) => status === "ACTIVE")
        .map((cluster) => clusterPicture(scope, cluster)),
    ),
    paths: scopes.flatMap((scope) => pathPictures(scope, homeAddress)),
    roles: rolePictures(store, account, scopes),
    pipelines: pipelinePictures(store, account),
    schedules: schedulePictures(store, account, calendar.now()),
    calendarAhead: calendar.ahead,
  };
}

function repositoryPictures(scope: Scope): RepositoryPicture[] {
  const all = scope.of(images).values();
  return scope
    .of(repositories)
    .values()
    .map(({ name }) => ({
      name,
      images: all.filter(({ repositoryName }) => repositoryName === name).length,
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

function regionsOf(store: Store, account: string): Scope[] {
  const kinds = [...store.all(repositories), ...store.all(vpcs), ...store.all(clusters)];
  const places = kinds.map(({ place }) => place);
  const regions = places.filter((place) => place.account === account).map(({ region }) => region);
  return [...new Set(regions)].map((region) => store.scope(account, region));
}

/** So many of a service's events are shown. */
const MOST_EVENTS = 5;

/** Draws a cluster with its services and the tasks that have not stopped. */
function clusterPicture(scope: Scope, { arn, name }: Readonly<Cluster>): ClusterPicture {
  const running = scope
    .of(tasks)
    .filter((task) => task.clusterArn === arn && task.lastStatus !== "STOPPED");
  return {
    clusterArn: arn,
    name,
    services: scope
      .of(ecsServices)
      .filter((service) => service.clusterArn === arn && service.status !== "INACTIVE")
      .map((service) => servicePicture(scope, service, running))
      .sort((one, other) => (one.name < other.name ? -1 : 1)),
    tasks: running.map((task) => taskPicture(scope, task)),
  };
}

function servicePicture(
  scope: Scope,
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
    scaling: scalingPicture(scope, service),
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
