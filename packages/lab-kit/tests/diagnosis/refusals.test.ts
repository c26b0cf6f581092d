import { ECS } from "@aws-sdk/client-ecs";
import { say } from "@workbook/toolchain";
import { afterAll, beforeAll, expect, test } from "vitest";

import { REFUSAL_KINDS } from "../../src/diagnosis/kinds/refused.ts";
import { refusalIn } from "../../src/diagnosis/refusals.ts";
import { refusedBy } from "../../src/diagnosis/states.ts";
import type { AwsClients } from "../../src/live.ts";
import { defaultNetwork } from "../../src/testing/balanced-service.ts";
import { startTestCloud, type TestCloud } from "../../src/testing/test-cloud.ts";
import { REFUSED } from "./refused-calls.ts";
import { untilSaid } from "./symptoms.ts";

let cloud: TestCloud;
let aws: AwsClients;
let vpcId: string;
let subnets: string[];

beforeAll(async () => {
  cloud = await startTestCloud({ tasks: "off" });
  ({ aws } = cloud);
  ({ vpcId, subnets } = await defaultNetwork(aws));
  await aws.ecs.createCluster({ clusterName: "shop" });
}, 60_000);
afterAll(() => cloud.stop());

/** Somebody who may do all but hand roles on. */
async function deployer(): Promise<ECS> {
  await aws.iam.createUser({ UserName: "deployer" });
  const Statement = [
    { Effect: "Allow", Action: "*", Resource: "*" },
    { Effect: "Deny", Action: "iam:PassRole", Resource: "*" },
  ];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await aws.iam.putUserPolicy({ UserName: "deployer", PolicyName: "all", PolicyDocument });
  const { AccessKey } = await aws.iam.createAccessKey({ UserName: "deployer" });
  const credentials = {
    accessKeyId: AccessKey!.AccessKeyId!,
    secretAccessKey: AccessKey!.SecretAccessKey!,
  };
  return new ECS({ ...cloud.connection, credentials });
}

test.each(Object.keys(REFUSAL_KINDS) as (keyof typeof REFUSAL_KINDS)[])(
  "what AWS says when it refuses a stack is known: %s",
  async (id) => {
    let said = "";
    await untilSaid(id, async () => {
      try {
        await REFUSED[id]({ aws, vpcId, subnets, deployer });
      } catch (error) {
        // As Terraform's AWS provider tells of it.
        said = `operation error: https response error StatusCode: 400, RequestID: 0-0, ${(error as Error).name}: ${(error as Error).message}`;
      }
      return said;
    });
    expect(refusalIn(said)).toBe(id);
    const [finding, ...others] = refusedBy("service", [
      { text: said, address: "aws_ecs_service.s" },
    ]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ id, subjects: ["service"] });
    expect(say(finding!.cause, "en")).toMatch(/^AWS refused aws_ecs_service\.s: [\w.]+: /);
  },
);
