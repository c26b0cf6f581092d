import type { ListTasksRequest } from "@aws-sdk/client-ecs";
import type { CallContext } from "../service.ts";
import { ecsArn } from "./arns.ts";
import { invalidParameter } from "./faults.ts";
import type { EcsHandlers } from "./handlers.ts";
import { requireContainerInstance } from "./instances/find.ts";
import { findTask, requireCluster, requireService } from "./lookup.ts";
import { page } from "./pages.ts";
import { runTask, type Launched } from "./run-task.ts";
import { startTask } from "./start-task.ts";
import { tasks, taskDefinitions, type Cluster, type Task } from "./state.ts";
import { describeTask } from "./task-view.ts";
import { TEXTS } from "./texts.ts";

/** Most tasks that one DescribeTasks may ask for. */
const MOST_DESCRIBED = 100;

function listTasks(input: ListTasksRequest, context: CallContext, cluster: Cluster): Task[] {
  const desiredStatus = input.desiredStatus ?? "RUNNING";
  const service =
    input.serviceName === undefined
      ? undefined
      : requireService(context, cluster, input.serviceName);
  const instance =
    input.containerInstance === undefined
      ? undefined
      : requireContainerInstance(context, cluster, input.containerInstance);
  const familyOf = (task: Task) =>
    context.store.of(taskDefinitions).get(task.taskDefinitionArn)?.family;
  return (
    context.store
      .of(tasks)
      .filter((task) => task.clusterArn === cluster.arn)
      .filter((task) => task.desiredStatus === desiredStatus)
      .filter((task) => service === undefined || task.serviceArn === service.arn)
      .filter((task) => input.startedBy === undefined || task.startedBy === input.startedBy)
      .filter((task) => input.family === undefined || familyOf(task) === input.family)
      .filter((task) => input.launchType === undefined || task.launchType === input.launchType)
      .filter((task) => instance === undefined || task.containerInstanceArn === instance.arn)
      // No task here is a daemon's of managed instances.
      .filter(() => input.daemonName === undefined)
  );
}

const launched = ({ made, failures }: Launched, { store }: CallContext) => ({
  tasks: made.map((task) => describeTask(store, task, ["TAGS"])),
  failures: [...failures],
});

export const taskHandlers: EcsHandlers = {
  RunTask(input, context) {
    return launched(runTask(input, context), context);
  },

  StartTask(input, context) {
    return launched(startTask(input, context), context);
  },

  StopTask(input, context) {
    const cluster = requireCluster(context, input.cluster);
    const task = findTask(context, cluster, input.task);
    if (!task) throw invalidParameter(TEXTS.taskNotFound());
    if (task.desiredStatus === "STOPPED") return { task: describeTask(context.store, task, []) };
    const stopped = context.store.of(tasks).patch(task.arn, {
      desiredStatus: "STOPPED",
      stopCode: "UserInitiated",
      stoppedReason: input.reason || TEXTS.taskStoppedByUser(),
      stoppingAt: context.clock.now(),
      version: task.version + 1,
    });
    return { task: describeTask(context.store, stopped, []) };
  },

  DescribeTasks(input, context) {
    const cluster = requireCluster(context, input.cluster);
    if (input.tasks.length === 0) throw invalidParameter(TEXTS.tasksEmpty());
    if (input.tasks.length > MOST_DESCRIBED)
      throw invalidParameter(TEXTS.tooMany({ what: "Tasks", limit: MOST_DESCRIBED }));
    const found: Task[] = [];
    const failures: { arn: string; reason: string }[] = [];
    for (const reference of input.tasks) {
      const task = findTask(context, cluster, reference);
      if (task) found.push(task);
      else {
        const arn = reference.startsWith("arn:")
          ? reference
          : ecsArn(context, `task/${cluster.name}/${reference}`);
        failures.push({ arn, reason: "MISSING" });
      }
    }
    const include = input.include ?? [];
    return { tasks: found.map((task) => describeTask(context.store, task, include)), failures };
  },

  ListTasks(input, context) {
    const cluster = requireCluster(context, input.cluster);
    const wanted = listTasks(input, context, cluster);
    const { items, nextToken } = page(wanted, ({ arn }) => arn, input, { of: "tasks" });
    return { taskArns: items.map(({ arn }) => arn), nextToken };
  },
};
