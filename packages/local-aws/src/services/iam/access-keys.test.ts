import * as iam from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../testing.ts";

let cloud: TestCloud;
let client: iam.IAMClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  client = new iam.IAMClient(cloud.clientConfig);
});
afterAll(async () => {
  client.destroy();
  await cloud.stop();
});

test("root manages keys of its own, and a role has to say whose", async () => {
  const anyone = await startTestCloud({ credentials: "any" });
  const root = new iam.IAMClient(anyone.clientConfig);
  const { AccessKey } = await root.send(new iam.CreateAccessKeyCommand({}));
  const AccessKeyId = AccessKey!.AccessKeyId!;
  expect(AccessKeyId).toMatch(/^AKIA/);
  await root.send(new iam.UpdateAccessKeyCommand({ AccessKeyId, Status: "Inactive" }));
  const { AccessKeyMetadata } = await root.send(new iam.ListAccessKeysCommand({}));
  expect(AccessKeyMetadata).toMatchObject([{ AccessKeyId, Status: "Inactive" }]);
  await root.send(new iam.DeleteAccessKeyCommand({ AccessKeyId }));
  expect((await root.send(new iam.ListAccessKeysCommand({}))).AccessKeyMetadata).toEqual([]);
  root.destroy();
  await anyone.stop();

  const trust = { Effect: "Allow", Principal: { AWS: "123456789012" }, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  const made = await client.send(
    new iam.CreateRoleCommand({ RoleName: "keeper", AssumeRolePolicyDocument }),
  );
  const RoleArn = made.Role!.Arn!;
  const own = { Effect: "Allow", Action: "iam:CreateAccessKey", Resource: "*" };
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [own] });
  await client.send(
    new iam.PutRolePolicyCommand({ RoleName: "keeper", PolicyName: "own", PolicyDocument }),
  );
  const sts = new STSClient(cloud.clientConfig);
  const assume = new AssumeRoleCommand({ RoleArn, RoleSessionName: "me" });
  const { Credentials } = await sts.send(assume);
  sts.destroy();
  const role = new iam.IAMClient({
    ...cloud.clientConfig,
    credentials: {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    },
  });
  await expect(role.send(new iam.CreateAccessKeyCommand({}))).rejects.toMatchObject({
    name: "ValidationError",
    message: "Must specify userName when calling with non-User credentials",
  });
  role.destroy();
});
