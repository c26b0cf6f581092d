import { KMS } from "@aws-sdk/client-kms";

import type { Mistake } from "./mistake.ts";
import { REGION, type Stack } from "./stack.ts";

const secretArn = (name: string) => `arn:aws:secretsmanager:${REGION}:123456789012:secret:${name}`;
const reads = (valueFrom: string) => ({
  container: { secrets: [{ name: "DB_PASSWORD", valueFrom }] },
});

/** Lets the execution role do something more. */
const mayAlso =
  (Action: string) =>
  async ({ aws: { iam }, role: RoleName }: Stack): Promise<void> => {
    const Statement = [{ Effect: "Allow", Action, Resource: "*" }];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await iam.putRolePolicy({ RoleName, PolicyName: "reads", PolicyDocument });
  };

/** A key of one's own, and a secret under it. */
async function encryptedSecret(stack: Stack): Promise<void> {
  await mayAlso("secretsmanager:GetSecretValue")(stack);
  const { secrets } = stack.aws;
  const { region, endpoint, credentials } = secrets.config;
  const kms = new KMS({ region, credentials, ...(endpoint && { endpoint }) });
  const { KeyMetadata } = await kms.createKey({});
  kms.destroy();
  const KmsKeyId = KeyMetadata!.KeyId!;
  await secrets.createSecret({ Name: "under-a-key", SecretString: "s", KmsKeyId });
}

/** Lets a container have a file of settings. */
const settings = (key: string) => ({
  container: { environmentFiles: [{ type: "s3" as const, value: `arn:aws:s3:::${key}` }] },
});

export const SECRET_MISTAKES: readonly Mistake[] = [
  {
    what: "the execution role may not read the parameter",
    chapter: 5,
    finding: "parameter-rights",
    node: reads("/shop/site-name"),
  },
  {
    what: "the parameter is not there",
    chapter: 5,
    finding: "parameter-missing",
    node: reads("/shop/site-nmae"),
    before: mayAlso("ssm:GetParameters"),
  },
  {
    what: "the execution role may not read the secret",
    chapter: 5,
    finding: "secret-rights",
    node: reads(secretArn("closed")),
    before: async ({ aws: { secrets } }) => {
      await secrets.createSecret({ Name: "closed", SecretString: "s" });
    },
  },
  {
    what: "the secret is not there",
    chapter: 5,
    finding: "secret-missing",
    node: reads(secretArn("nowhere")),
    before: mayAlso("secretsmanager:GetSecretValue"),
  },
  {
    what: "the secret has no such key",
    chapter: 5,
    finding: "secret-json-key",
    node: reads(`${secretArn("shop")}:password::`),
    before: async (stack) => {
      await mayAlso("secretsmanager:GetSecretValue")(stack);
      const SecretString = JSON.stringify({ passwort: "s" });
      await stack.aws.secrets.createSecret({ Name: "shop", SecretString });
    },
  },
  {
    what: "the secret is under a key that the execution role may not use",
    chapter: 5,
    finding: "secret-key-rights",
    node: reads(secretArn("under-a-key")),
    before: encryptedSecret,
  },
  {
    what: "the file of settings is not in the bucket",
    chapter: 5,
    finding: "environment-file-missing",
    node: settings("settings-missing/app.env"),
    before: async (stack) => {
      await mayAlso("s3:*")(stack);
      await stack.aws.s3.createBucket({ Bucket: "settings-missing" });
    },
  },
  {
    what: "the execution role may not read the file of settings",
    chapter: 5,
    finding: "environment-file-rights",
    node: settings("settings-closed/app.env"),
    before: async ({ aws: { s3 } }) => {
      const Bucket = "settings-closed";
      await s3.createBucket({ Bucket });
      await s3.putObject({ Bucket, Key: "app.env", Body: "SHOP=open" });
    },
  },
];
