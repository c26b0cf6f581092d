import type { AssumeRoleRequest } from "@aws-sdk/client-sts";
import { AwsError } from "../../protocol/aws-error.ts";
import { callerKeys, decisionsOf, refusalOn } from "../iam/caller.ts";
import { findRole } from "../iam/authorize.ts";
import { requestTagKeys } from "../iam/request-tags.ts";
import type { Role } from "../iam/state.ts";
import type { RequestKeys } from "../kit/rights.ts";
import type { CallContext } from "../service.ts";

/** The account in a role's ARN. @throws AwsError `ValidationError` */
export function accountOfRole(roleArn: string): string {
  const account = /^arn:aws:iam::(\d{12}):role\/.+$/.exec(roleArn)?.[1];
  if (account === undefined) throw new AwsError("ValidationError", `${roleArn} is invalid`);
  return account;
}

/**
 * The role that the caller wants to assume, where its trust policy names the caller and the caller's own policies allow it. A
 * policy that names the caller itself is enough; one that names the account leaves it to the account's own policies.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-api.html
 * @throws AwsError `AccessDenied`, whether the role does not exist or does not trust the caller, as AWS does
 */
export function requireAssumableRole(
  context: CallContext,
  asked: AssumeRoleRequest & { RoleArn: string },
): Readonly<Role> {
  const { cloud, principal } = context;
  const { RoleArn: roleArn } = asked;
  const account = accountOfRole(roleArn);
  const role = findRole(cloud, account, roleArn);
  const actions = [
    "sts:AssumeRole",
    ...(asked.Tags?.length ? ["sts:TagSession"] : []),
    ...(asked.SourceIdentity === undefined ? [] : ["sts:SetSourceIdentity"]),
  ];
  const keys = { ...callerKeys(context), ...sessionKeys(asked) };
  const lacking = actions.find((action) => !role || !mayBe(context, role, account, action, keys));
  if (lacking === undefined) return role!;
  throw new AwsError(
    "AccessDenied",
    `User: ${principal.arn} is not authorized to perform: ${lacking} on resource: ${roleArn}`,
    { status: 403 },
  );
}

function mayBe(
  context: CallContext,
  role: Readonly<Role>,
  account: string,
  action: string,
  keys: RequestKeys,
): boolean {
  const request = { action, resource: role.arn, context: keys };
  const trust = role.assumeRolePolicyDocument;
  if (!decisionsOf(trust, context, request).includes("allowed")) return false;
  // Another account's policy cannot give what the caller's own account does not.
  const granting = account === context.account ? trust : undefined;
  return (
    !decisionsOf(trust, context, request).includes("explicitDeny") &&
    refusalOn(context, granting, request) === undefined
  );
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-sts */
export function sessionKeys(
  asked: Pick<
    AssumeRoleRequest,
    "RoleSessionName" | "ExternalId" | "SourceIdentity" | "TransitiveTagKeys" | "Tags"
  >,
): RequestKeys {
  const { ExternalId: externalId, SourceIdentity: identity, TransitiveTagKeys: kept } = asked;
  return {
    "sts:RoleSessionName": asked.RoleSessionName ?? "",
    ...(externalId !== undefined && { "sts:ExternalId": externalId }),
    ...(identity !== undefined && { "sts:SourceIdentity": identity }),
    ...(kept?.length && { "sts:TransitiveTagKeys": kept }),
    ...requestTagKeys({ Tags: asked.Tags }),
  };
}
