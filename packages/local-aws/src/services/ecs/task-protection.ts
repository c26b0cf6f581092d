import type { Failure, ProtectedTask } from "@aws-sdk/client-ecs";
import type { Clock } from "../../clock/clock.ts";
import type { CallContext } from "../service.ts";
import { ecsArn } from "./arns.ts";
import { invalidParameter } from "./faults.ts";
import type { EcsHandlers } from "./handlers.ts";
import { findTask, requireCluster } from "./lookup.ts";
import { ecsServices, tasks, type Cluster, type Task } from "./state.ts";
import { TEXTS } from "./texts.ts";

const MINUTE_MS = 60_000;
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskProtection.html */
const DEFAULT_MINUTES = 120;
const LONGEST_MINUTES = 2880;
const MOST_UPDATED = 10;
const MOST_READ = 100;

/** How long a task is protected still, in idle milliseconds; 0 where it is not. */
export function protectedForMs({ protection }: Task, clock: Clock): number {
  if (!protection) return 0;
  return Math.max(0, protection.minutes * MINUTE_MS - clock.idleSince(protection.since));
}

/** What the API says of a task's protection. It ends at the clock's pace, which is what the date is told by. */
function describeProtection(task: Task, clock: Clock): ProtectedTask {
  const leftMs = protectedForMs(task, clock);
  return leftMs === 0
    ? { taskArn: task.arn, protectionEnabled: false }
    : {
        taskArn: task.arn,
        protectionEnabled: true,
        expirationDate: new Date(clock.now() + leftMs / clock.acceleration),
      };
}

/** The tasks that protection is about, and why it cannot be about the others. */
function sorted(
  context: CallContext,
  cluster: Cluster,
  references: readonly string[],
): { found: Task[]; failures: Failure[] } {
  const found: Task[] = [];
  const failures: Failure[] = [];
  for (const reference of references) {
    const task = findTask(context, cluster, reference);
    if (task && task.lastStatus !== "STOPPED" && task.serviceArn !== undefined) found.push(task);
    else
      failures.push({
        arn: task?.arn ?? toArn(context, cluster, reference),
        ...(task
          ? { reason: "TASK_NOT_VALID", detail: TEXTS.protectionOfNoService() }
          : { reason: "MISSING" }),
      });
  }
  return { found, failures };
}

const toArn = (context: CallContext, { name }: Cluster, reference: string) =>
  reference.startsWith("arn:") ? reference : ecsArn(context, `task/${name}/${reference}`);

/** A task of a deployment on its way out cannot be protected anew: the deployment would never end. */
function isLeft({ store }: CallContext, { serviceArn = "", startedBy }: Task): boolean {
  const deployments = store.of(ecsServices).get(serviceArn)?.deployments ?? [];
  const own = deployments.find(({ id }) => id === startedBy);
  return own !== undefined && own.status !== "PRIMARY" && !own.taskSet;
}

type Input<N extends keyof EcsHandlers> = Parameters<NonNullable<EcsHandlers[N]>>[0];

/** What becomes of the protection that somebody asks for. */
interface ProtectionAnswer {
  protectedTasks: ProtectedTask[];
  failures: Failure[];
}

/**
 * Protects tasks of services from being scaled in, or no longer, in the transaction under way.
 * @throws AwsError `InvalidParameterException`, `ClusterNotFoundException`
 */
export function updateProtection(
  input: Input<"UpdateTaskProtection">,
  context: CallContext,
): ProtectionAnswer {
  const { clock, store } = context;
  const { tasks: references, protectionEnabled, expiresInMinutes } = input;
  const minutes = expiresInMinutes ?? DEFAULT_MINUTES;
  const cluster = requireCluster(context, input.cluster);
  if (references.length === 0) throw invalidParameter(TEXTS.tasksEmpty());
  if (references.length > MOST_UPDATED)
    throw invalidParameter(TEXTS.tooMany({ what: "Tasks", limit: MOST_UPDATED }));
  if (minutes < 1 || minutes > LONGEST_MINUTES)
    throw invalidParameter(TEXTS.protectionMinutes({ most: LONGEST_MINUTES }));
  const { found, failures } = sorted(context, cluster, references);
  const blocked = protectionEnabled ? found.filter((task) => isLeft(context, task)) : [];
  const protection = protectionEnabled ? { since: clock.now(), minutes } : undefined;
  const changed = found
    .filter((task) => !blocked.includes(task))
    .map((task) => store.of(tasks).patch(task.arn, { protection, version: task.version + 1 }));
  const ofBlocked = blocked.map(({ arn }) => ({
    arn,
    reason: "DEPLOYMENT_BLOCKED",
    detail: TEXTS.protectionBlocked(),
  }));
  return {
    protectedTasks: changed.map((task) => describeProtection(task, clock)),
    failures: [...failures, ...ofBlocked],
  };
}

/** Tells whether tasks are protected. @throws AwsError `InvalidParameterException`, `ClusterNotFoundException` */
export function readProtection(
  input: Input<"GetTaskProtection">,
  context: CallContext,
): ProtectionAnswer {
  const cluster = requireCluster(context, input.cluster);
  const references = input.tasks ?? [];
  if (references.length > MOST_READ)
    throw invalidParameter(TEXTS.tooMany({ what: "Tasks", limit: MOST_READ }));
  const { found, failures } = sorted(context, cluster, references);
  return {
    protectedTasks: found.map((task) => describeProtection(task, context.clock)),
    failures,
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html */
export const taskProtectionHandlers: EcsHandlers = {
  UpdateTaskProtection: updateProtection,
  GetTaskProtection: readProtection,
};
