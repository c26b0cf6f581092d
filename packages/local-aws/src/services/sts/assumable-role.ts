import { AwsError } from "../../protocol/aws-error.ts";
import { findRole, isAllowed, isUserAllowed, trusts } from "../iam/authorize.ts";
import { requestKeys } from "../iam/policy-conditions.ts";
import { accessKeys, type Role } from "../iam/state.ts";
import type { CallContext } from "../service.ts";

/**
 * The role that the caller wants to assume, where its trust policy names the caller and the caller's own policies allow it. A
 * policy that names the caller itself is enough; one that names the account leaves it to the account's own policies.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-api.html
 * @throws AwsError `AccessDenied`, whether the role does not exist or does not trust the caller, as AWS does
 */
export function requireAssumableRole(
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
