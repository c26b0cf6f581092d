import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type AwsClients, connectAws, disconnectAws } from "@workbook/lab-kit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readTopology } from "../src/cloud/topology.ts";
import { TestTerminal } from "../src/testing/terminal.ts";
import { TestWorkbook, type Ended } from "../src/testing/workbook.ts";

/** `--target aws`, with a Local AWS at the other end of `AWS_ENDPOINT_URL`. */
const LONG = 10 * 60_000;
const cloud = new TestWorkbook({ WORKBOOK_PORT: "0", WORKBOOK_LISTENERS: "ephemeral" });
let learner: TestWorkbook;
let aws: AwsClients;
let endpoint: string;

interface Server {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

beforeAll(async () => {
  await cloud.json(["cloud", "up"]);
  const file = join(cloud.dataDir, "server.json");
  const server = JSON.parse(readFileSync(file, "utf8")) as Server;
  endpoint = server.endpoint;
  const { accessKeyId, secretAccessKey } = server.credentials;
  learner = new TestWorkbook({
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: undefined,
    AWS_PROFILE: undefined,
    HTTP_PROXY: undefined,
    http_proxy: undefined,
  });
  aws = await connectAws({
    region: "ap-northeast-1",
    endpoint,
    credentials: { accessKeyId, secretAccessKey },
  });
}, LONG);

afterAll(async () => {
  disconnectAws(aws);
  await learner.remove();
  await cloud.remove();
}, LONG);

const onAws = (...args: string[]): Promise<Ended> => learner.run([...args, "--target", "aws"]);

async function repositories(): Promise<string[]> {
  const answer = await aws.ecr.describeRepositories({});
  return answer.repositories!.map(({ repositoryName }) => repositoryName!).toSorted();
}

test(
  "nothing is made before account, region and cost were told and somebody has said yes",
  { timeout: LONG },
  async () => {
    const { code, stderr } = await onAws("deploy", "8", "--variant", "solution");
    expect(code, stderr).toBe(2);
    expect(stderr).toMatch(/AWS account \d{12}, arn:aws:iam::/);
    expect(stderr).toContain("ap-northeast-1");
    expect(stderr).toMatch(/\$0\.\d{4} an hour/);
    expect(stderr).toContain(
      "NAT gateway $0.0620 (2024; today: https://aws.amazon.com/vpc/pricing/)",
    );
    expect(stderr).toContain("2 aws_ecs_service");
    expect(stderr).toContain("at the prices of Tokyo (ap-northeast-1)");
    expect(stderr).toContain("--yes");
    const checked = await onAws("check", "1", "--variant", "solution");
    expect(checked.code, checked.stderr).toBe(2);
    expect(checked.stderr).toContain("the S3 bucket that holds Terraform's state");
    expect(await repositories()).toEqual([]);
    expect((await readTopology(endpoint)).filter(({ kind }) => kind === "s3.bucket")).toEqual([]);
  },
);

test("what is about this machine alone takes no AWS", { timeout: LONG }, async () => {
  const { code, stderr } = await onAws("status");
  expect(code, stderr).toBe(2);
  expect(stderr).toContain('"status" takes no --target aws');
});

test("prices of another region are not told as its own", { timeout: LONG }, async () => {
  const { code, stderr } = await learner.run(
    ["deploy", "8", "--variant", "solution", "--target", "aws"],
    { AWS_REGION: "eu-central-1" },
  );
  expect(code, stderr).toBe(2);
  expect(stderr).toContain("In eu-central-1 prices differ");
});

test("Enter in watch deploys nothing before a yes", { timeout: LONG }, async () => {
  const begun = await onAws("start", "1");
  expect(begun.code, begun.stderr).toBe(0);
  expect(begun.stdout).toContain("./workbook check 01 --target aws");
  const { root: cwd, environment } = learner;
  const env = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined),
  );
  const terminal = await TestTerminal.open({ columns: 100, rows: 40, cwd, env });
  try {
    await terminal.begin("./workbook watch 1 --target aws");
    await terminal.waitFor("Go on?", LONG);
    await terminal.begin("yes");
    await terminal.waitFor("Expected", LONG);
    for (const file of ["Dockerfile", "stack.ts"])
      copyFileSync(
        join(cwd, "labs/01-images/solution", file),
        join(learner.state, "workspace/01-images", file),
      );
    await terminal.waitFor("Enter deploys", LONG);
    await terminal.press("Enter");
    await terminal.waitFor("What will be there", LONG);
    await terminal.begin("no");
    await terminal.waitFor("Nothing was done.", LONG);
    expect(await repositories()).toEqual([]);
    await terminal.press("q");
    await terminal.waitFor(/\[\d+:0\]\$ *$/, LONG);
  } finally {
    await terminal.close();
  }
});

test("credentials that are not there, or not right, are named", { timeout: LONG }, async () => {
  const none = {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    HOME: learner.state,
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const missing = await learner.run(["check", "1", "--target", "aws"], none);
  expect(missing.code, missing.stderr).toBe(3);
  expect(missing.stderr).toContain("There are no AWS credentials");
  const wrong = await learner.run(["check", "1", "--target", "aws"], {
    AWS_SECRET_ACCESS_KEY: "wrong",
  });
  expect(wrong.code).toBe(3);
  expect(wrong.stderr).toContain("SignatureDoesNotMatch");
});

test(
  "a lab is deployed, passes its checks, and plans nothing more",
  { timeout: LONG },
  async () => {
    const said = new Map<string, string>();
    for (const command of ["deploy", "check", "plan"]) {
      const { code, stderr, stdout } = await onAws(command, "1", "--variant", "solution", "--yes");
      expect(code, `${command}:\n${stderr}${stdout}`).toBe(0);
      said.set(command, stdout);
    }
    expect(said.get("deploy")).toContain("Next: ./workbook check 01 --target aws");
    expect(await repositories()).toEqual(["golang-app-hanako", "nodejs-app-hanako"]);
    const logs = await onAws("logs");
    expect(logs.code, logs.stderr).toBe(0);
    expect(logs.stderr).toContain("No log lines");
  },
);

test(
  "who goes back to a beginning is told what is destroyed for it",
  { timeout: LONG },
  async () => {
    const { code, stderr } = await onAws("start", "1");
    expect(code, stderr).toBe(2);
    expect(stderr).toContain("Destroyed: stack images (4 resources: ");
    expect(await repositories()).toEqual(["golang-app-hanako", "nodejs-app-hanako"]);
  },
);

test("destroy reports what still has the owner's tags", { timeout: LONG }, async () => {
  const tags = [
    { Key: "Owner", Value: "hanako" },
    { Key: "Project", Value: "ecs-workbook" },
  ];
  await aws.ecr.createRepository({ repositoryName: "made-by-hand", tags });
  const { Vpc } = await aws.ec2.createVpc({
    CidrBlock: "10.9.0.0/16",
    TagSpecifications: [{ ResourceType: "vpc", Tags: tags }],
  });
  const logGroupName = "/aws/ecs/containerinsights/workbook-hanako/performance";
  await aws.logs.createLogGroup({ logGroupName });
  const left = await onAws("destroy", "1", "--yes");
  expect(left.code, left.stderr).toBe(1);
  expect(left.stdout).toContain("repository/made-by-hand");
  expect(left.stdout).toContain(`vpc  ${Vpc!.VpcId}`);
  expect(left.stdout).toContain(`aws logs delete-log-group --log-group-name ${logGroupName}`);
  await aws.logs.deleteLogGroup({ logGroupName });
  await aws.ecr.deleteRepository({ repositoryName: "made-by-hand" });
  await aws.ec2.deleteVpc({ VpcId: Vpc!.VpcId! });
  const nothing = await onAws("destroy", "1", "--yes");
  expect(nothing.code, nothing.stderr).toBe(0);
  expect(nothing.stdout).toContain("Nothing in this region has the tags Owner=hanako");
  expect(nothing.stdout).toContain("ecs-workbook-state-");
});
