import type { Failure, ListTasksRequest, StartTaskRequest } from "@aws-sdk/client-ecs";
import type { CallContext } from "../service.ts";
import { ecsArn } from "./arns.ts";
import { DEFINITION_TEXTS } from "./definition-texts.ts";
import { clientException, invalidParameter } from "./faults.ts";
import type { EcsHandlers } from "./handlers.ts";
import { INSTANCE_TEXTS as SAID } from "./instance-texts.ts";
import {
  findContainerInstance,
  instanceArnOf,
  requireContainerInstance,
} from "./instances/find.ts";
import { findTask, requireCluster, requireService, requireTaskDefinition } from "./lookup.ts";
import { toNetworkConfiguration } from "./network-configuration.ts";
import { createTask } from "./new-task.ts";
import { page } from "./pages.ts";
import { misfitOn } from "./placement/place-task.ts";
import { checkLengths, checkRoles, runTask, taskTags, type Launched } from "./run-task.ts";
import { taskDefinitions, tasks, type Cluster, type Task } from "./state.ts";
import { toOverrides } from "./task-overrides.ts";
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

const MOST_INSTANCES = 10;

/**
 * Makes a task on each of the instances that a request names; the scheduler starts them.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StartTask.html
 * @throws AwsError in AWS's words where the request breaks a rule
 */
function startTask(input: StartTaskRequest, context: CallContext): Launched {
  const cluster = requireCluster(context, input.cluster);
  checkLengths(input);
  if (!input.taskDefinition) throw clientException(DEFINITION_TEXTS.taskDefinitionBlank());
  const definition = requireTaskDefinition(context, input.taskDefinition);
  const references = input.containerInstances ?? [];
  if (references.length === 0) throw invalidParameter(SAID.instancesEmpty());
  if (references.length > MOST_INSTANCES)
    throw invalidParameter(TEXTS.tooMany({ what: "Container instances", limit: MOST_INSTANCES }));
  const wanted = {
    cluster,
    definition,
    on: "EC2" as const,
    group: input.group ?? `family:${definition.family}`,
    startedBy: input.startedBy,
    platformVersion: undefined,
    networkConfiguration: toNetworkConfiguration(
      context.store,
      definition,
      input.networkConfiguration,
      "EC2",
    ),
    overrides: toOverrides(definition, input.overrides, "EC2"),
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    tags: taskTags(input, cluster, definition),
    now: context.clock.now(),
  };
  checkRoles(context, definition, wanted);
  const made: Task[] = [];
  const failures: Failure[] = [];
  const request = { ...wanted, clusterArn: cluster.arn, constraints: [], strategy: [] };
  for (const reference of references) {
    const instance = findContainerInstance(context, cluster, reference);
    const arn = instance?.arn ?? instanceArnOf(context, cluster, reference);
    const reason = instance ? misfitOn(context.store, request, instance) : "MISSING";
    if (reason === undefined) made.push(createTask(context.store, { ...wanted, instance }));
    else failures.push({ arn, reason });
  }
  return { made, failures };
}
