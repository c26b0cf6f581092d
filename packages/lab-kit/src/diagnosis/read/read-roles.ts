import type { AwsClients } from "../../live.ts";
import type { Reader } from "./reader.ts";

/** A role's policies as JSON documents. */
export interface RoleState {
  readonly arn: string;
  readonly trust: string;
  readonly identity: readonly string[];
  readonly boundary: string | undefined;
}

/** What is known of a role: its policies, that there is none, or nothing. */
export type KnownRole = RoleState | "missing" | "unknown";

const ABSENT = ["NoSuchEntity"];

/** Reads roles by ARN. */
export async function readRoles(
  { iam }: AwsClients,
  reader: Reader,
  arns: readonly string[],
): Promise<ReadonlyMap<string, KnownRole>> {
  const roles = await Promise.all(
    arns.map(async (arn) => [arn, await readRole(iam, reader, arn)] as const),
  );
  return new Map(roles);
}

type Iam = AwsClients["iam"];

async function readRole(iam: Iam, reader: Reader, arn: string): Promise<KnownRole> {
  const RoleName = arn.split("/").at(-1) ?? "";
  const answer = await reader.ask(
    "iam get-role",
    async () => {
      try {
        return (await iam.getRole({ RoleName })).Role;
      } catch (error) {
        if (error instanceof Error && error.name.startsWith("NoSuchEntity")) return "missing";
        throw error;
      }
    },
    "unknown" as const,
  );
  if (answer === "missing" || answer === "unknown" || answer === undefined)
    return answer ?? "unknown";
  if (answer.Arn !== arn) return "missing";
  const identity = await readIdentity(iam, reader, RoleName);
  const boundaryArn = answer.PermissionsBoundary?.PermissionsBoundaryArn;
  const boundary =
    boundaryArn === undefined ? undefined : await readManaged(iam, reader, boundaryArn);
  if (identity === undefined) return "unknown";
  return { arn, trust: decode(answer.AssumeRolePolicyDocument), identity, boundary };
}

/** The documents of all inline and attached policies; undefined where they may not be read. */
async function readIdentity(
  iam: Iam,
  reader: Reader,
  RoleName: string,
): Promise<string[] | undefined> {
  const inline = await reader.ask(
    "iam list-role-policies",
    async () => (await iam.listRolePolicies({ RoleName })).PolicyNames ?? [],
    undefined,
    ABSENT,
  );
  const attached = await reader.ask(
    "iam list-attached-role-policies",
    async () => (await iam.listAttachedRolePolicies({ RoleName })).AttachedPolicies ?? [],
    undefined,
    ABSENT,
  );
  if (inline === undefined || attached === undefined) return undefined;
  const own = inline.map((PolicyName) =>
    reader.ask(
      "iam get-role-policy",
      async () => decode((await iam.getRolePolicy({ RoleName, PolicyName })).PolicyDocument),
      undefined,
      ABSENT,
    ),
  );
  const managed = attached.map(({ PolicyArn = "" }) => readManaged(iam, reader, PolicyArn));
  const documents = await Promise.all([...own, ...managed]);
  return documents.some((document) => document === undefined)
    ? undefined
    : documents.filter((document) => document !== undefined);
}

async function readManaged(
  iam: Iam,
  reader: Reader,
  PolicyArn: string,
): Promise<string | undefined> {
  return reader.ask(
    "iam get-policy-version",
    async () => {
      const { Policy } = await iam.getPolicy({ PolicyArn });
      const VersionId = Policy?.DefaultVersionId;
      const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn, VersionId });
      return decode(PolicyVersion?.Document);
    },
    undefined,
    ABSENT,
  );
}

/** IAM gives documents as URLs carry them. */
const decode = (document = '{"Statement":[]}') => decodeURIComponent(document);
