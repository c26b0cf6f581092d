import type { Failure, RunTaskRequest } from "@aws-sdk/client-ecs";
import type { CallContext } from "../service.ts";
import { EXEC_TEXTS } from "./exec-texts.ts";
import { clientException, invalidParameter } from "./faults.ts";
import { nextCapacityProvider, resolvePlatformVersion, toLaunch } from "./launch.ts";
import { requireCluster, requireTaskDefinition } from "./lookup.ts";
import { toNetworkConfiguration } from "./network-configuration.ts";
import { createTask, managedTags } from "./new-task.ts";
import { openInstances, placeTask } from "./placement/place-task.ts";
import { toPlacement } from "./placement/wishes.ts";
import { isScaled } from "./providers/find.ts";
import { tasks, type Cluster, type Tags, type Task, type TaskDefinition } from "./state.ts";
import { mergeTags, toTags } from "./tags.ts";
import { toOverrides } from "./task-overrides.ts";
import { roleFault, rolesOf } from "./task-roles.ts";
import { INSTANCE_TEXTS as SAID } from "./instance-texts.ts";
import { TEXTS } from "./texts.ts";
import { DEFINITION_TEXTS } from "./definition-texts.ts";

/** What became of a request for tasks. */
export interface Launched {
  readonly made: readonly Task[];
  readonly failures: readonly Failure[];
}

/**
 * Makes standalone tasks; the scheduler starts them.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
 * @throws AwsError in AWS's words where the request breaks a rule: no task has been made then
 */
export function runTask(input: RunTaskRequest, context: CallContext): Launched {
  const cluster = requireCluster(context, input.cluster);
  const token = input.clientToken;
  const same = token
    ? context.store
        .of(tasks)
        .filter((it) => it.clusterArn === cluster.arn && it.clientToken === token)
    : [];
  if (same.length > 0) return { made: same, failures: [] };
  checkLengths(input);
  if (!input.taskDefinition) throw clientException(DEFINITION_TEXTS.taskDefinitionBlank());
  const definition = requireTaskDefinition(context, input.taskDefinition);
  const count = input.count ?? 1;
  if (count < 1 || count > 10) throw invalidParameter(TEXTS.countInvalid());
  const launch = toLaunch(cluster, definition, input);
  const wanted = {
    cluster,
    definition,
    on: launch.on,
    group: input.group ?? `family:${definition.family}`,
    startedBy: input.startedBy,
    placement: toPlacement(launch.on, input),
    platformVersion: launch.platformVersion && resolvePlatformVersion(launch.platformVersion),
    networkConfiguration: toNetworkConfiguration(
      context.store,
      definition,
      input.networkConfiguration,
      launch.on,
    ),
    overrides: toOverrides(definition, input.overrides, launch.on),
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    clientToken: token,
    tags: taskTags(input, cluster, definition),
    now: context.clock.now(),
  };
  checkRoles(context, definition, wanted);
  return launchAll(context, wanted, launch.capacityProviderStrategy, count);
}

/**
 * @throws AwsError `InvalidParameterException` where the task lacks a role for ECS Exec, `ClientException` where ECS cannot take
 * on its roles
 */
export function checkRoles(
  context: CallContext,
  definition: TaskDefinition,
  {
    cluster,
    overrides,
    enableExecuteCommand,
  }: Pick<Wanted, "cluster" | "overrides" | "enableExecuteCommand">,
): void {
  if (enableExecuteCommand && !rolesOf(definition, overrides).taskRoleArn)
    throw invalidParameter(EXEC_TEXTS.runNeedsRole());
  const { account, region } = context;
  const use = { account, region, clusterName: cluster.name, now: context.clock.now() };
  const fault = roleFault(context.cloud, use, definition, overrides);
  if (fault) throw clientException(fault);
}

type Wanted = Omit<Parameters<typeof createTask>[1], "instance" | "capacityProviderName">;

function launchAll(
  { store }: CallContext,
  wanted: Wanted,
  strategy: Parameters<typeof nextCapacityProvider>[0],
  count: number,
): Launched {
  const given = new Map<string, number>();
  const made: Task[] = [];
  const isEmpty = openInstances(store, wanted.cluster.arn).length === 0;
  if (wanted.on === "EC2" && strategy.length === 0 && isEmpty)
    throw invalidParameter(SAID.noContainerInstances());
  while (made.length < count) {
    const provider = nextCapacityProvider(strategy, (name) => given.get(name) ?? 0);
    if (provider) given.set(provider, (given.get(provider) ?? 0) + 1);
    if (wanted.on === "FARGATE") {
      made.push(createTask(store, { ...wanted, capacityProviderName: provider }));
      continue;
    }
    const placed = placeTask(store, {
      ...wanted,
      clusterArn: wanted.cluster.arn,
      constraints: wanted.placement?.constraints ?? [],
      strategy: wanted.placement?.strategy ?? [],
      capacityProvider: provider,
    });
    const instance = "instance" in placed ? placed.instance : undefined;
    // One of a provider that makes instances waits for one in PROVISIONING.
    if (!instance && !(provider !== undefined && isScaled(store, provider)))
      return { made, failures: toFailures(placed) };
    made.push(createTask(store, { ...wanted, capacityProviderName: provider, instance }));
  }
  return { made, failures: [] };
}

/** One for each instance. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html */
function toFailures(placed: ReturnType<typeof placeTask>): Failure[] {
  if ("instance" in placed) return [];
  if (placed.misfits.length === 0) return [{ reason: "EMPTY CAPACITY PROVIDER" }];
  return placed.misfits.map(({ candidate, misfit }) => ({
    arn: candidate.instance.arn,
    reason: misfit,
  }));
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html#API_RunTask_RequestSyntax */
export function checkLengths(
  input: Pick<RunTaskRequest, "startedBy" | "clientToken" | "propagateTags">,
): void {
  for (const [member, most] of [
    ["startedBy", 128],
    ["clientToken", 64],
  ] as const)
    if ((input[member]?.length ?? 0) > most)
      throw invalidParameter(TEXTS.tooLong({ member, most }));
  if (!/^[\w/-]*$/.test(input.startedBy ?? "")) throw invalidParameter(TEXTS.startedByInvalid());
  if (input.propagateTags === "SERVICE") throw invalidParameter(TEXTS.propagateOfNoService());
}

/** What a request tags its tasks with. */
export function taskTags(
  input: Pick<RunTaskRequest, "propagateTags" | "tags" | "enableECSManagedTags">,
  cluster: Cluster,
  definition: TaskDefinition,
): Tags {
  const propagated = input.propagateTags === "TASK_DEFINITION" ? definition.tags : [];
  const own = mergeTags(propagated, toTags(input.tags));
  return mergeTags(own, managedTags(input.enableECSManagedTags ?? false, cluster));
}
