import {
  CreateBucketCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { ContainerOverride } from "@aws-sdk/client-ecs";
import { PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { TaskCloud } from "./testing/task-cloud.ts";

let cloud: TaskCloud;
let s3: S3Client;
let image: string;

beforeAll(async () => {
  cloud = await TaskCloud.start();
  s3 = new S3Client(cloud.test.clientConfig);
  await s3.send(new CreateBucketCommand({ Bucket: "settings" }));
  const put = (Key: string, Body: string) =>
    s3.send(new PutObjectCommand({ Bucket: "settings", Key, Body }));
  await put(
    "first.env",
    '# a comment\nA=of the first\r\nQUOTED="it = is"\n=nothing\nnothing\nEMPTY=\n',
  );
  await put("app/second.env", "A=of the second\nB=of the second\nC=of the second\n");
  await put("secret.env", "A=1\n");
  const script =
    'for (const name of ["A", "B", "C", "QUOTED", "EMPTY"]) console.log(`${name}: ${process.env[name]}`); console.log("end")';
  image = await cloud.push("env", {
    files: { "x.js": script },
    config: { Cmd: ["node", "/x.js"], Env: ["A=of the image", "EMPTY=of the image"] },
  });
  const Statement = [
    { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::settings/*" },
    { Effect: "Allow", Action: "s3:GetBucketLocation", Resource: "arn:aws:s3:::settings" },
  ];
  await cloud.iam.send(
    new PutRolePolicyCommand({
      RoleName: "execution",
      PolicyName: "settings",
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
    }),
  );
  const deny = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::settings/secret.env",
  };
  await s3.send(
    new PutBucketPolicyCommand({
      Bucket: "settings",
      Policy: JSON.stringify({ Version: "2012-10-17", Statement: [deny] }),
    }),
  );
}, 60_000);
afterAll(async () => {
  s3.destroy();
  expect(cloud.test.errors).toEqual([]);
  await cloud.stop();
});

const files = (...keys: string[]) =>
  keys.map((key) => ({ type: "s3" as const, value: `arn:aws:s3:::settings/${key}` }));

const define = (...keys: string[]) =>
  cloud.define("env", [
    {
      name: "main",
      image,
      logConfiguration: cloud.logTo(),
      environment: [{ name: "B", value: "of the definition" }],
      environmentFiles: files(...keys),
    },
  ]);

async function linesOf(
  taskDefinition: string,
  override: ContainerOverride = {},
): Promise<string[]> {
  const { taskArn } = await cloud.run(taskDefinition, {
    overrides: { containerOverrides: [{ name: "main", ...override }] },
  });
  return vi.waitFor(
    async () => {
      const lines = await cloud.lines(taskArn!);
      expect(lines.at(-1), (await cloud.task(taskArn!)).stoppedReason).toBe("end");
      return lines.slice(0, -1);
    },
    { timeout: 30_000, interval: 20 },
  );
}

test("a container has the variables of its files: the first file has its way, the definition before all, the image last", async () => {
  expect(await linesOf(await define("first.env", "app/second.env"))).toEqual([
    "A: of the first",
    "B: of the definition",
    "C: of the second",
    'QUOTED: "it = is"',
    "EMPTY: ",
  ]);
}, 60_000);

test("files of an override stand in for those of the definition", async () => {
  const environmentFiles = files("app/second.env");
  const lines = await linesOf(await define("first.env"), { environmentFiles });
  expect(lines).toEqual([
    "A: of the second",
    "B: of the definition",
    "C: of the second",
    "QUOTED: undefined",
    "EMPTY: of the image",
  ]);
}, 60_000);

const FRAME =
  "ResourceInitializationError: failed to download env files: file download command: non empty error stream: ";

test.each([
  [
    "that is not there",
    "none.env",
    "NoSuchKey: The specified key does not exist. status code: 404",
  ],
  [
    "that the bucket's policy keeps from the execution role",
    "secret.env",
    "AccessDenied: Access Denied status code: 403",
  ],
])("a task does not start with a file %s", async (_which, key, what) => {
  expect(await cloud.stoppedReason(await define(key))).toContain(FRAME + what);
});

test("a task does not start with files of a bucket that its execution role may not read", async () => {
  await s3.send(new CreateBucketCommand({ Bucket: "others" }));
  const environmentFiles = [{ type: "s3" as const, value: "arn:aws:s3:::others/a.env" }];
  const definition = await cloud.define("env", [{ name: "main", image, environmentFiles }]);
  expect(await cloud.stoppedReason(definition)).toContain("AccessDenied: Access Denied");
});
