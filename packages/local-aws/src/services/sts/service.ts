import { randomBytes } from "node:crypto";
import type { AssumeRoleRequest, Credentials } from "@aws-sdk/client-sts";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Handlers } from "../../protocol/typed.ts";
import { iamId } from "../../ground/iam-id.ts";
import { checkIdentityPolicy } from "../iam/validate-policy.ts";
import { accessKeys, type AccessKey, roles } from "../iam/state.ts";
import { defineService, type CallContext } from "../service.ts";
import { requireAssumableRole } from "./assumable-role.ts";
import { members } from "./members.ts";
import { readArn } from "../../ground/arn.ts";

const ROLE_SESSION_SECONDS = 3600;
const USER_SESSION_SECONDS = 12 * 3600;

/** Mints temporary keys for `who`, which sign calls until they expire. */
function mintSession(
  { store, clock }: CallContext,
  who: Pick<AccessKey, "account" | "arn" | "userId" | "roleArn">,
  seconds: number,
): Required<Credentials> {
  const accessKeyId = iamId("ASIA", 20);
  const secretAccessKey = randomBytes(30).toString("base64");
  const sessionToken = randomBytes(180).toString("base64");
  const keys = store.of(accessKeys);
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

/**
 * A session's own policy would limit it, which nothing here does.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
 * @throws AwsError `MalformedPolicyDocument` as AWS does, otherwise `NotImplemented`
 */
function refuseSessionPolicies({ Policy: policy, PolicyArns: arns }: AssumeRoleRequest): void {
  if (policy !== undefined) checkIdentityPolicy(policy);
  if (policy !== undefined || arns?.length)
    throw new AwsError("NotImplemented", "Local AWS does not support session policies.", {
      status: 501,
    });
}

const handlers = {
  GetCallerIdentity(_input, { principal }) {
    return { UserId: principal.userId, Account: principal.account, Arn: principal.arn };
  },

  AssumeRole(input, context) {
    const { cloud, clock, region } = context;
    refuseSessionPolicies(input);
    const role = requireAssumableRole(context, input);
    const seconds = input.DurationSeconds ?? ROLE_SESSION_SECONDS;
    if (seconds > role.maxSessionDuration)
      throw new AwsError(
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
      );
    const { account } = readArn(role.arn);
    const arn = `arn:aws:sts::${account}:assumed-role/${role.roleName}/${input.RoleSessionName}`;
    const userId = `${role.roleId}:${input.RoleSessionName}`;
    cloud.of(roles, account, "").patch(role.roleName, { lastUsed: { at: clock.now(), region } });
    return {
      Credentials: mintSession(context, { account, arn, userId, roleArn: role.arn }, seconds),
      AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
    };
  },

  GetSessionToken(input, context) {
    const { account, arn, userId, accessKeyId } = context.principal;
    if (context.store.of(accessKeys).get(accessKeyId)?.sessionToken !== undefined)
      throw new AwsError("AccessDenied", "Cannot call GetSessionToken with session credentials", {
        status: 403,
      });
    const seconds = input.DurationSeconds ?? USER_SESSION_SECONDS;
    return { Credentials: mintSession(context, { account, arn, userId }, seconds) };
  },
} satisfies Handlers<typeof import("@aws-sdk/client-sts"), CallContext>;

/** AWS Security Token Service. Federation (SAML, web identities) is not there. */
export const sts = defineService({ id: "sts", members, shown: [], handlers });
