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
];
