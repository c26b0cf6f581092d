import type { RunTaskRequest, TaskOverride } from "@aws-sdk/client-ecs";
import type { EcsParameters } from "@aws-sdk/client-eventbridge";
import { lastPart } from "../../ground/arn.ts";
import { requireCluster, requireTaskDefinition } from "../../services/ecs/lookup.ts";
import { runTask } from "../../services/ecs/run-task.ts";
import { rolesOf } from "../../services/ecs/task-roles.ts";
import type { Delivery } from "../../services/events/state.ts";
import type { CallContext } from "../../services/service.ts";
import { requireRight } from "../acting-role.ts";
import { TargetFailed } from "./delivery-fault.ts";

/**
 * Runs the tasks of a target, as RunTask does, by a role that has to have the rights to run them and to pass theirs.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CWE_IAM_role.html
 * @throws AwsError in ECS's words; TargetFailed where there is no room for a task
 */
export function runTargetTask(caller: CallContext, delivery: Delivery): void {
  const { target, payload } = delivery;
  const ecs = target.EcsParameters!;
  const overrides = overridesIn(payload);
  const request = toRequest(delivery, ecs, overrides);
  const cluster = requireCluster(caller, target.Arn);
  const definition = requireTaskDefinition(caller, ecs.TaskDefinitionArn!);
  requireRight(caller, "ecs:RunTask", definition.arn, { "ecs:cluster": cluster.arn });
  const { executionRoleArn, taskRoleArn } = rolesOf(definition, overrides);
  for (const role of new Set([executionRoleArn, taskRoleArn]))
    if (role)
      requireRight(caller, "iam:PassRole", role, {
        "iam:PassedToService": "ecs-tasks.amazonaws.com",
      });
  const { made, failures } = runTask(request, caller);
  if (made.length === 0 && failures.length > 0)
    throw new TargetFailed(failures.map(({ reason }) => reason).join(", "));
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EcsParameters.html */
function toRequest(
  { by, sourceArn, target }: Delivery,
  ecs: EcsParameters,
  overrides: TaskOverride,
): RunTaskRequest {
  const network = ecs.NetworkConfiguration?.awsvpcConfiguration;
  return {
    cluster: target.Arn,
    taskDefinition: ecs.TaskDefinitionArn,
    count: ecs.TaskCount ?? 1,
    launchType: ecs.LaunchType,
    platformVersion: ecs.PlatformVersion,
    group: ecs.Group,
    capacityProviderStrategy: ecs.CapacityProviderStrategy?.map(
      ({ capacityProvider, weight, base }) => ({ capacityProvider, weight, base }),
    ),
    enableECSManagedTags: ecs.EnableECSManagedTags,
    enableExecuteCommand: ecs.EnableExecuteCommand,
    placementConstraints: ecs.PlacementConstraints?.map(({ type, expression }) => ({
      type,
      expression,
    })),
    placementStrategy: ecs.PlacementStrategy?.map(({ type, field }) => ({ type, field })),
    propagateTags: ecs.PropagateTags,
    tags: ecs.Tags?.map(({ Key, Value }) => ({ key: Key, value: Value })),
    startedBy: startedBy(by, sourceArn),
    overrides,
    ...(network && {
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: network.Subnets,
          securityGroups: network.SecurityGroups,
          assignPublicIp: network.AssignPublicIp,
        },
      },
    }),
  };
}

/** Such as `events-rule/nightly`; a name may have characters that `startedBy` may not. */
function startedBy(by: Delivery["by"], sourceArn: string): string {
  const name = lastPart(sourceArn).replaceAll(/[^\w-]/g, "-");
  return `${by === "events" ? "events-rule" : "chronos-schedule"}/${name}`;
}

const OVERRIDES: readonly (keyof TaskOverride)[] = [
  "containerOverrides",
  "cpu",
  "memory",
  "taskRoleArn",
  "executionRoleArn",
  "ephemeralStorage",
  "inferenceAcceleratorOverrides",
];

/** What of the input says how the task differs from its definition. An event as it came says nothing of that. */
function overridesIn(payload: string): TaskOverride {
  const input = JSON.parse(payload) as unknown;
  if (typeof input !== "object" || input === null) return {};
  return Object.fromEntries(
    Object.entries(input).filter(([name]) => (OVERRIDES as readonly string[]).includes(name)),
  );
}
