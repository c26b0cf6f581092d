import { randomBytes } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import type { Credentials } from "@aws-sdk/client-sts";
import { AwsError } from "../../protocol/aws-error.ts";
import { iamId } from "../../ground/iam-id.ts";
import { findPolicy, sessionArn } from "../iam/entities.ts";
import { accessKeys, roles, type AccessKey, type Role } from "../iam/state.ts";
import { checkIdentityPolicy } from "../iam/validate-policy.ts";
import { readArn } from "../../ground/arn.ts";
import type { CallContext, Session } from "../service.ts";

const ROLE_SESSION_SECONDS = 3600;
/** Where a session takes on another role. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining */
const CHAINED_SECONDS = 3600;
const PACKED_BYTES = 2048;

/** Mints temporary keys for `who`, which sign calls until they expire. */
export function mintSession(
  { cloud, clock }: Pick<CallContext, "cloud" | "clock">,
  who: Pick<AccessKey, "account" | "arn" | "userId" | "roleArn" | "session">,
  seconds: number,
): Required<Credentials> {
  const accessKeyId = iamId("ASIA", 20);
  const secretAccessKey = randomBytes(30).toString("base64");
  const sessionToken = randomBytes(180).toString("base64");
  const keys = cloud.of(accessKeys, "", "");
  // What has expired signs nothing any more; it would stay for ever.
  for (const old of keys.filter(({ expiresAt }) => (expiresAt ?? Infinity) <= clock.now()))
    keys.delete(old.accessKeyId);
  const expiresAt = clock.now() + seconds * 1000;
  keys.put(accessKeyId, { accessKeyId, secretAccessKey, sessionToken, expiresAt, ...who });
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: new Date(expiresAt),
  };
}

/** How somebody wants to be a role. */
export interface RoleSession {
  readonly role: Readonly<Role>;
  readonly name: string;
  readonly seconds: number | undefined;
  readonly facts: Session;
  /** Whether it is a session that takes on the role. */
  readonly chained: boolean;
}

/**
 * Starts a session of a role.
 * @throws AwsError `ValidationError` where it is to last longer than the role allows
 */
export function startRoleSession(context: CallContext, wanted: RoleSession) {
  const { cloud, clock, region } = context;
  const { role, name, facts } = wanted;
  const seconds = wanted.seconds ?? ROLE_SESSION_SECONDS;
  const tooLong = (what: string) =>
    new AwsError("ValidationError", `The requested DurationSeconds exceeds ${what}.`);
  if (seconds > role.maxSessionDuration) throw tooLong("the MaxSessionDuration set for this role");
  if (wanted.chained && seconds > CHAINED_SECONDS)
    throw tooLong("the 1 hour session limit for roles assumed by role chaining");
  const { account } = readArn(role.arn);
  const arn = sessionArn(account, role.roleName, name);
  const userId = `${role.roleId}:${name}`;
  cloud.of(roles, account, "").patch(role.roleName, { lastUsed: { at: clock.now(), region } });
  const packed = packedPercent(facts);
  const who = { account, arn, userId, roleArn: role.arn, session: facts };
  return {
    Credentials: mintSession(context, who, seconds),
    AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
    ...(packed !== undefined && { PackedPolicySize: packed }),
    ...(facts.sourceIdentity !== undefined && { SourceIdentity: facts.sourceIdentity }),
  };
}

/** @throws AwsError `PackedPolicyTooLarge` */
function packedPercent({ policies, tags }: Session): number | undefined {
  if (!policies && Object.keys(tags ?? {}).length === 0) return undefined;
  const { length } = deflateRawSync(JSON.stringify([policies, tags]));
  const percent = Math.ceil((length * 100) / PACKED_BYTES);
  if (percent > 100)
    throw new AwsError(
      "PackedPolicyTooLarge",
      `Packed size of session tags consumes ${percent}% of allotted space.`,
    );
  return percent;
}

/**
 * The policies that a session is to be limited by; undefined where it is by none.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
 * @param account whose managed policies they are: the role's
 * @throws AwsError `MalformedPolicyDocument`, `ValidationError` for a managed policy that is not there
 */
export function sessionPolicies(
  { cloud, region }: Pick<CallContext, "cloud" | "region">,
  account: string,
  asked: {
    Policy?: string | undefined;
    PolicyArns?: readonly { arn?: string | undefined }[] | undefined;
  },
): readonly string[] | undefined {
  const { Policy: policy, PolicyArns: named = [] } = asked;
  if (policy !== undefined) checkIdentityPolicy(policy);
  const scope = cloud.scope(account, region);
  const managed = named.map(({ arn = "" }) => {
    const found = findPolicy(scope, arn)?.versions.find(({ isDefault }) => isDefault);
    if (!found) throw new AwsError("ValidationError", `The policy ${arn} was not found.`);
    return found.document;
  });
  const all = [...(policy === undefined ? [] : [policy]), ...managed];
  return all.length === 0 ? undefined : all;
}

/**
 * The tags of a session to be, those laid over that it keeps of the one that starts it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 * @throws AwsError `InvalidParameterValue` for a key that is given twice, or that is kept and given anew
 */
export function sessionTags(
  { principal }: Pick<CallContext, "principal">,
  asked: {
    Tags?: readonly { Key: string | undefined; Value: string | undefined }[] | undefined;
    TransitiveTagKeys?: readonly string[] | undefined;
  },
): Pick<Session, "tags" | "transitive"> {
  const invalid = (message: string) => new AwsError("InvalidParameterValue", message);
  const before = principal.session;
  const kept = Object.entries(before?.tags ?? {}).filter(([key]) =>
    before?.transitive?.includes(key),
  );
  const tags: Record<string, string> = Object.fromEntries(kept);
  const given = new Set<string>();
  for (const { Key: key = "", Value: value = "" } of asked.Tags ?? []) {
    const folded = key.toLowerCase();
    if (given.has(folded))
      throw invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    if (kept.some(([name]) => name.toLowerCase() === folded))
      throw invalid(
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
      );
    given.add(folded);
    tags[key] = value;
  }
  const transitive = [...kept.map(([key]) => key), ...(asked.TransitiveTagKeys ?? [])];
  const missing = asked.TransitiveTagKeys?.find((key) => !given.has(key.toLowerCase()));
  if (missing !== undefined)
    throw invalid("The specified transitive tag key must be included in the requested tags.");
  return {
    ...(Object.keys(tags).length > 0 && { tags }),
    ...(transitive.length > 0 && { transitive }),
  };
}
