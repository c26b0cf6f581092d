import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type ECSClient,
  type Service,
  type Task,
} from "@aws-sdk/client-ecs";

/** One service of a cluster. */
export async function describeService(
  ecs: ECSClient,
  cluster: string,
  name: string,
): Promise<Service> {
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [name] }));
  return services![0]!;
}

/** The tasks of a service that shall run, or that have stopped within the hour. */
export async function describeTasks(
  ecs: ECSClient,
  cluster: string,
  serviceName: string,
  desiredStatus: "RUNNING" | "STOPPED",
): Promise<Task[]> {
  const { taskArns } = await ecs.send(
    new ListTasksCommand({ cluster, serviceName, desiredStatus }),
  );
  if (taskArns!.length === 0) return [];
  return (await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns! }))).tasks!;
}

/** Registers the newest revision of a family once more, with one variable changed; the new revision's ARN. */
export async function registerWith(
  ecs: ECSClient,
  familyName: string,
  variable: { readonly name: string; readonly value: string },
): Promise<string> {
  const described = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: familyName }),
  );
  const { family, cpu, memory, networkMode, executionRoleArn, taskRoleArn, containerDefinitions } =
    described.taskDefinition!;
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      cpu,
      memory,
      networkMode,
      executionRoleArn,
      taskRoleArn,
      requiresCompatibilities: ["FARGATE"],
      containerDefinitions: containerDefinitions!.map((container) => ({
        ...container,
        environment: [
          ...container.environment!.filter(({ name }) => name !== variable.name),
          variable,
        ],
      })),
    }),
  );
  return taskDefinition!.taskDefinitionArn!;
}
