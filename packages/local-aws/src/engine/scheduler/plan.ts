import { failureThreshold } from "../../services/ecs/failure-threshold.ts";
import type { Deployment } from "../../services/ecs/deployment.ts";
import type { EcsService } from "../../services/ecs/state.ts";
import { isUneven } from "./zone-balance.ts";

/**
 * How far a task of a service is. `ready` counts towards the minimum; `starting` is not known to be well yet; `unhealthy`
 * fails its checks with the grace period over; `leaving` is being stopped.
 */
export type Phase = "starting" | "ready" | "unhealthy" | "leaving";

/** What the planner knows of one task of the service that has not stopped. */
export interface PlannedTask {
  readonly arn: string;
  /** Its deployment's id. */
  readonly deploymentId: string;
  readonly phase: Phase;
  readonly isRunning?: boolean;
  readonly availabilityZone: string | undefined;
  /** Neither scaling in nor a deployment may stop it. */
  readonly isProtected?: boolean;
}

export interface AlarmsOfDeployment {
  readonly raised: boolean;
  /** Whether it has been held to them for long enough since it had all its tasks. Asked for the first time, it has had them. */
  readonly baked: () => boolean;
}

export interface PlanInput {
  readonly service: EcsService;
  readonly tasks: readonly PlannedTask[];
  /** False while start failures are being waited out. */
  readonly mayStart: boolean;
  /** What the alarms of the primary deployment say; left out: it is held to none. */
  readonly alarms?: AlarmsOfDeployment | undefined;
  /** Zones over which its tasks are kept even; none where they need not be. */
  readonly zones?: readonly string[];
}

/** Why a task is stopped: its replacement has come, there are too many, or it is not well. */
export type StopCause = "scaling" | "unhealthy";

/** What the scheduler does next. Everything in a plan happens in one transaction. */
export interface Plan {
  /** How many tasks of the primary deployment to start; `replacing` of them stand in for unhealthy ones. */
  readonly start: { readonly count: number; readonly replacing: number };
  readonly stop: readonly { readonly arn: string; readonly cause: StopCause }[];
  /** The primary deployment has all its tasks, and no others are left. */
  readonly complete: boolean;
  /** The circuit breaker has opened: the primary deployment has failed. */
  readonly fail: boolean;
  /** An alarm is raised: the primary deployment has failed. */
  readonly failByAlarm: boolean;
  /** All is as it should be. */
  readonly steady: boolean;
  /** Tasks are on their way to another zone. */
  readonly rebalances: boolean;
  /** Neither starting nor stopping is allowed by the deployment configuration. */
  readonly stuck: boolean;
  /** A draining service has no task left. */
  readonly inactive: boolean;
}

const NOTHING: Plan = {
  start: { count: 0, replacing: 0 },
  stop: [],
  complete: false,
  fail: false,
  failByAlarm: false,
  steady: false,
  rebalances: false,
  stuck: false,
  inactive: false,
};

/**
 * Decides the next step of a service from what is; nothing but its arguments counts.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
 */
export function planService(input: PlanInput): Plan {
  const { service, tasks } = input;
  if (service.status === "INACTIVE") return NOTHING;
  if (service.status === "DRAINING") return planDraining(tasks);
  const primary = service.deployments.find(({ status }) => status === "PRIMARY");
  if (!primary) return NOTHING;
  if (isFailing(service, primary)) return { ...NOTHING, fail: true };
  if (isAlarmed(input, primary)) return { ...NOTHING, failByAlarm: true };
  if (primary.rolloutState === "FAILED") return planFailed(service, tasks);
  return planActive(input, primary);
}

/** A failed deployment starts nothing and replaces nothing any more; how many tasks there may be counts all the same. */
function planFailed({ desiredCount }: EcsService, tasks: readonly PlannedTask[]): Plan {
  const live = tasks.filter(isLive);
  return { ...NOTHING, stop: excess(live.filter(mayGo), live.length - desiredCount) };
}

function planDraining(tasks: readonly PlannedTask[]): Plan {
  const stop = tasks
    .filter(({ phase }) => phase !== "leaving")
    .map(({ arn }) => ({ arn, cause: "scaling" as const }));
  return { ...NOTHING, stop, inactive: tasks.length === 0 };
}

function isFailing(service: EcsService, primary: Deployment): boolean {
  const breaker = service.deploymentConfiguration.deploymentCircuitBreaker;
  return (
    breaker.enable &&
    primary.rolloutState === "IN_PROGRESS" &&
    primary.failedTasks >= failureThreshold(breaker, service.desiredCount)
  );
}

/** Alarms count from the first task that runs until the deployment is complete. */
const isAlarmed = ({ alarms, tasks }: PlanInput, { id, rolloutState }: Deployment): boolean =>
  alarms?.raised === true &&
  rolloutState === "IN_PROGRESS" &&
  tasks.some((task) => task.deploymentId === id && task.isRunning);

/** The fewest ready and the most live tasks that a deployment may have on its way: the minimum rounds up, the maximum down. */
export function limitsOf(service: EcsService): { least: number; most: number } {
  const { minimumHealthyPercent, maximumPercent } = service.deploymentConfiguration;
  return {
    least: Math.ceil((service.desiredCount * minimumHealthyPercent) / 100),
    most: Math.floor((service.desiredCount * maximumPercent) / 100),
  };
}

function planActive(input: PlanInput, primary: Deployment): Plan {
  const { service, tasks, mayStart, alarms } = input;
  const desired = service.desiredCount;
  const { least, most } = limitsOf(service);
  const own = tasks.filter(({ deploymentId }) => deploymentId === primary.id);
  const old = tasks.filter(({ deploymentId }) => deploymentId !== primary.id);
  const live = tasks.filter(isLive).length;
  const well = own.filter(isWell).length;
  const sick = own.filter(({ phase }) => phase === "unhealthy");

  // One more comes first where it makes the zones even; then one of the fullest is too many.
  const rebalances = old.length === 0 && most > desired && isUnevenNow(input, primary, own);
  const wanted = rebalances ? desired + 1 : desired;
  const missing = Math.max(0, wanted - well);
  const room = Math.max(0, Math.max(most, 1) - live);
  const startable = Math.min(missing, room);
  const count = mayStart ? startable : 0;
  const replacing = Math.min(count, sick.length);

  const stop = [
    // A sick task goes when another takes its place, when it is one too many, or, one at a time, to make room.
    ...sick
      .slice(0, sickToStop({ missing, startable, replacing, sick: sick.length }))
      .map(({ arn }) => ({ arn, cause: "unhealthy" as const })),
    ...planOld(old, { own, desired, least, lacking: missing - startable }),
    ...excess(own.filter(isWell).filter(mayGo), well - wanted),
  ];
  const settled = own.every(({ phase }) => phase === "ready") && own.length === desired;
  const quiet = settled && old.length === 0;
  const inProgress = primary.rolloutState === "IN_PROGRESS";
  const isBaking = quiet && inProgress && alarms?.baked() === false;
  return {
    ...NOTHING,
    start: { count, replacing },
    stop,
    complete: quiet && inProgress && !isBaking,
    steady: quiet && !isBaking && !rebalances,
    rebalances,
    stuck: missing > 0 && startable === 0 && stop.length === 0 && tasks.every(isReady),
  };
}

/** Zones are made even when no deployment is under way and all tasks are well. */
function isUnevenNow(
  { zones = [], service }: PlanInput,
  { rolloutState }: Deployment,
  own: readonly PlannedTask[],
): boolean {
  if (rolloutState !== "COMPLETED" || !own.every(isWell)) return false;
  const ready = own.filter(isReady);
  // The one more has come: now one of the fullest zone goes.
  return ready.length <= service.desiredCount && isUneven(ready, zones);
}

const isLive = ({ phase }: PlannedTask) => phase !== "leaving";
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html */
const mayGo = ({ isProtected }: PlannedTask) => isProtected !== true;
const isReady = ({ phase }: PlannedTask) => phase === "ready";
const isWell = ({ phase }: PlannedTask) => phase === "ready" || phase === "starting";

function sickToStop(of: {
  missing: number;
  startable: number;
  replacing: number;
  sick: number;
}): number {
  if (of.missing === 0) return of.sick;
  if (of.startable === 0) return Math.min(1, of.sick);
  return of.replacing;
}

/**
 * Which tasks of older deployments go now. Those that are not ready add nothing to the minimum; of the ready ones as
 * many as new ones have come for, or as many as room is `lacking` for, and never below the minimum.
 */
function planOld(
  old: readonly PlannedTask[],
  of: { own: readonly PlannedTask[]; desired: number; least: number; lacking: number },
): Plan["stop"] {
  const ready = old.filter(isReady);
  const ownReady = of.own.filter(isReady).length;
  const replaced = ready.length + ownReady - of.desired;
  const allowed = ready.length + ownReady - of.least;
  const useless = old.filter((task) => isLive(task) && !isReady(task) && mayGo(task));
  // Room that useless tasks leave behind need not be made by ready ones.
  const wanted = Math.max(replaced, of.lacking - useless.length);
  return [
    ...useless.map(({ arn }) => ({ arn, cause: "scaling" as const })),
    ...excess(ready.filter(mayGo), Math.min(wanted, allowed)),
  ];
}

/** `count` of the tasks, so that those left are spread over the zones: those not ready first, then the newest. */
function excess(tasks: readonly PlannedTask[], count: number): Plan["stop"] {
  const left = [...tasks];
  const stop: { arn: string; cause: StopCause }[] = [];
  while (stop.length < count && left.length > 0) {
    const inZone = (zone: string | undefined) =>
      left.filter(({ availabilityZone }) => availabilityZone === zone).length;
    const [chosen] = left
      .map((task, index) => ({ task, index }))
      .sort(
        (a, b) =>
          Number(isReady(a.task)) - Number(isReady(b.task)) ||
          inZone(b.task.availabilityZone) - inZone(a.task.availabilityZone) ||
          b.index - a.index,
      );
    stop.push({ arn: chosen!.task.arn, cause: "scaling" });
    left.splice(chosen!.index, 1);
  }
  return stop;
}
