import type { RunTaskRequest, TaskOverride } from "@aws-sdk/client-ecs";
import type { CallContext } from "../service.ts";
import { EXEC_TEXTS } from "./exec-texts.ts";
import { clientException, invalidParameter } from "./faults.ts";
import { isFargateSize, toCpuUnits, toMebibytes } from "./fargate-sizes.ts";
import { nextCapacityProvider, resolvePlatformVersion, toLaunch } from "./launch.ts";
import { requireCluster, requireTaskDefinition } from "./lookup.ts";
import { toNetworkConfiguration } from "./network-configuration.ts";
import { createTask, managedTags } from "./new-task.ts";
import { tasks, type Cluster, type Tags, type Task, type TaskDefinition } from "./state.ts";
import { mergeTags, toTags } from "./tags.ts";
import { roleFault, rolesOf } from "./task-roles.ts";
import { TEXTS } from "./texts.ts";

/**
 * Makes standalone tasks; the scheduler starts them.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
 * @throws AwsError in AWS's words where the request breaks a rule: no task has been made then
 */
export function runTask(input: RunTaskRequest, context: CallContext): Task[] {
  const cluster = requireCluster(context, input.cluster);
  const token = input.clientToken;
  const same = token
    ? context.store
        .of(tasks)
        .filter((it) => it.clusterArn === cluster.arn && it.clientToken === token)
    : [];
  if (same.length > 0) return same;
  checkLengths(input);
  if (!input.taskDefinition) throw clientException(TEXTS.taskDefinitionBlank());
  const definition = requireTaskDefinition(context, input.taskDefinition);
  const count = input.count ?? 1;
  if (count < 1 || count > 10) throw invalidParameter(TEXTS.countInvalid());
  if (input.placementStrategy?.length) throw invalidParameter(TEXTS.placementFargate());
  if (input.placementConstraints?.length) throw invalidParameter(TEXTS.constraintsFargate());
  const launch = toLaunch(cluster, definition, input);
  const networkConfiguration = toNetworkConfiguration(
    context.store,
    definition,
    input.networkConfiguration,
  );
  const overrides = toOverrides(definition, input.overrides);
  if (input.enableExecuteCommand && !rolesOf(definition, overrides).taskRoleArn)
    throw invalidParameter(EXEC_TEXTS.runNeedsRole());
  const { account, region } = context;
  const now = context.clock.now();
  const use = { account, region, clusterName: cluster.name, now };
  const fault = roleFault(context.cloud, use, definition, overrides);
  if (fault) throw clientException(fault);
  const tags = taskTags(input, cluster, definition);
  const given = new Map<string, number>();
  return Array.from({ length: count }, () => {
    const provider = nextCapacityProvider(
      launch.capacityProviderStrategy,
      (name) => given.get(name) ?? 0,
    );
    if (provider) given.set(provider, (given.get(provider) ?? 0) + 1);
    return createTask(context.store, {
      cluster,
      definition,
      group: input.group ?? `family:${definition.family}`,
      startedBy: input.startedBy,
      capacityProviderName: provider,
      platformVersion: resolvePlatformVersion(launch.platformVersion),
      networkConfiguration,
      overrides,
      enableExecuteCommand: input.enableExecuteCommand ?? false,
      clientToken: token,
      tags,
      now,
    });
  });
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html#API_RunTask_RequestSyntax */
function checkLengths(input: RunTaskRequest): void {
  for (const [member, most] of [
    ["startedBy", 128],
    ["clientToken", 64],
  ] as const)
    if ((input[member]?.length ?? 0) > most)
      throw invalidParameter(TEXTS.tooLong({ member, most }));
  if (!/^[\w/-]*$/.test(input.startedBy ?? "")) throw invalidParameter(TEXTS.startedByInvalid());
  if (input.propagateTags === "SERVICE") throw invalidParameter(TEXTS.propagateOfNoService());
}

function taskTags(input: RunTaskRequest, cluster: Cluster, definition: TaskDefinition): Tags {
  const propagated = input.propagateTags === "TASK_DEFINITION" ? definition.tags : [];
  const own = mergeTags(propagated, toTags(input.tags));
  return mergeTags(own, managedTags(input.enableECSManagedTags ?? false, cluster));
}

/** Overrides, checked. @throws AwsError for a container that is not there, or a size that Fargate does not have */
function toOverrides(definition: TaskDefinition, given: TaskOverride | undefined): TaskOverride {
  if (!given) return {};
  for (const { name = "" } of given.containerOverrides ?? [])
    if (!definition.containerDefinitions.some((container) => container.name === name))
      throw invalidParameter(TEXTS.unknownContainerOverride({ container: name }));
  const cpu = given.cpu ? toCpuUnits(given.cpu) : undefined;
  const memory = given.memory ? toMebibytes(given.memory) : undefined;
  const size = { cpu: cpu ?? definition.cpu ?? "", memory: memory ?? definition.memory ?? "" };
  if (!isFargateSize(Number(size.cpu), Number(size.memory)))
    throw clientException(TEXTS.noFargateConfiguration(size));
  for (const { name = "", memory: own, memoryReservation } of given.containerOverrides ?? [])
    if (Math.max(own ?? 0, memoryReservation ?? 0) > Number(size.memory))
      throw clientException(TEXTS.containerMemoryOverTask({ container: name }));
  return { ...given, cpu, memory };
}
