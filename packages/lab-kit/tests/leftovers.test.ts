import { afterAll, beforeAll, expect, test } from "vitest";

import { findLeftovers } from "../src/leftovers.ts";
import type { AwsClients } from "../src/live.ts";
import { startTestCloud, type TestCloud } from "../src/testing/test-cloud.ts";

const OWNER = "hanako";
const TAGS = { Owner: OWNER, Project: "ecs-workbook" };
const pairs = Object.entries(TAGS).map(([key, value]) => ({ key, value }));

let cloud: TestCloud;
let aws: AwsClients;

beforeAll(async () => {
  cloud = await startTestCloud({ tasks: "off" });
  aws = cloud.aws;
});

afterAll(async () => {
  await cloud.stop();
});

test("what is an owner's is found behind a full page of what is others'", async () => {
  for (let n = 100; n < 201; n += 1) {
    await aws.ecs.createCluster({ clusterName: `a-${n}` });
    await aws.ecr.createRepository({ repositoryName: `a-${n}` });
    if (n < 151) await aws.logs.createLogGroup({ logGroupName: `/ecs/a-${n}` });
  }
  expect(await findLeftovers(aws, OWNER)).toEqual([]);
  await aws.ecs.createCluster({ clusterName: "z-cluster", tags: pairs });
  await aws.ecr.createRepository({
    repositoryName: "z-repository",
    tags: Object.entries(TAGS).map(([Key, Value]) => ({ Key, Value })),
  });
  await aws.logs.createLogGroup({ logGroupName: "/ecs/z-group", tags: TAGS });
  const found = await findLeftovers(aws, OWNER);
  expect(found.map(({ type, id }) => `${type} ${id.split(/[/:]/).at(-1)}`).toSorted()).toEqual([
    "ecr:repository z-repository",
    "ecs:cluster z-cluster",
    "log-group z-group",
  ]);
  expect(await findLeftovers(aws, "taro")).toEqual([]);
});

test("the log group that Container Insights made of the owner's cluster is named", async () => {
  const logGroupName = "/aws/ecs/containerinsights/workbook-taro/performance";
  await aws.logs.createLogGroup({ logGroupName });
  expect(await findLeftovers(aws, "taro")).toEqual([
    {
      type: "log-group",
      id: logGroupName,
      note: ["en", "ja"].map(() =>
        expect.stringContaining(`aws logs delete-log-group --log-group-name ${logGroupName}`),
      ),
    },
  ]);
});
