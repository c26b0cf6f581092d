import { nextCapacityProvider, resolvePlatformVersion } from "../../services/ecs/launch.ts";
import { createTask, managedTags } from "../../services/ecs/new-task.ts";
import {
  clusters,
  ecsServices,
  taskDefinitions,
  tasks,
  tasksByService,
  type Deployment,
  type EcsService,
  type Tags,
  type TaskDefinition,
} from "../../services/ecs/state.ts";
import { TEXTS } from "../../services/ecs/texts.ts";
import { lastPart } from "../../services/ecs/arns.ts";
import type { Scope } from "../../store/store.ts";
import { completed, failed, retired } from "./deployment-steps.ts";
import type { Plan, PlannedTask } from "./plan.ts";
import { listTasks, withEvents } from "./service-events.ts";
import type { Health } from "./task-phase.ts";

export interface Applied {
  readonly scope: Scope;
  readonly arn: string;
  readonly plan: Plan;
  readonly tasks: readonly PlannedTask[];
  /** What the checks say of each task, by ARN. */
  readonly healths: ReadonlyMap<string, Health>;
  readonly now: number;
}

/** Does what a plan says, in the transaction under way: tasks begin and are told to stop, the service says so. */
export function applyPlan(applied: Applied): void {
  const { scope, arn, plan, now } = applied;
  const services = scope.of(ecsServices);
  const before = services.get(arn)!;
  if (plan.inactive) {
    services.patch(arn, { status: "INACTIVE", inactiveAt: now, deployments: [] });
    return;
  }
  const messages = [...startTasks(applied, before), ...stopTasks(applied, before)];
  const newlyReady = markReady(applied);
  let after: EcsService = { ...before };
  if (plan.fail) after = failed(after, now, messages);
  if (plan.complete) after = completed(after, now, messages);
  after = retired(after, { tasks: applied.tasks, stop: plan.stop, newlyReady, now });
  if (plan.stuck) sayOnce(after, TEXTS.eventStuck({ service: after.name }), messages);
  if (plan.steady) sayOnce(after, TEXTS.eventSteady({ service: after.name }), messages);
  after.events = withEvents(before.events, messages, now);
  if (messages.length > 0 || !sameItems(after.deployments, before.deployments))
    services.put(arn, after);
}

const sameItems = (one: readonly unknown[], other: readonly unknown[]) =>
  one.length === other.length && one.every((item, index) => item === other[index]);

/** Says what need not be said twice in a row. */
function sayOnce({ events }: EcsService, message: string, messages: string[]): void {
  if ((messages.at(-1) ?? events[0]?.message) !== message) messages.push(message);
}

function startTasks({ scope, plan, now }: Applied, service: EcsService): string[] {
  const { count, replacing } = plan.start;
  const definition = scope.of(taskDefinitions).get(service.taskDefinitionArn);
  const cluster = scope.of(clusters).get(service.clusterArn);
  const primary = service.deployments.find(({ status }) => status === "PRIMARY");
  if (count === 0 || !definition || !cluster || !primary) return [];
  const made = Array.from({ length: count }, () =>
    createTask(scope, {
      cluster,
      definition,
      group: `service:${service.name}`,
      startedBy: primary.id,
      serviceArn: service.arn,
      capacityProviderName: provider(scope, service, primary),
      platformVersion: resolvePlatformVersion(primary.platformVersion),
      networkConfiguration: primary.networkConfiguration,
      overrides: {},
      enableExecuteCommand: service.enableExecuteCommand,
      tags: [
        ...propagatedTags(service, definition),
        ...managedTags(service.enableEcsManagedTags, cluster, service.name),
      ],
      now,
    }),
  );
  const values = { service: service.name, count, tasks: listTasks(made.map(({ arn }) => arn)) };
  return [replacing > 0 ? TEXTS.eventReplaced(values) : TEXTS.eventStarted(values)];
}

function propagatedTags(service: EcsService, definition: TaskDefinition): Tags {
  if (service.propagateTags === "SERVICE") return service.tags;
  return service.propagateTags === "TASK_DEFINITION" ? definition.tags : [];
}

function provider(scope: Scope, service: EcsService, deployment: Deployment): string | undefined {
  const live = scope
    .of(tasks)
    .by(tasksByService, service.arn)
    .filter((it) => it.desiredStatus === "RUNNING");
  return nextCapacityProvider(
    deployment.capacityProviderStrategy,
    (name) => live.filter(({ capacityProviderName }) => capacityProviderName === name).length,
  );
}

function stopTasks({ scope, plan, healths, now }: Applied, service: EcsService): string[] {
  const messages: string[] = [];
  const stopped: string[] = [];
  for (const { arn, cause } of plan.stop) {
    const task = scope.of(tasks).get(arn)!;
    const health = healths.get(arn);
    const sick = cause === "unhealthy" && health?.state === "unhealthy" ? health.by : undefined;
    scope.of(tasks).patch(arn, {
      desiredStatus: "STOPPED",
      stopCode: "ServiceSchedulerInitiated",
      stoppedReason: stopReason(sick, task.startedBy ?? ""),
      stoppingAt: now,
      failedHealthChecks: sick !== undefined,
      version: task.version + 1,
    });
    if (sick) messages.push(sickMessage(service.name, arn, sick));
    stopped.push(arn);
  }
  if (stopped.length > 0) {
    const values = { service: service.name, count: stopped.length, tasks: listTasks(stopped) };
    messages.push(TEXTS.eventStopped(values));
  }
  return messages;
}

type Sick = Extract<Health, { state: "unhealthy" }>["by"];

function stopReason(sick: Sick | undefined, deployment: string): string {
  if (!sick) return TEXTS.scalingActivity({ deployment });
  return sick.kind === "target"
    ? TEXTS.failedElbHealth({ arn: sick.targetGroupArn })
    : TEXTS.failedContainerHealth();
}

function sickMessage(service: string, taskArn: string, sick: Sick): string {
  const task = lastPart(taskArn);
  if (sick.kind === "container") return TEXTS.eventUnhealthyContainer({ service, task });
  const { port, targetGroupArn: arn, reason } = sick;
  return TEXTS.eventUnhealthyTarget({ service, task, port, arn, reason });
}

/** Keeps when each task was first well; returns those that are now, by ARN. */
function markReady({ scope, tasks: planned, now }: Applied): Set<string> {
  const newly = new Set<string>();
  for (const { arn, phase } of planned) {
    if (phase !== "ready" || scope.of(tasks).get(arn)?.readyAt !== undefined) continue;
    scope.of(tasks).patch(arn, { readyAt: now });
    newly.add(arn);
  }
  return newly;
}
