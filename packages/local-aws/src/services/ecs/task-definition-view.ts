import type { Attribute, TaskDefinition as SdkTaskDefinition } from "@aws-sdk/client-ecs";
import { isEcrImage } from "./images.ts";
import type { TaskDefinition } from "./state.ts";

/** A task definition as the API shows it. */
export function describeTaskDefinition(definition: TaskDefinition): SdkTaskDefinition {
  const at = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms));
  return {
    taskDefinitionArn: definition.arn,
    containerDefinitions: [...definition.containerDefinitions],
    family: definition.family,
    taskRoleArn: definition.taskRoleArn,
    executionRoleArn: definition.executionRoleArn,
    networkMode: definition.networkMode,
    revision: definition.revision,
    volumes: [...definition.volumes],
    status: definition.status,
    requiresAttributes: requiredAttributes(definition),
    placementConstraints: [...definition.placementConstraints],
    compatibilities: [...definition.compatibilities] as SdkTaskDefinition["compatibilities"],
    runtimePlatform: definition.runtimePlatform,
    requiresCompatibilities: definition.requiresCompatibilities.length
      ? ([...definition.requiresCompatibilities] as SdkTaskDefinition["requiresCompatibilities"])
      : undefined,
    cpu: definition.cpu,
    memory: definition.memory,
    pidMode: definition.pidMode as SdkTaskDefinition["pidMode"],
    ipcMode: definition.ipcMode as SdkTaskDefinition["ipcMode"],
    proxyConfiguration: definition.proxyConfiguration,
    registeredAt: at(definition.registeredAt),
    deregisteredAt: at(definition.deregisteredAt),
    deleteRequestedAt: at(definition.deleteRequestedAt),
    registeredBy: definition.registeredBy,
    ephemeralStorage: definition.ephemeralStorage,
    enableFaultInjection: definition.enableFaultInjection,
  };
}

/** What an instance must have to run the task; https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html */
export function requiredAttributes(definition: TaskDefinition): Attribute[] {
  const names = new Set<string>();
  for (const container of definition.containerDefinitions) {
    const { logConfiguration, image = "", healthCheck, firelensConfiguration } = container;
    if (firelensConfiguration) names.add(`ecs.capability.firelens.${firelensConfiguration.type}`);
    if (logConfiguration?.logDriver) {
      names.add(`com.amazonaws.ecs.capability.logging-driver.${logConfiguration.logDriver}`);
      names.add("com.amazonaws.ecs.capability.docker-remote-api.1.19");
      if (logConfiguration.logDriver === "awslogs" && definition.executionRoleArn)
        names.add("ecs.capability.execution-role-awslogs");
    }
    if (isEcrImage(image)) {
      names.add("com.amazonaws.ecs.capability.ecr-auth");
      if (definition.executionRoleArn) names.add("ecs.capability.execution-role-ecr-pull");
    }
    if (healthCheck) names.add("ecs.capability.container-health-check");
  }
  if (definition.taskRoleArn) names.add("com.amazonaws.ecs.capability.task-iam-role");
  names.add("com.amazonaws.ecs.capability.docker-remote-api.1.18");
  if (definition.networkMode === "awsvpc") names.add("ecs.capability.task-eni");
  return [...names].map((name) => ({ name }));
}
