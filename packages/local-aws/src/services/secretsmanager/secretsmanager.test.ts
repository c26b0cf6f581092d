import { randomUUID } from "node:crypto";
import { CreateKeyCommand, DisableKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import * as sm from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ManualClock } from "../../clock/manual-clock.ts";
import { policyOf, roleSession } from "../iam/testing/role-session.ts";
import { startTestCloud, TEST_REGION, type TestCloud } from "../../testing.ts";

const ACCOUNT = "123456789012";
const DAY_MS = 24 * 60 * 60 * 1000;
const clock = new ManualClock();
let cloud: TestCloud;
let client: sm.SecretsManagerClient;
beforeAll(async () => {
  cloud = await startTestCloud({ clock });
  client = new sm.SecretsManagerClient(cloud.clientConfig);
});
afterAll(async () => {
  client.destroy();
  await cloud.stop();
});

let count = 0;
const create = (input: Partial<sm.CreateSecretCommandInput> = {}) =>
  client.send(
    new sm.CreateSecretCommand({ Name: `app/secret-${++count}`, SecretString: "first", ...input }),
  );
const value = (
  SecretId: string | undefined,
  more: Partial<sm.GetSecretValueCommandInput> = {},
  by = client,
) => by.send(new sm.GetSecretValueCommand({ SecretId, ...more }));
const put = (
  SecretId: string | undefined,
  SecretString: string,
  more: Partial<sm.PutSecretValueCommandInput> = {},
) => client.send(new sm.PutSecretValueCommand({ SecretId, SecretString, ...more }));
const describe = (SecretId: string | undefined) =>
  client.send(new sm.DescribeSecretCommand({ SecretId }));

test("a secret is read by its name, its ARN, and its ARN without the last six characters", async () => {
  const { ARN, Name, VersionId } = await create({ Description: "a password" });
  expect(ARN).toMatch(
    new RegExp(`^arn:aws:secretsmanager:${TEST_REGION}:${ACCOUNT}:secret:${Name}-[A-Za-z0-9]{6}$`),
  );
  for (const id of [Name, ARN, ARN!.slice(0, -7)])
    expect(await value(id)).toMatchObject({
      ARN,
      Name,
      VersionId,
      SecretString: "first",
      VersionStages: ["AWSCURRENT"],
    });
  expect(await describe(Name)).toMatchObject({
    ARN,
    Description: "a password",
    VersionIdsToStages: { [VersionId!]: ["AWSCURRENT"] },
  });
});

test("bytes come back as bytes", async () => {
  const SecretBinary = new Uint8Array([0, 255, 1]);
  const { Name } = await create({ SecretString: undefined, SecretBinary });
  const read = await value(Name);
  expect(read.SecretBinary).toEqual(SecretBinary);
  expect(read.SecretString).toBeUndefined();
});

test("a new value is current, the one before is kept as the previous, the one before that loses its label", async () => {
  const { Name, VersionId: first } = await create();
  const { VersionId: second } = await put(Name, "second");
  expect((await describe(Name)).VersionIdsToStages).toEqual({
    [first!]: ["AWSPREVIOUS"],
    [second!]: ["AWSCURRENT"],
  });
  await put(Name, "third");
  expect(await value(Name, { VersionStage: "AWSPREVIOUS" })).toMatchObject({
    SecretString: "second",
  });
  expect(await value(Name, { VersionId: first })).toMatchObject({ SecretString: "first" });
  const ids = async (IncludeDeprecated: boolean) =>
    (await client.send(new sm.ListSecretVersionIdsCommand({ SecretId: Name, IncludeDeprecated })))
      .Versions!.length;
  expect([await ids(false), await ids(true)]).toEqual([2, 3]);
});

test("a value that is put twice by one token is one version, another value by it is refused", async () => {
  const { Name } = await create();
  const ClientRequestToken = randomUUID();
  await put(Name, "again", { ClientRequestToken });
  expect(await put(Name, "again", { ClientRequestToken })).toMatchObject({
    VersionId: ClientRequestToken,
  });
  await expect(put(Name, "other", { ClientRequestToken })).rejects.toMatchObject({
    name: "ResourceExistsException",
  });
});

test("labels are moved by hand, the current one never taken away", async () => {
  const { Name, VersionId: first } = await create();
  const { VersionId: next } = await put(Name, "next", { VersionStages: ["candidate"] });
  expect(await value(Name)).toMatchObject({ SecretString: "first" });
  expect(await value(Name, { VersionStage: "candidate" })).toMatchObject({ SecretString: "next" });
  const move = (more: Partial<sm.UpdateSecretVersionStageCommandInput>) =>
    client.send(
      new sm.UpdateSecretVersionStageCommand({
        SecretId: Name,
        VersionStage: "AWSCURRENT",
        ...more,
      }),
    );
  await expect(move({ MoveToVersionId: next })).rejects.toMatchObject({
    name: "InvalidParameterException",
    message: expect.stringContaining(`currently attached to version ${first}`),
  });
  await expect(move({ RemoveFromVersionId: first })).rejects.toMatchObject({
    name: "InvalidParameterException",
  });
  await move({ RemoveFromVersionId: first, MoveToVersionId: next });
  expect((await describe(Name)).VersionIdsToStages).toEqual({
    [first!]: ["AWSPREVIOUS"],
    [next!]: expect.arrayContaining(["candidate", "AWSCURRENT"]),
  });
});

test.each([
  [
    { VersionStage: "nowhere" },
    "Secrets Manager can't find the specified secret value for staging label: nowhere",
  ],
  [
    { VersionId: "00000000-0000-0000-0000-000000000000" },
    "Secrets Manager can't find the specified secret value for VersionId: 00000000-0000-0000-0000-000000000000",
  ],
])("no value for %j", async (which, message) => {
  const { Name } = await create();
  await expect(value(Name, which)).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message,
  });
});

test("a secret without a value has none to give", async () => {
  const { Name } = await create({ SecretString: undefined });
  await expect(value(Name)).rejects.toMatchObject({
    message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
  });
});

test.each([
  [{ SecretBinary: new Uint8Array([1]) }, "InvalidParameterException"],
  [{ Name: "with a blank" }, "ValidationException"],
  [{ KmsKeyId: "alias/nothing" }, "NotFoundException"],
  [{ AddReplicaRegions: [{ Region: "us-east-1" }] }, "NotImplemented"],
  [{ Tags: [{ Key: "aws:x", Value: "" }] }, "InvalidParameterException"],
])("a secret with %j is refused: %s", async (input, name) => {
  await expect(create(input)).rejects.toMatchObject({ name });
});

test("a name is taken, until the secret is gone; a restored one is as it was", async () => {
  const { Name } = await create();
  await expect(create({ Name })).rejects.toMatchObject({ name: "ResourceExistsException" });
  const remove = (more: Partial<sm.DeleteSecretCommandInput>) =>
    client.send(new sm.DeleteSecretCommand({ SecretId: Name, ...more }));
  await expect(remove({ RecoveryWindowInDays: 6 })).rejects.toMatchObject({
    name: "InvalidParameterException",
  });
  await remove({ RecoveryWindowInDays: 7 });
  await expect(value(Name)).rejects.toMatchObject({
    name: "InvalidRequestException",
    message: "You can't perform this operation on the secret because it was marked for deletion.",
  });
  await expect(create({ Name })).rejects.toMatchObject({ name: "InvalidRequestException" });
  expect(await describe(Name)).toMatchObject({ DeletedDate: new Date(clock.now()) });
  await client.send(new sm.RestoreSecretCommand({ SecretId: Name }));
  expect(await value(Name)).toMatchObject({ SecretString: "first" });
  await remove({ RecoveryWindowInDays: 7 });
  await clock.advance(7 * DAY_MS);
  await expect(describe(Name)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  await create({ Name });
  await remove({ ForceDeleteWithoutRecovery: true });
  await remove({ ForceDeleteWithoutRecovery: true });
  await create({ Name });
});

test("secrets are found by name, tag, description and words, and their pages follow each other", async () => {
  const Tags = [{ Key: "team", Value: "blue" }];
  await create({ Name: "find/database", Description: "The main database", Tags });
  await create({ Name: "find/queue", Tags: [{ Key: "team", Value: "red" }] });
  const names = async (...Filters: sm.Filter[]) => {
    const found = await client.send(
      new sm.ListSecretsCommand({ Filters, SortBy: "name", SortOrder: "asc" }),
    );
    return found.SecretList!.map(({ Name }) => Name);
  };
  expect(await names({ Key: "name", Values: ["find/"] })).toEqual(["find/database", "find/queue"]);
  expect(
    await names({ Key: "name", Values: ["find/"] }, { Key: "tag-value", Values: ["!red"] }),
  ).toEqual(["find/database"]);
  expect(await names({ Key: "description", Values: ["the MAIN"] })).toEqual(["find/database"]);
  expect(await names({ Key: "all", Values: ["main blue"] })).toEqual(["find/database"]);
  expect(await names({ Key: "name", Values: ["FIND"] })).toEqual([]);
  const pages: string[][] = [];
  for await (const { SecretList } of sm.paginateListSecrets(
    { client, pageSize: 1 },
    { Filters: [{ Key: "name", Values: ["find/"] }] },
  ))
    pages.push(SecretList!.map(({ Name }) => Name!));
  expect(pages).toEqual([["find/database"], ["find/queue"]]);
  const both = await client.send(
    new sm.BatchGetSecretValueCommand({ SecretIdList: ["find/queue", "find/nothing"] }),
  );
  expect(both.SecretValues).toMatchObject([{ Name: "find/queue", SecretString: "first" }]);
  expect(both.Errors).toMatchObject([
    { SecretId: "find/nothing", ErrorCode: "ResourceNotFoundException" },
  ]);
});

test("a random password has of each kind, and nothing that is excluded", async () => {
  const { RandomPassword } = await client.send(
    new sm.GetRandomPasswordCommand({
      PasswordLength: 12,
      ExcludePunctuation: true,
      ExcludeCharacters: "abcABC012",
    }),
  );
  expect(RandomPassword).toMatch(/^(?=.*[d-z])(?=.*[D-Z])(?=.*[3-9])[d-zD-Z3-9]{12}$/);
  const short = new sm.GetRandomPasswordCommand({ PasswordLength: 3 });
  await expect(client.send(short)).rejects.toMatchObject({
    message: "Password length is too short based on the required types.",
  });
});

test("a key that is disabled gives no value; the secret says so and is still there", async () => {
  const kms = new KMSClient(cloud.clientConfig);
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  const { Name } = await create({ KmsKeyId: KeyMetadata!.Arn });
  expect(await value(Name)).toMatchObject({ SecretString: "first" });
  await kms.send(new DisableKeyCommand({ KeyId: KeyMetadata!.KeyId }));
  await expect(value(Name)).rejects.toMatchObject({ name: "DecryptionFailure" });
  expect(await describe(Name)).toMatchObject({ KmsKeyId: KeyMetadata!.Arn });
  kms.destroy();
});

/** A role with these statements, and a client with a session of it. */
async function sessionOf(name: string, ...statements: readonly object[]) {
  const { arn, clientConfig } = await roleSession(cloud, name, ...statements);
  return { arn, by: new sm.SecretsManagerClient(clientConfig) };
}

test("a role reads what its policies, or the secret's own, let it read", async () => {
  const { ARN, Name } = await create();
  const allow = { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: ARN };
  const reader = await sessionOf("reader", allow);
  const nobody = await sessionOf("nobody");
  expect(await value(Name, {}, reader.by)).toMatchObject({ SecretString: "first" });
  await expect(value(Name, {}, nobody.by)).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/nobody/me is not authorized to perform: secretsmanager:GetSecretValue on resource: ${ARN} because no identity-based policy allows the secretsmanager:GetSecretValue action`,
  });
  const names = {
    Effect: "Allow",
    Principal: { AWS: nobody.arn },
    Action: "secretsmanager:GetSecretValue",
    Resource: "*",
  };
  const policy = (ResourcePolicy: string) =>
    client.send(new sm.PutResourcePolicyCommand({ SecretId: Name, ResourcePolicy }));
  await policy(policyOf(names));
  expect(await value(Name, {}, nobody.by)).toMatchObject({ SecretString: "first" });
  await policy(policyOf({ ...names, Effect: "Deny", Principal: { AWS: reader.arn } }));
  await expect(value(Name, {}, reader.by)).rejects.toMatchObject({
    message: expect.stringContaining("with an explicit deny in a resource-based policy"),
  });
  await expect(policy(policyOf({ ...names, Principal: "*" }))).rejects.toMatchObject({
    name: "PublicPolicyException",
  });
  await expect(policy("{}")).rejects.toMatchObject({ name: "MalformedPolicyDocumentException" });
});

test("a role needs the right to the key as well, where the secret is under one of the account's own", async () => {
  const kms = new KMSClient(cloud.clientConfig);
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  kms.destroy();
  const { ARN } = await create({ KmsKeyId: KeyMetadata!.Arn });
  const read = { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: "*" };
  const without = await sessionOf("without-key", read);
  await expect(value(ARN, {}, without.by)).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: "Access to KMS is not allowed",
  });
  const Condition = {
    StringEquals: { "kms:ViaService": `secretsmanager.${TEST_REGION}.amazonaws.com` },
  };
  const decrypt = { Effect: "Allow", Action: "kms:Decrypt", Resource: KeyMetadata!.Arn, Condition };
  const { by } = await sessionOf("with-key", read, decrypt);
  expect(await value(ARN, {}, by)).toMatchObject({ SecretString: "first" });
});

test.each(["RotateSecret", "ReplicateSecretToRegions"] as const)(
  "%s is refused by name",
  async (operation) => {
    const SecretId = (await create()).Name!;
    const call =
      operation === "RotateSecret"
        ? client.send(new sm.RotateSecretCommand({ SecretId }))
        : client.send(
            new sm.ReplicateSecretToRegionsCommand({
              SecretId,
              AddReplicaRegions: [{ Region: "us-east-1" }],
            }),
          );
    await expect(call).rejects.toMatchObject({ message: expect.stringContaining(operation) });
  },
);
