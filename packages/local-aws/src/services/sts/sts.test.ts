import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import * as sts from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../testing.ts";

let cloud: TestCloud;
let client: sts.STSClient;
let iam: IAMClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  client = new sts.STSClient(cloud.clientConfig);
  iam = new IAMClient(cloud.clientConfig);
});
afterAll(async () => {
  client.destroy();
  iam.destroy();
  await cloud.stop();
});

async function newRole(RoleName: string, principal: object, Condition?: object): Promise<string> {
  const statement = { Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ ...statement, ...(Condition && { Condition }) }],
  });
  const command = new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument });
  return (await iam.send(command)).Role!.Arn!;
}

const assume = (RoleArn: string, more: Partial<sts.AssumeRoleCommandInput> = {}, by = client) =>
  by.send(new sts.AssumeRoleCommand({ RoleArn, RoleSessionName: "me", ...more }));

function clientOf(credentials: sts.Credentials | undefined): sts.STSClient {
  return new sts.STSClient({
    ...cloud.clientConfig,
    credentials: {
      accessKeyId: credentials!.AccessKeyId!,
      secretAccessKey: credentials!.SecretAccessKey!,
      sessionToken: credentials!.SessionToken!,
    },
  });
}

const ACCOUNT = { AWS: "arn:aws:iam::123456789012:root" };

test("the caller is told who it is", async () => {
  expect(await client.send(new sts.GetCallerIdentityCommand({}))).toMatchObject({
    Account: "123456789012",
    Arn: "arn:aws:iam::123456789012:user/workbook",
    UserId: expect.stringMatching(/^AIDA/),
  });
});

test("an assumed role's keys sign calls as the role's session", async () => {
  const { Credentials, AssumedRoleUser } = await assume(await newRole("session", ACCOUNT));
  expect(Credentials!.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
  const session = clientOf(Credentials);
  expect(await session.send(new sts.GetCallerIdentityCommand({}))).toMatchObject({
    Arn: "arn:aws:sts::123456789012:assumed-role/session/me",
    UserId: AssumedRoleUser!.AssumedRoleId,
  });
  session.destroy();
});

test("a role that does not trust the caller, or is not there, is refused in the same words", async () => {
  const untrusting = await newRole("tasks", { Service: "ecs-tasks.amazonaws.com" });
  for (const arn of [untrusting, "arn:aws:iam::123456789012:role/nobody"])
    await expect(assume(arn)).rejects.toMatchObject({
      name: "AccessDenied",
      message: `User: arn:aws:iam::123456789012:user/workbook is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
      $metadata: { httpStatusCode: 403 },
    });
});

test("an external id that the role asks for must be given", async () => {
  const condition = { StringEquals: { "sts:ExternalId": "secret" } };
  const arn = await newRole("external", ACCOUNT, condition);
  await expect(assume(arn)).rejects.toMatchObject({ name: "AccessDenied" });
  await assume(arn, { ExternalId: "secret" });
});

test("a role goes on to another only where its own policies allow it", async () => {
  const first = await newRole("first", ACCOUNT);
  const second = await newRole("second", ACCOUNT);
  const session = clientOf((await assume(first)).Credentials);
  await expect(assume(second, {}, session)).rejects.toMatchObject({
    name: "AccessDenied",
    message: expect.stringContaining(
      "User: arn:aws:sts::123456789012:assumed-role/first/me is not",
    ),
  });
  const PolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Resource: second }],
  });
  await iam.send(
    new PutRolePolicyCommand({ RoleName: "first", PolicyName: "go-on", PolicyDocument }),
  );
  expect((await assume(second, {}, session)).AssumedRoleUser!.Arn).toContain("assumed-role/second");
  session.destroy();
});

test("another account assumes a role only where it is named", async () => {
  const { accessKeyId, secretAccessKey } = cloud.cloud.account("222222222222");
  const other = new sts.STSClient({
    ...cloud.clientConfig,
    credentials: { accessKeyId, secretAccessKey },
  });
  await expect(assume(await newRole("mine", ACCOUNT), {}, other)).rejects.toMatchObject({
    name: "AccessDenied",
  });
  const shared = await newRole("shared", { AWS: "222222222222" });
  const { Credentials } = await assume(shared, {}, other);
  const session = clientOf(Credentials);
  const { Account } = await session.send(new sts.GetCallerIdentityCommand({}));
  expect(Account).toBe("123456789012");
  for (const each of [other, session]) each.destroy();
});

test("a session lasts no longer than the role allows", async () => {
  const arn = await newRole("short", ACCOUNT);
  await expect(assume(arn, { DurationSeconds: 7200 })).rejects.toMatchObject({
    name: "ValidationError",
    message: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
  });
});

test("a session of the user is the user, and makes no further session", async () => {
  const session = clientOf((await client.send(new sts.GetSessionTokenCommand({}))).Credentials);
  const { Arn } = await session.send(new sts.GetCallerIdentityCommand({}));
  expect(Arn).toBe("arn:aws:iam::123456789012:user/workbook");
  await expect(session.send(new sts.GetSessionTokenCommand({}))).rejects.toMatchObject({
    name: "AccessDenied",
  });
  session.destroy();
});

test("a session's own policies are checked before it starts", async () => {
  const arn = await newRole("limited", ACCOUNT);
  await expect(assume(arn, { Policy: "nonsense" })).rejects.toMatchObject({
    name: "MalformedPolicyDocumentException",
  });
  const PolicyArns = [{ arn: "arn:aws:iam::123456789012:policy/absent" }];
  await expect(assume(arn, { PolicyArns })).rejects.toMatchObject({ name: "ValidationError" });
});

test("calls that prove their caller without a signature say by name that they are not there", async () => {
  const RoleArn = "arn:aws:iam::123456789012:role/r";
  const saml = { RoleArn, PrincipalArn: RoleArn, SAMLAssertion: "x".repeat(100_000) };
  await expect(client.send(new sts.AssumeRoleWithSAMLCommand(saml))).rejects.toMatchObject({
    name: "NotImplemented",
    message: expect.stringContaining("sts:AssumeRoleWithSAML is not implemented"),
  });
  const query = new URLSearchParams({ Action: "AssumeRoleWithSAML", Version: "2011-06-15" });
  const asked = await fetch(`${cloud.endpoint}/?${query}`);
  expect(asked.status).toBe(501);
  const cognito = await fetch(cloud.endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AWSCognitoIdentityService.GetId",
    },
    body: "{}",
  });
  expect(cognito.status).toBe(501);
  expect(await cognito.text()).toContain("cognito-identity:GetId is not implemented");
});

test("other calls without a signature lack one, whatever they say", async () => {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  for (const body of [
    "Action=GetCallerIdentity&Version=2011-06-15",
    "Action=AssumeRole&x=Action=AssumeRoleWithSAMLx",
    "Action=GetCallerIdentity&Version=2011-06-15&Action=AssumeRoleWithWebIdentity",
    "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&Action=GetCallerIdentity",
    `Action=AssumeRoleWithSAML&Version=2011-06-15&SAMLAssertion=${"x".repeat(600_000)}`,
  ]) {
    const answer = await fetch(cloud.endpoint, { method: "POST", headers, body });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("MissingAuthenticationToken");
  }
});
