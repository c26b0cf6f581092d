import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import type { IAMClient } from "@aws-sdk/client-iam";
import { createExecutionRole, type TestCloud } from "../../../testing.ts";

/** Makes a cluster `c` with a service `web` that wants no task. */
export async function createIdleService(
  { clientConfig }: TestCloud,
  { ecs, iam }: { readonly ecs: ECSClient; readonly iam: IAMClient },
): Promise<void> {
  const { Subnets = [] } = await new EC2Client(clientConfig).send(new DescribeSubnetsCommand({}));
  await ecs.send(new CreateClusterCommand({ clusterName: "c" }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "web",
      cpu: "256",
      memory: "512",
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      executionRoleArn: await createExecutionRole(iam),
      containerDefinitions: [
        { name: "web", image: "web:1", portMappings: [{ containerPort: 80 }] },
        { name: "side", image: "side:1", essential: false },
      ],
    }),
  );
  await ecs.send(
    new CreateServiceCommand({
      cluster: "c",
      serviceName: "web",
      taskDefinition: "web",
      desiredCount: 0,
      launchType: "FARGATE",
      networkConfiguration: { awsvpcConfiguration: { subnets: [Subnets[0]!.SubnetId!] } },
    }),
  );
}
