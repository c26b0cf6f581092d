import { ECSClient } from "@aws-sdk/client-ecs";
import { CreateSecurityGroupCommand, DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { afterAll, expect } from "vitest";
import { startTestCloud, type TestCloud } from "../../../testing.ts";

/** A cloud without tasks and a client of ECS; stopped after the file's tests, which must not have made it log errors. */
export async function startControlPlane(): Promise<{
  test: TestCloud;
  ecs: ECSClient;
  /** Subnets and a group of the default VPC. */
  network: { subnets: string[]; securityGroups: string[] };
}> {
  const test = await startTestCloud();
  afterAll(async () => {
    expect(test.errors).toEqual([]);
    await test.stop();
  });
  const ec2 = new EC2Client(test.clientConfig);
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: "tasks", Description: "tasks" }),
  );
  const subnets = Subnets.map(({ SubnetId }) => SubnetId!);
  return {
    test,
    ecs: new ECSClient(test.clientConfig),
    network: { subnets, securityGroups: [GroupId!] },
  };
}

/** What a call that is refused says: its code and its message. */
export async function refusal(call: Promise<unknown>): Promise<{ name: string; message: string }> {
  try {
    await call;
  } catch (error) {
    const { name, message } = error as Error;
    return { name, message };
  }
  throw new Error("the call was not refused");
}
