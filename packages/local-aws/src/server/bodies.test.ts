import { afterAll, beforeAll, expect, test } from "vitest";
import { CreateLogGroupCommand, CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { startTestCloud, type TestCloud } from "../testing.ts";
import { exchange, send } from "./testing/signed-call.ts";

const MIB = 1024 * 1024;
/** The longest answer to a request that is refused. */
const MAX_REFUSAL = 32 * 1024;

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
  const config = { ...cloud.clientConfig, region: "us-east-1" };
  await new CloudWatchLogsClient(config).send(new CreateLogGroupCommand({ logGroupName: "lg" }));
  await new S3Client(config).send(new CreateBucketCommand({ Bucket: "bombs" }));
});
afterAll(async () => {
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

const repeated = (item: string, bytes: number, between = ",") =>
  Array.from({ length: Math.floor(bytes / (item.length + between.length)) }, () => item).join(
    between,
  );

const json = (service: string, target: string) => (body: string) => ({
  service,
  body,
  headers: { "x-amz-target": target, "content-type": "application/x-amz-json-1.1" },
});
const form = (service: string, version: string) => (body: string) => ({
  service,
  body: `Version=${version}&${body}`,
  headers: { "content-type": "application/x-www-form-urlencoded" },
});
const document = (body: string) => ({ service: "s3", path: "/bombs?delete=", body });

const ecs = (operation: string) => json("ecs", `AmazonEC2ContainerServiceV20141113.${operation}`);
const logs = json("logs", "Logs_20140328.PutLogEvents");
const ec2 = form("ec2", "2016-11-15");
const events = (items: string) =>
  `{"logGroupName":"lg","logStreamName":"s","logEvents":[${items}]}`;

/** Bodies as long as their service takes them, of as many parts as they can have. */
const BOMBS = {
  "log events": logs(events(repeated("{}", 4 * MIB - 200))),
  "log events of a member": logs(events(repeated('{"message":1}', 4 * MIB - 200))),
  tags: ecs("CreateCluster")(`{"tags":[${repeated("{}", MIB - 200)}]}`),
  containers: ecs("RegisterTaskDefinition")(
    `{"family":"f","containerDefinitions":[${repeated('{"name":1}', MIB - 200)}]}`,
  ),
  names: ecs("DescribeClusters")(`{"clusters":[${repeated('""', MIB - 200)}]}`),
  "deep lists": ecs("ListClusters")("[".repeat(MIB - 200)),
  "deep members": ecs("ListClusters")('{"a":'.repeat(200_000)),
  "a name of many parts": ec2(`Action=DescribeVpcs&${"a.".repeat(MIB / 2 - 200)}=1`),
  "an id of many parts": ec2(`Action=DescribeVpcs&VpcId.${"1.".repeat(MIB / 2 - 200)}=1`),
  "many ids": ec2(
    `Action=DescribeVpcs&${Array.from({ length: 60_000 }, (_, at) => `VpcId.${at}=v`).join("&")}`,
  ),
  "many parameters": ec2(`Action=DescribeVpcs&${repeated("a=1", MIB - 200, "&")}`),
  ampersands: ec2(`Action=DescribeClusters${"&".repeat(MIB - 200)}`),
  objects: document(`<Delete>${repeated("<Object/>", 4 * MIB - 200, "")}</Delete>`),
  attributes: document(`<Delete ${repeated('a="1"', 4 * MIB - 200, " ")}/>`),
  "deep elements": document("<a>".repeat(MIB)),
} as const;

test.each(Object.entries(BOMBS))("%s are refused in few words", async (_name, call) => {
  const answer = await send(cloud.endpoint, cloud.cloud.credentials, call);
  expect([answer.status, answer.body.slice(0, 200)]).toEqual([
    expect.toSatisfy((status: number) => status >= 400 && status < 500),
    expect.stringMatching(/^[{<]/),
  ]);
  expect(answer.body.length).toBeLessThan(MAX_REFUSAL);
});

test.each(["ecs", "ec2", "iam", "elasticloadbalancing", "logs", "ecr", "s3"])(
  "%s refuses a body beyond its limit before it is read",
  async (service) => {
    const call = {
      service,
      body: "x".repeat(6 * MIB + 1),
      path: service === "s3" ? "/bombs?delete=" : "/",
    };
    const answer = await send(cloud.endpoint, cloud.cloud.credentials, {
      ...call,
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expect(answer.status).toBe(413);
  },
);

test("what is unsigned is not looked into", async () => {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const answer = await exchange(cloud.endpoint, "POST", "/", headers, "a".repeat(MIB));
  expect(answer).toMatchObject({
    status: 403,
    body: expect.stringContaining("MissingAuthenticationToken"),
  });
});

test("a list of one too many is refused for its length alone, and ten faults are told of many", async () => {
  const many = Array.from({ length: 10_001 }, () => "{}").join(",");
  const tooLong = await send(cloud.endpoint, cloud.cloud.credentials, logs(events(many)));
  expect(tooLong.body).toMatch(/1 validation error detected.*length less than or equal to 10000/);
  const few = Array.from({ length: 50 }, () => "{}").join(",");
  const faults = await send(cloud.endpoint, cloud.cloud.credentials, logs(events(few)));
  expect(faults.body).toContain("10 validation errors detected");
});
