import { randomBytes } from "node:crypto";
import type { AssumeRoleRequest, Credentials } from "@aws-sdk/client-sts";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Handlers } from "../../protocol/typed.ts";
import { iamId } from "../../ground/iam-id.ts";
import { readArn } from "../../ground/arn.ts";
import { checkIdentityPolicy } from "../iam/validate-policy.ts";
import { accessKeys, type AccessKey, roles, type Role } from "../iam/state.ts";
import { defineService, type CallContext } from "../service.ts";
import { findRole, isAllowed, isUserAllowed, trusts } from "../iam/authorize.ts";
import { sessionArn } from "../iam/entities.ts";
import { requestKeys } from "../iam/policy-conditions.ts";
import { unsupported } from "../kit/faults.ts";
import type { Members } from "../kit/members.ts";

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html */
const members: Members = {
  refused: {
    AssumeRoleRequest:
      "Tags TransitiveTagKeys SerialNumber TokenCode SourceIdentity ProvidedContexts MinimumSessionTokenSize",
    GetSessionTokenRequest: "SerialNumber TokenCode MinimumSessionTokenSize",
  },
  meaningless: [
    {
      why: [
        "What a session policy is: one is refused, whichever it is.",
        "セッションポリシーの内容です。どのポリシーも拒否されます。",
      ],
      members: { PolicyDescriptorType: "arn" },
    },
  ],
  usedIn: {},
};

/**
 * The role that the caller wants to assume, where its trust policy names the caller and the caller's own policies allow it. A
 * policy that names the caller itself is enough; one that names the account leaves it to the account's own policies.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-api.html
 * @throws AwsError `AccessDenied`, whether the role does not exist or does not trust the caller, as AWS does
 */
function requireAssumableRole(
  context: CallContext,
  asked: { RoleArn: string; RoleSessionName: string; ExternalId?: string | undefined },
): Readonly<Role> {
  const { cloud, principal } = context;
  const { RoleArn: roleArn, RoleSessionName: sessionName, ExternalId: externalId } = asked;
  const roleAccount = /^arn:aws:iam::(\d{12}):role\/.+$/.exec(roleArn)?.[1];
  if (roleAccount === undefined) throw new AwsError("ValidationError", `${roleArn} is invalid`);
  const role = findRole(cloud, roleAccount, roleArn);
  const asRole = context.store.of(accessKeys).get(principal.accessKeyId)?.roleArn;
  const conditions = {
    ...requestKeys(context.region, context.clock.now()),
    "aws:userid": principal.userId,
    "sts:RoleSessionName": sessionName,
    "aws:PrincipalAccount": principal.account,
    "aws:PrincipalArn": asRole ?? principal.arn,
    ...(externalId !== undefined && { "sts:ExternalId": externalId }),
  };
  const itself = [principal.arn, ...(asRole === undefined ? [] : [asRole])];
  const itsAccount = [principal.account, `arn:aws:iam::${principal.account}:root`];
  const trustedAs = (names: readonly string[]) =>
    role !== undefined && trusts(role, { kind: "AWS", names }, conditions);
  const allowedByOwnPolicies = () =>
    asRole === undefined
      ? isUserAllowed(cloud, principal.account, principal.arn, "sts:AssumeRole", roleArn)
      : isAllowed(cloud, principal.account, asRole, "sts:AssumeRole", roleArn);
  const sameAccount = principal.account === roleAccount;
  const allowed =
    (sameAccount && trustedAs(itself)) ||
    (trustedAs([...itself, ...itsAccount]) && allowedByOwnPolicies());
  if (!role || !allowed)
    throw new AwsError(
      "AccessDenied",
      `User: ${principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      { status: 403 },
    );
  return role;
}

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
  if (policy !== undefined || arns?.length) throw unsupported("session policies");
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
    const arn = sessionArn(account, role.roleName, input.RoleSessionName);
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
