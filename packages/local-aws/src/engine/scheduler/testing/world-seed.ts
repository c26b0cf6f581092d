import {
  CreateClusterCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { IAMClient } from "@aws-sdk/client-iam";
import { createExecutionRole, startTestCloud } from "../../../testing.ts";

/**
 * Makes a data directory with a cluster `c` and a task definition for each habit of a machine's programs.
 * @returns the network of tasks that reach everything
 */
export async function makeSeed(dataDir: string): Promise<object> {
  const cloud = await startTestCloud({ dataDir });
  const ecs = new ECSClient(cloud.clientConfig);
  await ecs.send(new CreateClusterCommand({ clusterName: "c" }));
  const executionRoleArn = await createExecutionRole(new IAMClient(cloud.clientConfig));
  for (const family of ["good", "crashes", "never", "sick"])
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        cpu: "256",
        memory: "512",
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        executionRoleArn,
        containerDefinitions: [
          {
            name: "app",
            image: `public.ecr.aws/app/${family}`,
            healthCheck: { command: ["CMD", "check"] },
          },
        ],
      }),
    );
  const ec2 = new EC2Client(cloud.clientConfig);
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  await cloud.stop();
  const subnets = Subnets.map(({ SubnetId }) => SubnetId!);
  return { awsvpcConfiguration: { subnets, assignPublicIp: "ENABLED" } };
}
