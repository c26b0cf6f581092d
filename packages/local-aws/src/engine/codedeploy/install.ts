import type { CreateTaskSetRequest } from "@aws-sdk/client-ecs";
import { findTaskDefinition, requireCluster } from "../../services/ecs/lookup.ts";
import { fromNetworkConfiguration } from "../../services/ecs/network-configuration.ts";
import { createTaskSet } from "../../services/ecs/task-sets/create-task-set.ts";
import { taskSetHandlers } from "../../services/ecs/task-sets/handlers.ts";
import { taskSetArn, taskSetsOf, type TaskSet } from "../../services/ecs/task-sets/task-set.ts";
import { rolesOf } from "../../services/ecs/task-roles.ts";
import type { AppSpec } from "../../services/codedeploy/state.ts";
import { requireRight } from "../acting-role.ts";
import { DeploymentFault, notBehind } from "./deployment-fault.ts";
import type { Run } from "./run.ts";
import { forwardsTo, needTargetGroup } from "./traffic.ts";

/**
 * Makes the replacement task set, behind the target group that is free, while the original one has all traffic.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-ecs.html
 * @throws DeploymentFault
 */
export function install(run: Run): void {
  const { service, caller, deployment } = run;
  const { routes } = deployment.settings;
  run.ecs(() => requireRight(caller, "ecs:DescribeServices", service.arn));
  const primary = taskSetsOf(service).find(({ status }) => status === "PRIMARY");
  if (!primary)
    throw new DeploymentFault("INVALID_ECS_SERVICE", "The ECS service has no primary task set.");
  const groupArn = primary.loadBalancers[0]?.targetGroupArn ?? "";
  const [one, other] = routes.targetGroups.map((name) => needTargetGroup(caller, name));
  const isOne = groupArn === one!.arn;
  const isBehind = forwardsTo(caller, routes.prodListenerArn, groupArn);
  if (!isBehind || (!isOne && groupArn !== other!.arn)) throw notBehind(routes.prodListenerArn);
  const [blue, green] = isOne ? [one!, other!] : [other!, one!];
  run.patch({
    blue: { taskSetId: primary.id, targetGroup: blue.name },
    // Which task set it will be is known when it has been made.
    green: { taskSetId: "", targetGroup: green.name },
  });
  // What a deployment left behind that was stopped and not rolled back.
  for (const set of taskSetsOf(service)) if (set.status === "ACTIVE") removeTaskSet(run, set.id);
  run.split(routes.prodListenerArn, 0);
  const set = replacement(run, primary, green.arn);
  run.patch({ green: { taskSetId: set.id, targetGroup: green.name } });
}

function replacement(run: Run, original: TaskSet, targetGroupArn: string): TaskSet {
  const { caller, service, deployment } = run;
  const spec = deployment.appSpec!;
  return run.ecs(() => {
    const cluster = requireCluster(caller, service.clusterArn);
    const keys = { "ecs:cluster": cluster.arn, "ecs:service": service.arn };
    requireRight(caller, "ecs:CreateTaskSet", "*", keys);
    passRoles(run, spec.taskDefinition);
    const input: Omit<CreateTaskSetRequest, "cluster" | "service"> = {
      externalId: deployment.id,
      taskDefinition: spec.taskDefinition,
      ...launchOf(spec, original),
      loadBalancers: [
        { targetGroupArn, containerName: spec.containerName, containerPort: spec.containerPort },
      ],
      scale: { value: 100, unit: "PERCENT" },
    };
    return createTaskSet(input, caller, cluster, service, { startedBy: "CODE_DEPLOY" }).set;
  });
}

function passRoles({ caller }: Run, taskDefinition: string): void {
  const definition = findTaskDefinition(caller, taskDefinition);
  if (!definition) return;
  const { executionRoleArn, taskRoleArn } = rolesOf(definition, {});
  for (const role of new Set([executionRoleArn, taskRoleArn]))
    if (role)
      requireRight(caller, "iam:PassRole", role, {
        "iam:PassedToService": "ecs-tasks.amazonaws.com",
      });
}

/** How the replacement is launched: as the original was, but for what the AppSpec file says. */
function launchOf(
  { platformVersion, network, capacityProviderStrategy }: AppSpec,
  original: TaskSet,
): Pick<
  CreateTaskSetRequest,
  "launchType" | "capacityProviderStrategy" | "platformVersion" | "networkConfiguration"
> {
  const strategy = capacityProviderStrategy ?? original.capacityProviderStrategy;
  return {
    ...(strategy.length > 0
      ? { capacityProviderStrategy: strategy.map((it) => ({ ...it })) }
      : { launchType: (original.launchType ?? "FARGATE") as "FARGATE" }),
    platformVersion: platformVersion ?? original.platformVersion,
    networkConfiguration: network
      ? {
          awsvpcConfiguration: {
            subnets: [...network.subnets],
            securityGroups: [...network.securityGroups],
            assignPublicIp: network.assignPublicIp as "ENABLED" | undefined,
          },
        }
      : fromNetworkConfiguration(original.networkConfiguration),
  };
}

/** Has ECS stop a task set's tasks, and forget it. One that has gone is gone. @throws DeploymentFault */
export function removeTaskSet(run: Run, id: string): void {
  const { caller, service } = run;
  const set = taskSetsOf(service).find((it) => it.id === id);
  if (!set || set.status === "INACTIVE") return;
  run.ecs(() => {
    const arn = taskSetArn(service, id);
    requireRight(caller, "ecs:DeleteTaskSet", arn);
    const named = { cluster: service.clusterArn, service: service.arn, taskSet: arn };
    taskSetHandlers.DeleteTaskSet!({ ...named, force: true }, caller);
  });
}

/** Makes a task set the service's primary one. @throws DeploymentFault */
export function makePrimary(run: Run, id: string): void {
  const { caller, service } = run;
  run.ecs(() => {
    requireRight(caller, "ecs:UpdateServicePrimaryTaskSet", service.arn);
    taskSetHandlers.UpdateServicePrimaryTaskSet!(
      { cluster: service.clusterArn, service: service.arn, primaryTaskSet: id },
      caller,
    );
  });
}
