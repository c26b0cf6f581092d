import { createHash, randomBytes } from "node:crypto";
import { lastPart } from "../../ground/arn.ts";
import type { Clock } from "../../clock/clock.ts";
import type { Scope } from "../../store/store.ts";
import { aliases, keys, type Key } from "./state.ts";

/** What finding a key needs of a call. */
export interface Finder {
  readonly store: Scope;
  readonly clock: Clock;
}

/** The services that keep a key of their own in every account and region. */
const SERVICES = [
  "backup",
  "dynamodb",
  "ebs",
  "ecr",
  "elasticfilesystem",
  "lambda",
  "rds",
  "s3",
  "secretsmanager",
  "sns",
  "sqs",
  "ssm",
];

export const isManagedAlias = (name: string) =>
  name.startsWith("alias/aws/") && SERVICES.includes(name.slice("alias/aws/".length));

/** The names of the keys that services keep, whether or not one has been used yet. */
export const MANAGED_ALIASES: readonly string[] = SERVICES.map((service) => `alias/aws/${service}`);

/** The ARN that a service's own key has, or will have when it is first used: one for each account and region. */
export function managedKeyArn(service: string, account: string, region: string): string {
  const hex = createHash("sha256").update(`aws/${service} ${account} ${region}`).digest("hex");
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
  return `arn:aws:kms:${region}:${account}:key/${id}`;
}

/**
 * The key that a service keeps for itself, made when it is first used.
 * https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key
 * @param alias such as `alias/aws/ssm`
 */
export function managedKey({ store, clock }: Finder, alias: string): Readonly<Key> {
  const service = alias.slice("alias/aws/".length);
  const arn = managedKeyArn(service, store.account, store.region);
  const id = lastPart(arn);
  const now = clock.now();
  const key = store.of(keys).put(id, {
    id,
    arn,
    description: `Default key that protects my ${service} data when no other key is defined`,
    createdAt: now,
    state: "Enabled",
    usage: "ENCRYPT_DECRYPT",
    spec: "SYMMETRIC_DEFAULT",
    manager: "AWS",
    policy: managedPolicy(service, store.account, store.region),
    materials: [
      {
        id: randomBytes(32).toString("hex"),
        createdAt: now,
        secret: randomBytes(32).toString("base64"),
      },
    ],
    tags: [],
  });
  store.of(aliases).put(alias, {
    name: alias,
    arn: `arn:aws:kms:${store.region}:${store.account}:${alias}`,
    keyId: id,
    createdAt: now,
    updatedAt: now,
  });
  return key;
}

/** Everybody of the account, but through the service alone. https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
function managedPolicy(service: string, account: string, region: string): string {
  const through = {
    "kms:CallerAccount": account,
    "kms:ViaService": `${service}.${region}.amazonaws.com`,
  };
  const use = [
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncrypt*",
    "kms:GenerateDataKey*",
    "kms:CreateGrant",
    "kms:DescribeKey",
  ];
  const look = ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"];
  return JSON.stringify({
    Version: "2012-10-17",
    Id: `auto-${service}-1`,
    Statement: [
      {
        Sid: `Allow access through ${service} for all principals in the account that are authorized to use it`,
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: use,
        Resource: "*",
        Condition: { StringEquals: through },
      },
      {
        Sid: "Allow direct access to key metadata to the account",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: look,
        Resource: "*",
      },
    ],
  });
}
