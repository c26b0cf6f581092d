import type { Secret } from "@aws-sdk/client-ecs";
import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { policyOf, ROOT } from "../../services/iam/testing/role-session.ts";
import { TASKS_TRUST } from "../../testing.ts";
import { TaskCloud } from "./testing/task-cloud.ts";

const SOON = { timeout: 60_000, interval: 20 };
let cloud: TaskCloud;
let image: string;
let secret: string;
let plain: string;

beforeAll(async () => {
  cloud = await TaskCloud.start();
  const [secrets, ssm] = [
    new SecretsManagerClient(cloud.test.clientConfig),
    new SSMClient(cloud.test.clientConfig),
  ];
  const create = async (Name: string, SecretString: string) =>
    (await secrets.send(new CreateSecretCommand({ Name, SecretString }))).ARN!;
  secret = await create("app/database", JSON.stringify({ user: "web", port: 5432 }));
  plain = await create("app/plain", "of a secret");
  await create("app/closed", "closed");
  for (const [Name, Type] of [
    ["/app/url", "String"],
    ["/app/token", "SecureString"],
  ] as const)
    await ssm.send(new PutParameterCommand({ Name, Type, Value: `of ${Name}` }));
  for (const client of [secrets, ssm]) client.destroy();
  const script =
    'for (const name of Object.keys(process.env).filter((name) => name.startsWith("S_")).sort()) console.log(`${name}: ${process.env[name]}`); console.log("end")';
  image = await cloud.push("secrets", {
    files: { "x.js": script },
    config: { Cmd: ["node", "/x.js"] },
  });
  const Statement = [
    { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: [secret, plain] },
    { Effect: "Allow", Action: "ssm:GetParameters", Resource: "arn:aws:ssm:*:*:parameter/app/*" },
    {
      Effect: "Deny",
      Action: "ssm:GetParameters",
      Resource: "arn:aws:ssm:*:*:parameter/app/closed",
    },
  ];
  await cloud.iam.send(
    new PutRolePolicyCommand({
      RoleName: "execution",
      PolicyName: "secrets",
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
    }),
  );
}, 120_000);
afterAll(async () => {
  expect(cloud.test.errors).toEqual([]);
  await cloud.stop();
});

const define = (secrets: Secret[], executionRoleArn = cloud.executionRoleArn) =>
  cloud.define("secrets", [{ name: "main", image, logConfiguration: cloud.logTo(), secrets }], {
    executionRoleArn,
  });

async function run(...secrets: Secret[]): Promise<string> {
  const started = await cloud.run(await define(secrets));
  return started.taskArn!;
}

/** What a task has said once it has said all. */
const saidBy = (task: string) =>
  vi.waitFor(async () => {
    const seen = await cloud.lines(task);
    expect(seen.at(-1), (await cloud.task(task)).stoppedReason).toBe("end");
    return seen.slice(0, -1);
  }, SOON);

test("a container has what its secrets stand for: parameters, secrets whole, and members of them", async () => {
  const task = await run(
    { name: "S_1", valueFrom: "/app/url" },
    { name: "S_2", valueFrom: "arn:aws:ssm:ap-northeast-1:123456789012:parameter/app/token" },
    { name: "S_3", valueFrom: plain },
    { name: "S_4", valueFrom: `${secret}:user::` },
    { name: "S_5", valueFrom: `${secret}:port:AWSCURRENT:` },
  );
  expect(await saidBy(task)).toEqual([
    "S_1: of /app/url",
    "S_2: of /app/token",
    "S_3: of a secret",
    "S_4: web",
    "S_5: 5432",
  ]);
}, 120_000);

test("a parameter of another region is named by its ARN", async () => {
  const ssm = new SSMClient({ ...cloud.test.clientConfig, region: "eu-west-1" });
  await ssm.send(new PutParameterCommand({ Name: "/app/url", Type: "String", Value: "far away" }));
  ssm.destroy();
  const task = await run({
    name: "S_1",
    valueFrom: "arn:aws:ssm:eu-west-1:123456789012:parameter/app/url",
  });
  expect(await saidBy(task)).toEqual(["S_1: far away"]);
}, 120_000);

test("an execution role that has a path is known to a key's policy by its whole ARN", async () => {
  const { Role } = await cloud.iam.send(
    new CreateRoleCommand({
      RoleName: "with-path",
      Path: "/service/",
      AssumeRolePolicyDocument: TASKS_TRUST,
    }),
  );
  const AWS = Role!.Arn!;
  const Statement = (Action: string | string[]) => ({ Effect: "Allow", Action, Resource: "*" });
  await cloud.iam.send(
    new PutRolePolicyCommand({
      RoleName: "with-path",
      PolicyName: "own",
      PolicyDocument: policyOf(Statement(["ecr:*", "logs:*", "ssm:GetParameters"])),
    }),
  );
  const kms = new KMSClient(cloud.test.clientConfig);
  const Policy = policyOf(
    { ...Statement("kms:*"), Principal: { AWS: ROOT } },
    { ...Statement("kms:Decrypt"), Principal: { AWS } },
  );
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Policy }));
  const ssm = new SSMClient(cloud.test.clientConfig);
  const parameter = { Name: "/path/token", Type: "SecureString", Value: "of a key" } as const;
  await ssm.send(new PutParameterCommand({ ...parameter, KeyId: KeyMetadata!.Arn }));
  for (const client of [kms, ssm]) client.destroy();
  const definition = await define([{ name: "S_1", valueFrom: "/path/token" }], AWS);
  const { taskArn } = await cloud.run(definition);
  expect(await saidBy(taskArn!)).toEqual(["S_1: of a key"]);
}, 120_000);

const SECRET = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret";

test.each<[string, () => string, RegExp]>([
  [
    "a parameter that is not there",
    () => "/app/none",
    /unable to retrieve secrets from ssm: .*invalid ssm parameters: \/app\/none$/,
  ],
  [
    "a parameter that the role may not read",
    () => "/app/closed",
    /AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role\/execution\/[0-9a-f]{32} is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:ap-northeast-1:123456789012:parameter\/app\/closed with an explicit deny/,
  ],
  [
    "a secret that the role may not read",
    () => `${SECRET}:app/closed`,
    /failed to fetch secret .* AccessDeniedException: .*assumed-role\/execution\/.* secretsmanager:GetSecretValue .*because no identity-based policy allows/,
  ],
  [
    "a member that the secret does not have",
    () => `${secret}:password::`,
    /did not contain json key password$/,
  ],
  ["a member of what is no JSON", () => `${plain}:password::`, /invalid character/],
  [
    "a stage that no version has",
    () => `${secret}::AWSPENDING:`,
    /ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSPENDING/,
  ],
])(
  "%s keeps the task from starting, in the words of ECS",
  async (_what, valueFrom, reason) => {
    const task = await run({ name: "S_1", valueFrom: valueFrom() });
    const stopped = await vi.waitFor(async () => {
      const seen = await cloud.task(task);
      expect(seen.lastStatus).toBe("STOPPED");
      return seen;
    }, SOON);
    expect(stopped).toMatchObject({ stopCode: "TaskFailedToStart" });
    expect(stopped.stoppedReason).toMatch(
      /^ResourceInitializationError: unable to pull secrets or registry auth: /,
    );
    expect(stopped.stoppedReason).toMatch(reason);
  },
  120_000,
);
