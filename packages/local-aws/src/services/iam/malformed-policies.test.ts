import * as iam from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

const policy = (...statements: object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const trust = (principal: unknown) =>
  policy({ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" });

const createRole = (RoleName: string, AssumeRolePolicyDocument: string) =>
  client.send(new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));

const S3_ALL = { Effect: "Allow", Action: "s3:*", Resource: "*" };

describe("malformed documents", () => {
  test.each([
    ["{", "This policy contains invalid Json"],
    [policy({ Effect: "Allow", Action: "sts:AssumeRole" }), "Missing required field Principal"],
    [
      trust({ Service: "ecs-task.amazonaws.com" }),
      'Invalid principal in policy: "SERVICE":"ecs-task.amazonaws.com"',
    ],
    [
      trust({ AWS: "arn:aws:iam::123456789012:role/nobody" }),
      'Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:role/nobody"',
    ],
    [
      policy({ Effect: "Allow", Principal: "*", Action: "sts:AssumeRole", Resource: "*" }),
      "Has prohibited field Resource",
    ],
    [
      policy({ Effect: "Allow", Principal: "*", Action: "s3:GetObject" }),
      "AssumeRole policy may only specify STS AssumeRole actions.",
    ],
    ["[]", "This policy contains invalid Json"],
    ["{}", "Syntax error at position (1,3)"],
    [policy(), "Could not parse the policy: Statement is empty!"],
    [policy({ Principal: "*", Action: "sts:AssumeRole" }), "Missing required field Effect"],
    [policy({ Effect: "Allow", Principal: "*" }), "Missing required field Action"],
    [
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"aws":"*"},"Action":"sts:AssumeRole"}]}',
      "Syntax error at position (1,76)",
    ],
    [
      '{\n  "Version": "2012-10-17",\n  "Statement": {"Effect": "allow"}\n}',
      "Syntax error at position (3,28)",
    ],
    ['{"Version":"2012","Statement":[]}', "Syntax error at position (1,13)"],
    ['{"version":"2012-10-17","Statement":[{}]}', "Syntax error at position (1,13)"],
  ])("as a trust policy: %s", async (document, message) => {
    await expect(createRole("bad", document)).rejects.toMatchObject({
      name: "MalformedPolicyDocumentException",
      message,
      $metadata: { httpStatusCode: 400 },
    });
  });

  test.each([
    ["{}", "Syntax errors in policy."],
    [policy({ Effect: "Maybe", Action: "s3:*", Resource: "*" }), "Syntax errors in policy."],
    [policy({ Effect: "Allow", Resource: "*" }), "Policy statement must contain actions."],
    [policy({ Effect: "Allow", Action: "s3:*" }), "Policy statement must contain resources."],
    [
      policy({ Effect: "Allow", Action: "GetObject", Resource: "*" }),
      "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    ],
    [
      policy({ Effect: "Allow", Action: "s3:*", Resource: "bucket" }),
      'Resource bucket must be in ARN format or "*".',
    ],
    [
      policy(
        { Sid: "a", Effect: "Allow", Action: "s3:*", Resource: "*" },
        { Sid: "a", Effect: "Allow", Action: "s3:*", Resource: "*" },
      ),
      "Statement IDs (SID) in a single policy must be unique.",
    ],
    [
      JSON.stringify({
        Version: "2008-10-17",
        Statement: { Effect: "Allow", Action: "s3:*", Resource: "*" },
      }),
      "Policy document must be version 2012-10-17 or greater.",
    ],
    [policy({ Effect: "deny", Action: "s3:*", Resource: "*" }), "The policy failed legacy parsing"],
    [
      policy({ Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3::x" }),
      "The policy failed legacy parsing",
    ],
    [
      policy({ ...S3_ALL, Condition: { DateLessThan: { "aws:CurrentTime": "2026-13-01" } } }),
      "The policy failed legacy parsing",
    ],
    [
      policy({ ...S3_ALL, Condition: { DateLessThan: { "aws:EpochTime": "9".repeat(19) } } }),
      "The policy failed legacy parsing",
    ],
    [policy({ ...S3_ALL, Condition: { Equals: { a: "b" } } }), "Syntax errors in policy."],
    [policy({ ...S3_ALL, Principal: "*" }), "Policy document should not specify a principal."],
    [
      policy({ Effect: "Allow", Action: "s:3:x", Resource: "bucket" }),
      'Resource bucket must be in ARN format or "*".',
    ],
    [
      policy({ Effect: "Allow", Action: "s3:*", Resource: "aws:s3:::x" }),
      'Partition "s3" is not valid for resource "arn:s3:::x:*".',
    ],
    [
      policy({ Effect: "Allow", Action: "s3:*", Resource: "arn:aws" }),
      "Resource vendor must be fully qualified and cannot contain regexes.",
    ],
    [
      policy({ Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:eu-west-1::x" }),
      "Resource arn:aws:s3:eu-west-1::x can not contain region information.",
    ],
    [
      policy({ Effect: "Allow", Action: "iam:*", Resource: "arn:aws:iam::123456789012:roles/x" }),
      'IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.',
    ],
  ])("as a policy: %s", async (PolicyDocument, message) => {
    await expect(
      client.send(new iam.CreatePolicyCommand({ PolicyName: "bad", PolicyDocument })),
    ).rejects.toMatchObject({ name: "MalformedPolicyDocumentException", message });
  });
});

test("what IAM passes over in a policy is taken", async () => {
  const PolicyDocument = policy(
    { Effect: "Allow", Action: "s3:*", Resource: ["arn:aws:s3:::x", null] },
    { ...S3_ALL, Condition: { NoSuch: {} } },
    { ...S3_ALL, Condition: { DateLessThan: { "aws:CurrentTime": "2026-12-13T02:00:00+09:00" } } },
    { ...S3_ALL, Resource: "arn:aws:s3" },
  );
  const { Policy } = await client.send(
    new iam.CreatePolicyCommand({ PolicyName: "passed-over", PolicyDocument }),
  );
  expect(Policy!.DefaultVersionId).toBe("v1");
});
