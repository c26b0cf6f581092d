import { lastPart } from "../../ground/arn.ts";
import { nextCapacityProvider, resolvePlatformVersion, runsOn } from "../../services/ecs/launch.ts";
import { placementOf } from "../../services/ecs/placement/daemons.ts";
import {
  placeTask,
  unplacedWords,
  type Placement,
} from "../../services/ecs/placement/place-task.ts";
import { isScaled } from "../../services/ecs/providers/find.ts";
import { createTask, managedTags } from "../../services/ecs/new-task.ts";
import type { Deployment } from "../../services/ecs/deployment.ts";
import {
  clusters,
  ecsServices,
  taskDefinitions,
  tasks,
  tasksByService,
  type EcsService,
  type Tags,
  type Task,
  type TaskDefinition,
} from "../../services/ecs/state.ts";
import { TEXTS } from "../../services/ecs/texts.ts";
import { EVENT_TEXTS } from "../../services/ecs/event-texts.ts";
import type { Scope } from "../../store/store.ts";
import { currentRollout } from "../../services/ecs/rollouts/begin.ts";
import type { ServiceDeployment } from "../../services/ecs/rollouts/state.ts";
import { completed, failed, retired } from "./deployment-steps.ts";
import { ALARM, BREAKER, STOPPED, type FailureCause } from "./failure-causes.ts";
import { RolloutRecord } from "./rollouts/rollout-record.ts";
import type { Plan, PlannedTask } from "./plan.ts";
import { listTasks, withEvents } from "./service-events.ts";
import type { Health } from "./task-phase.ts";
import { balancedZones, countByZone } from "./zone-balance.ts";

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
  after = goOn(applied, after, messages);
  after = retired(after, { tasks: applied.tasks, stop: plan.stop, newlyReady, now });
  if (plan.stuck) sayOnce(after, EVENT_TEXTS.eventStuck({ service: after.name }), messages);
  if (plan.rebalances && plan.start.count > 0)
    sayOnce(after, unevenMessage(applied, after), messages);
  if (plan.steady) sayOnce(after, EVENT_TEXTS.eventSteady({ service: after.name }), messages);
  after.events = withEvents(before.events, messages, now);
  if (messages.length > 0 || !sameItems(after.deployments, before.deployments))
    services.put(arn, after);
}

function unevenMessage({ scope, tasks: planned }: Applied, service: EcsService): string {
  const counts = countByZone(planned, balancedZones(scope, service));
  const told = [...counts].map(([zone, count]) => `${count} tasks in ${zone}`).join(", ");
  return EVENT_TEXTS.eventUneven({ service: service.name, counts: told });
}

/** Fails or completes the deployment under way, and keeps what comes of it. */
function goOn({ scope, arn, plan, now }: Applied, before: EcsService, said: string[]): EcsService {
  const rollout = currentRollout(scope, arn);
  const record = rollout && new RolloutRecord(scope, rollout, now);
  record?.start();
  const cause = causeOf(plan, rollout);
  if (cause) {
    const { service, back } = failed(before, cause, now, said);
    record?.fail(cause.status, cause.rollsBack(before), back);
    return service;
  }
  if (!plan.complete) return before;
  record?.succeed();
  return completed(before, now, said);
}

function causeOf(plan: Plan, rollout: ServiceDeployment | undefined): FailureCause | undefined {
  if (plan.fail) return BREAKER;
  if (plan.failByAlarm) return ALARM;
  return rollout?.status === "ROLLBACK_REQUESTED" ? STOPPED : undefined;
}

const sameItems = (one: readonly unknown[], other: readonly unknown[]) =>
  one.length === other.length && one.every((item, index) => item === other[index]);

/** Says what need not be said twice in a row. */
function sayOnce({ events }: EcsService, message: string, messages: string[]): void {
  if ((messages.at(-1) ?? events[0]?.message) !== message) messages.push(message);
}

/** Starts what the plan says; returns what is to be said of it. */
export function startTasks(applied: Applied, service: EcsService): string[] {
  const { count, replacing } = applied.plan.start;
  const messages: string[] = [];
  const made: Task[] = [];
  while (made.length < count) {
    const launched = startTask(applied, service);
    if (!launched) break;
    if (typeof launched === "string") {
      sayOnce(service, launched, messages);
      break;
    }
    made.push(launched);
  }
  if (made.length === 0) return messages;
  const tasks = listTasks(made.map(({ arn }) => arn));
  const values = { service: service.name, count: made.length, tasks };
  messages.unshift(
    replacing > 0 ? EVENT_TEXTS.eventReplaced(values) : EVENT_TEXTS.eventStarted(values),
  );
  return messages;
}

/** One more task of the primary deployment; or why there is no instance for it. */
function startTask({ scope, now }: Applied, service: EcsService): Task | string | undefined {
  const definition = scope.of(taskDefinitions).get(service.taskDefinitionArn);
  const cluster = scope.of(clusters).get(service.clusterArn);
  const primary = service.deployments.find(({ status }) => status === "PRIMARY");
  if (!definition || !cluster || !primary) return undefined;
  const on = runsOn(primary);
  const capacityProviderName = provider(scope, service, primary);
  const placed =
    on === "EC2" ? placeOf(scope, service, primary, definition, capacityProviderName) : undefined;
  const instance = placed && "instance" in placed ? placed.instance : undefined;
  const waits = capacityProviderName !== undefined && isScaled(scope, capacityProviderName);
  if (placed && "misfits" in placed && !waits) return unplacedWords(service.name, placed);
  return createTask(scope, {
    cluster,
    definition,
    on,
    instance,
    placement: on === "EC2" ? placementOf(service) : undefined,
    group: `service:${service.name}`,
    startedBy: primary.id,
    serviceArn: service.arn,
    capacityProviderName,
    platformVersion: primary.platformVersion && resolvePlatformVersion(primary.platformVersion),
    networkConfiguration: primary.networkConfiguration,
    overrides: {},
    enableExecuteCommand: service.enableExecuteCommand,
    tags: [
      ...propagatedTags(service, definition),
      ...managedTags(service.enableEcsManagedTags, cluster, service.name),
    ],
    now,
  });
}

function placeOf(
  scope: Scope,
  service: EcsService,
  { networkConfiguration }: Deployment,
  definition: TaskDefinition,
  capacityProvider: string | undefined,
): Placement {
  return placeTask(scope, {
    clusterArn: service.clusterArn,
    definition,
    group: `service:${service.name}`,
    networkConfiguration,
    ...placementOf(service),
    capacityProvider,
  });
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

/** Tells those tasks to stop that the plan names; returns what is to be said of it. */
export function stopTasks({ scope, plan, healths, now }: Applied, service: EcsService): string[] {
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
    messages.push(EVENT_TEXTS.eventStopped(values));
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
  if (sick.kind === "container") return EVENT_TEXTS.eventUnhealthyContainer({ service, task });
  const { port, targetGroupArn: arn, reason } = sick;
  return EVENT_TEXTS.eventUnhealthyTarget({ service, task, port, arn, reason });
}

/** Keeps when each task was first well; returns those that are now, by ARN. */
export function markReady({ scope, tasks: planned, now }: Applied): Set<string> {
  const newly = new Set<string>();
  for (const { arn, phase } of planned) {
    if (phase !== "ready" || scope.of(tasks).get(arn)?.readyAt !== undefined) continue;
    scope.of(tasks).patch(arn, { readyAt: now });
    newly.add(arn);
  }
  return newly;
}
