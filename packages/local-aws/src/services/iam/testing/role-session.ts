import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { TestCloud } from "../../../testing.ts";

/** The account of a test's cloud, as a policy's principal. */
export const ROOT = "arn:aws:iam::123456789012:root";

export const policyOf = (...Statement: readonly object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement });

/** Makes a role with these statements and takes it on, in a session called `me`: its ARN, and what SDK clients need to be it. */
export async function roleSession(
  { clientConfig }: TestCloud,
  RoleName: string,
  ...statements: readonly object[]
): Promise<{ arn: string; clientConfig: TestCloud["clientConfig"] }> {
  const [iam, sts] = [new IAMClient(clientConfig), new STSClient(clientConfig)];
  const trust = { Effect: "Allow", Principal: { AWS: ROOT }, Action: "sts:AssumeRole" };
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policyOf(trust) }),
  );
  const RoleArn = Role!.Arn!;
  const PolicyDocument = policyOf(...statements);
  if (statements.length > 0)
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "own", PolicyDocument }));
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "me" }));
  for (const client of [iam, sts]) client.destroy();
  const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials!;
  const credentials = {
    accessKeyId: AccessKeyId!,
    secretAccessKey: SecretAccessKey!,
    sessionToken: SessionToken!,
  };
  return { arn: RoleArn, clientConfig: { ...clientConfig, credentials } };
}
