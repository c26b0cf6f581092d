import type { Container, Deployment, Service, Task, TaskDefinition } from "@aws-sdk/client-ecs";

import type { ServiceState } from "./read/read-services.ts";

/** Where the tasks of a service are put. */
export interface TaskNetwork {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly publicIp: boolean;
}

/** A service as rules look at it: the deployment that has something to tell, and what became of its tasks. */
export interface Subject {
  readonly name: string;
  readonly service: Service;
  /** What the tasks of that deployment are made from. */
  readonly definition: TaskDefinition;
  readonly network: TaskNetwork;
  /** Tasks of that deployment that came to nothing, newest first: of a fault that is still there. */
  readonly failures: readonly Task[];
  /** Tasks of that deployment that are to run. */
  readonly running: readonly Task[];
  /** Tasks of any deployment that ECS stopped, and that had to be killed for it; newest first. */
  readonly killed: readonly Task[];
  /** One deployment, completed, with all its tasks. */
  readonly isSteady: boolean;
  /** That deployment failed, and the circuit breaker went back to the one before. */
  readonly isRolledBack: boolean;
  /** The newest active revision of the family. */
  readonly newest: TaskDefinition | undefined;
  /** What the service said since that deployment began, newest first. */
  readonly events: readonly string[];
}

/** The deployment that a service is at. */
export const primaryOf = ({ deployments = [] }: Service): Deployment | undefined =>
  deployments.find(({ status }) => status === "PRIMARY");

/** `family:revision` of a task definition's ARN. */
export const revisionOf = (arn: string | undefined): string => arn?.split("/").at(-1) ?? "none";

/** The last part of an ARN. */
export const shortOf = (arn: string | undefined): string => arn?.split("/").at(-1) ?? "";

/**
 * What there is to say of a service's newest deployment; of one that was rolled back, where it was.
 *
 * @returns undefined where its task definition cannot be read
 */
export function subjectOf(state: ServiceState): Subject | undefined {
  const { service, definitions, stopped, running, newest } = state;
  const primary = primaryOf(service);
  const failed = rolledBackFrom(service);
  const id = failed?.id ?? primary?.id;
  const arn =
    failed === undefined
      ? (primary?.taskDefinition ?? service.taskDefinition)
      : stopped.find(({ startedBy }) => startedBy === failed.id)?.taskDefinitionArn;
  const definition = definitions.get(arn ?? "");
  if (definition === undefined) return undefined;
  const own = { ...state, running: running.filter(({ startedBy }) => startedBy === id) };
  const settings = primary?.networkConfiguration ?? service.networkConfiguration;
  const { subnets = [], securityGroups = [], assignPublicIp } = settings?.awsvpcConfiguration ?? {};
  // A service and its tasks are not read at one instant: its tasks may have ended since.
  const hasAll = own.running.length >= (service.desiredCount ?? 0);
  const isAtRest = isSteady(service) && hasAll && failed === undefined;
  const since = (failed?.at ?? primary?.createdAt)?.getTime() ?? 0;
  return {
    name: service.serviceName ?? "",
    service,
    definition,
    network: { subnets, securityGroups, publicIp: assignPublicIp === "ENABLED" },
    running: own.running,
    failures: failuresOf(stopped, id, own.running, isAtRest),
    killed: killedOf(stopped),
    isSteady: isSteady(service),
    isRolledBack: failed !== undefined,
    newest,
    events: (service.events ?? [])
      .filter(({ createdAt }) => failed !== undefined || (createdAt?.getTime() ?? 0) >= since)
      .map(({ message = "" }) => message),
  };
}

/**
 * A task that is of no service. Where it would be put is known while it has a network interface, and no rule asks about it
 * afterwards.
 */
export function taskSubject({
  task,
  definition,
}: {
  readonly task: Task;
  readonly definition: TaskDefinition;
}): Subject {
  const hasStopped = task.desiredStatus === "STOPPED";
  return {
    name: shortOf(task.taskArn),
    service: { desiredCount: 1, runningCount: hasStopped ? 0 : 1, loadBalancers: [] },
    definition,
    network: { subnets: [], securityGroups: [], publicIp: false },
    running: hasStopped ? [] : [task],
    failures: isFailure(task) ? [task] : [],
    killed: wasKilled(task) ? [task] : [],
    isSteady: task.lastStatus === "RUNNING" || (hasStopped && !isFailure(task)),
    isRolledBack: false,
    newest: undefined,
    events: [],
  };
}

/** Whether a service has come to rest. */
export function isSteady({ runningCount, desiredCount, deployments = [] }: Service): boolean {
  return (
    runningCount === desiredCount &&
    deployments.length === 1 &&
    deployments[0]?.rolloutState === "COMPLETED"
  );
}

/** The deployment that the circuit breaker gave up for the one that runs now. */
function rolledBackFrom(service: Service): { id: string; at: Date | undefined } | undefined {
  const primary = primaryOf(service);
  const messages = service.events ?? [];
  const back = messages.findIndex(({ message = "" }) =>
    message.includes(`rolling back to deployment ${primary?.id}.`),
  );
  if (back < 0) return undefined;
  for (const { message = "", createdAt } of messages.slice(back)) {
    const id = /\(deployment (\S+)\) deployment failed/.exec(message)?.[1];
    if (id !== undefined) return { id, at: createdAt };
  }
  return undefined;
}

const UNHEALTHY = /failed (?:ELB|container) health checks/;

/** A task that ECS gave up on, not one that a deployment or a person stopped. */
function isFailure({ stopCode, stoppedReason = "" }: Task): boolean {
  return (
    stopCode === "TaskFailedToStart" ||
    stopCode === "EssentialContainerExited" ||
    UNHEALTHY.test(stoppedReason)
  );
}

/** SIGKILL, and not for its memory: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html */
export const isKilled = ({ exitCode, reason = "" }: Container): boolean =>
  exitCode === 137 && !reason.includes("OutOfMemory");

/** ECS, or somebody, asked it to stop; what ends because a container of it did is no such task. */
const wasToldToStop = ({ stopCode }: Task): boolean =>
  stopCode === "ServiceSchedulerInitiated" || stopCode === "UserInitiated";

const wasKilled = (task: Task): boolean =>
  wasToldToStop(task) && (task.containers ?? []).some(isKilled);

const endedInTime = (task: Task): boolean =>
  wasToldToStop(task) &&
  !wasKilled(task) &&
  (task.containers ?? []).some(({ exitCode }) => exitCode !== undefined);

/**
 * Tasks that did not heed their stop. Those of a revision whose tasks end by themselves are none, nor are those of one that
 * heeds it elsewhere: such a task may have been killed before its program could heed anything, since the kernel ignores a
 * signal to PID 1 until there is a handler.
 * @see https://man7.org/linux/man-pages/man7/pid_namespaces.7.html
 */
function killedOf(stopped: readonly Task[]): readonly Task[] {
  const innocent = new Set(
    stopped
      .filter((task) => isFailure(task) || endedInTime(task))
      .map((task) => task.taskDefinitionArn),
  );
  return stopped.filter((task) => wasKilled(task) && !innocent.has(task.taskDefinitionArn));
}

const time = (date: Date | undefined): number => date?.getTime() ?? 0;
/** How much longer than the failed ones a task has to live before the fault counts as gone. */
const MARGIN_MS = 5000;

/**
 * The failures of a deployment. Where the service has all its tasks, and they have outlived those that failed, what failed
 * was put right since: then there are none.
 */
function failuresOf(
  stopped: readonly Task[],
  deployment: string | undefined,
  running: readonly Task[],
  isSteadyNow: boolean,
): readonly Task[] {
  const failures = stopped.filter((task) => task.startedBy === deployment && isFailure(task));
  if (!isSteadyNow || failures.length === 0) return failures;
  const started = failures.filter(({ startedAt }) => startedAt !== undefined);
  const lives = started.map((task) => time(task.stoppedAt) - time(task.startedAt));
  const longest = Math.max(0, ...lives);
  const youngest = Math.max(...running.map(({ startedAt }) => time(startedAt)));
  const isOver = Date.now() - youngest > 2 * longest + (started.length > 0 ? MARGIN_MS : 0);
  return isOver ? [] : failures;
}
