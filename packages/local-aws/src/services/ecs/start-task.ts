import type { Failure, StartTaskRequest } from "@aws-sdk/client-ecs";
import type { CallContext } from "../service.ts";
import { clientException, invalidParameter } from "./faults.ts";
import { findContainerInstance, instanceArnOf } from "./instances/find.ts";
import { requireCluster, requireTaskDefinition } from "./lookup.ts";
import { toNetworkConfiguration } from "./network-configuration.ts";
import { createTask } from "./new-task.ts";
import { misfitOn } from "./placement/place-task.ts";
import { checkLengths, checkRoles, taskTags, type Launched } from "./run-task.ts";
import type { Task } from "./state.ts";
import { toOverrides } from "./task-overrides.ts";
import { INSTANCE_TEXTS as SAID } from "./instance-texts.ts";
import { TEXTS } from "./texts.ts";
import { DEFINITION_TEXTS } from "./definition-texts.ts";

const MOST_INSTANCES = 10;

/**
 * Makes a task on each of the instances that a request names; the scheduler starts them.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StartTask.html
 * @throws AwsError in AWS's words where the request breaks a rule
 */
export function startTask(input: StartTaskRequest, context: CallContext): Launched {
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
