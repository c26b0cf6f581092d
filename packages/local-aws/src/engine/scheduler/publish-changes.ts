import { ecsServices, tasks, type EcsService, type Task } from "../../services/ecs/state.ts";
import type { Change } from "../../store/collection.ts";
import type { EventChannel } from "../../ground/event-channel.ts";

/** Tells watchers what a commit changed: `ecs.task`, `ecs.service-event`, `ecs.deployment`. */
export function publishChanges(events: EventChannel, changes: readonly Change[], at: number): void {
  for (const change of changes) {
    const where = { at, account: change.account, region: change.region };
    if (change.kind === tasks.name)
      publishTask(
        events,
        where,
        change.before as Task | undefined,
        change.after as Task | undefined,
      );
    if (change.kind === ecsServices.name && change.after)
      publishService(
        events,
        where,
        change.before as EcsService | undefined,
        change.after as EcsService,
      );
  }
}

interface Where {
  readonly at: number;
  readonly account: string;
  readonly region: string;
}

function publishTask(
  events: EventChannel,
  where: Where,
  before: Task | undefined,
  after: Task | undefined,
): void {
  if (!after) return;
  const { lastStatus, desiredStatus, healthStatus } = after;
  const isSame =
    before?.lastStatus === lastStatus &&
    before.desiredStatus === desiredStatus &&
    before.healthStatus === healthStatus;
  if (isSame) return;
  const { arn: taskArn, clusterArn, taskDefinitionArn, group, startedBy, serviceArn } = after;
  const { stopCode, stoppedReason, privateIpAddress, availabilityZone } = after;
  events.publish({
    type: "ecs.task",
    ...where,
    taskArn,
    clusterArn,
    taskDefinitionArn,
    group,
    startedBy,
    serviceArn,
    lastStatus,
    desiredStatus,
    healthStatus,
    stopCode,
    stoppedReason,
    privateIpAddress,
    availabilityZone,
  });
}

function publishService(
  events: EventChannel,
  where: Where,
  before: EcsService | undefined,
  after: EcsService,
): void {
  const { arn: serviceArn, clusterArn } = after;
  const known = new Set(before?.events.map(({ id }) => id));
  for (const { id, message, createdAt } of after.events.filter((it) => !known.has(it.id)).reverse())
    events.publish({
      type: "ecs.service-event",
      ...where,
      serviceArn,
      clusterArn,
      id,
      message,
      createdAt,
    });
  for (const deployment of after.deployments) {
    const old = before?.deployments.find(({ id }) => id === deployment.id);
    const {
      id: deploymentId,
      status,
      taskDefinitionArn,
      rolloutState,
      rolloutStateReason,
    } = deployment;
    if (old?.status === status && old.rolloutState === rolloutState) continue;
    events.publish({
      type: "ecs.deployment",
      ...where,
      serviceArn,
      clusterArn,
      deploymentId,
      status,
      taskDefinitionArn,
      rolloutState,
      rolloutStateReason,
    });
  }
}
