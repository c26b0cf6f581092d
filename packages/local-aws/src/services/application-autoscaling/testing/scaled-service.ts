import {
  CreateClusterCommand,
  CreateServiceCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";

/** The scalable target that a service of the cluster `c` is. */
export const targetOf = (serviceName: string) =>
  ({
    ServiceNamespace: "ecs",
    ResourceId: `service/c/${serviceName}`,
    ScalableDimension: "ecs:service:DesiredCount",
  }) as const;

/** Makes services with these names in the cluster `c`, each of which wants `desiredCount` tasks. */
export async function createServices(
  ecs: ECSClient,
  awsvpcConfiguration: { subnets: string[]; securityGroups: string[] },
  { names, desiredCount = 2 }: { names: readonly string[]; desiredCount?: number },
): Promise<void> {
  await ecs.send(new CreateClusterCommand({ clusterName: "c" }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "web",
      cpu: "256",
      memory: "512",
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      containerDefinitions: [{ name: "main", image: "nginx" }],
    }),
  );
  for (const serviceName of names)
    await ecs.send(
      new CreateServiceCommand({
        cluster: "c",
        serviceName,
        taskDefinition: "web",
        desiredCount,
        launchType: "FARGATE",
        networkConfiguration: { awsvpcConfiguration },
      }),
    );
}
