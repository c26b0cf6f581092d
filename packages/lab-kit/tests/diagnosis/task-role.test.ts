import { STS } from "@aws-sdk/client-sts";
import { say } from "@workbook/toolchain";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { RoleDenial } from "../../src/diagnosis/deployed.ts";
import { diagnose } from "../../src/diagnosis/diagnose.ts";
import type { FindingId } from "../../src/diagnosis/kinds.ts";
import { connectAws, disconnectAws } from "../../src/live.ts";
import { REGION, startTestCloud, type TestCloud } from "../../src/testing/test-cloud.ts";

/** A service that wants no tasks: its program's calls are made here, by its task role. */
const ROLE = "web-task";
const BUCKET = "notes-of-hanako";
let cloud: TestCloud;

const statements = (...Statement: readonly object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (Action: string, Resource: string) => ({ Effect: "Allow", Action, Resource });

beforeAll(async () => {
  cloud = await startTestCloud({ tasks: "off" });
  const { iam, ecs, ec2, s3 } = cloud.aws;
  const trust = statements(
    {
      Effect: "Allow",
      Principal: { Service: "ecs-tasks.amazonaws.com" },
      Action: "sts:AssumeRole",
    },
    { Effect: "Allow", Principal: { AWS: "123456789012" }, Action: "sts:AssumeRole" },
  );
  const { Role } = await iam.createRole({ RoleName: ROLE, AssumeRolePolicyDocument: trust });
  await s3.createBucket({ Bucket: BUCKET });
  await ecs.createCluster({ clusterName: "web" });
  await ecs.registerTaskDefinition({
    family: "web",
    taskRoleArn: Role!.Arn!,
    requiresCompatibilities: ["FARGATE"],
    networkMode: "awsvpc",
    cpu: "256",
    memory: "512",
    containerDefinitions: [{ name: "web", image: "web:v1", essential: true }],
  });
  const { Subnets = [] } = await ec2.describeSubnets({});
  await ecs.createService({
    cluster: "web",
    serviceName: "web",
    taskDefinition: "web",
    launchType: "FARGATE",
    desiredCount: 0,
    networkConfiguration: { awsvpcConfiguration: { subnets: [Subnets[0]!.SubnetId!] } },
  });
}, 60_000);
afterAll(() => cloud.stop());

const own = (PolicyDocument: string) =>
  cloud.aws.iam.putRolePolicy({ RoleName: ROLE, PolicyName: "own", PolicyDocument });

/** What the program does; what it is answered is its own affair. */
async function ask(call: (aws: TestCloud["aws"]) => Promise<unknown>): Promise<void> {
  const sts = new STS(cloud.connection);
  const { Credentials } = await sts.assumeRole({
    RoleArn: `arn:aws:iam::123456789012:role/${ROLE}`,
    RoleSessionName: "task",
  });
  sts.destroy();
  const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials!;
  const aws = await connectAws({
    ...cloud.connection,
    credentials: {
      accessKeyId: AccessKeyId!,
      secretAccessKey: SecretAccessKey!,
      sessionToken: SessionToken!,
    },
  });
  await call(aws).catch((error: Error) => error);
  disconnectAws(aws);
}

async function look(): Promise<readonly (readonly [FindingId, string])[]> {
  const response = await fetch(`${cloud.endpoint}/_local/denials`);
  const { denials } = (await response.json()) as { denials: readonly RoleDenial[] };
  const scope = { region: REGION, cluster: "web", denials };
  const { findings } = await diagnose(cloud.aws, scope, { services: ["web"] });
  return findings
    .filter(({ id }) => id.startsWith("task-role"))
    .map(({ id, cause }) => [id, say(cause, "en")]);
}

test("a right that the program's role lacks is named, with role, resource and statement, until the role has it", async () => {
  const list = (aws: TestCloud["aws"]) => aws.s3.listObjectsV2({ Bucket: BUCKET });
  await ask(list);
  await ask(list);
  const [[id, said] = ["", ""], ...more] = await look();
  expect(more).toEqual([]);
  expect(id).toBe("task-role-rights");
  expect(said).toContain(`s3:ListBucket on arn:aws:s3:::${BUCKET}`);
  expect(said).toContain(ROLE);
  const statement = {
    Effect: "Allow",
    Action: "s3:ListBucket",
    Resource: `arn:aws:s3:::${BUCKET}`,
  };
  expect(said).toContain(JSON.stringify(statement));
  await own(statements(statement));
  expect(await look()).toEqual([]);
});

test("a statement on conditions that are met later is not missed any more once the program has asked again", async () => {
  const conditional = (name: string) => ({
    ...allow("s3:ListBucket", `arn:aws:s3:::${BUCKET}`),
    Condition: { StringEquals: { "s3:prefix": name } },
  });
  const list = (aws: TestCloud["aws"]) => aws.s3.listObjectsV2({ Bucket: BUCKET, Prefix: "a" });
  await own(statements(conditional("b")));
  await ask(list);
  expect((await look()).map(([id]) => id)).toEqual(["task-role-rights"]);
  await own(statements(conditional("a")));
  await ask(list);
  expect(await look()).toEqual([]);
});

test("secrets and keys count as well, a statement that denies is told from one that is missing, and so is a boundary", async () => {
  const { iam, secrets } = cloud.aws;
  const { ARN = "" } = await secrets.createSecret({ Name: "web-password", SecretString: "shop" });
  const read = (aws: TestCloud["aws"]) => aws.secrets.getSecretValue({ SecretId: ARN });
  const may = allow("secretsmanager:GetSecretValue", ARN);
  await own(statements({ ...may, Effect: "Deny" }));
  await ask(read);
  expect(await look()).toEqual([
    ["task-role-deny", expect.stringContaining(`secretsmanager:GetSecretValue on ${ARN}`)],
  ]);
  const { Policy } = await iam.createPolicy({
    PolicyName: "web-boundary",
    PolicyDocument: statements(allow("s3:*", "*")),
  });
  await iam.putRolePermissionsBoundary({ RoleName: ROLE, PermissionsBoundary: Policy!.Arn! });
  await own(statements(may));
  await ask(read);
  expect((await look()).map(([id]) => id)).toEqual(["task-role-boundary"]);
  await iam.deleteRolePermissionsBoundary({ RoleName: ROLE });
  await ask(read);
  expect(await look()).toEqual([]);
});

test("what a bucket's policy refuses is told as that", async () => {
  await own(statements(allow("s3:*", "*")));
  const denies = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${BUCKET}/*`,
  };
  await cloud.aws.s3.putBucketPolicy({ Bucket: BUCKET, Policy: statements(denies) });
  await ask((aws) => aws.s3.getObject({ Bucket: BUCKET, Key: "a" }));
  expect(await look()).toEqual([
    [
      "task-role-deny",
      expect.stringContaining("a statement of its resource-based policy denies it"),
    ],
  ]);
});
