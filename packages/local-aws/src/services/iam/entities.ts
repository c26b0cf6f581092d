import { iamId } from "../../ground/iam-id.ts";
import type { Scope } from "../../store/store.ts";
import { AWS_MANAGED_POLICIES } from "./aws-managed-policies.ts";
import * as faults from "./faults.ts";
import {
  type InstanceProfile,
  instanceProfiles,
  type ManagedPolicy,
  managedPolicies,
  type Role,
  roles,
  type User,
  users,
} from "./state.ts";

/** An id in IAM's form: `AROA…` of a role, `AIDA…` of a user, `ANPA…` of a policy, `AIPA…` of an instance profile, `AGPA…` of a group. */
export function newEntityId(prefix: "AROA" | "AIDA" | "ANPA" | "AIPA" | "AGPA"): string {
  return iamId(prefix, 21);
}

/** `arn:aws:iam::<account>:role/path/name`. */
export function iamArn(account: string, kind: string, path: string, name: string): string {
  return `arn:aws:iam::${account}:${kind}${path}${name}`;
}

/** Who somebody is that has taken on a role: `arn:aws:sts::<account>:assumed-role/name/session`. */
export function sessionArn(account: string, roleName: string, session: string): string {
  return `arn:aws:sts::${account}:assumed-role/${roleName}/${session}`;
}

/** A policy document as IAM answers it: percent-encoded after RFC 3986. */
export function encodeDocument(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function requireRole(scope: Scope, name: string): Readonly<Role> {
  const role = scope.of(roles).get(name);
  if (!role) throw faults.roleNotFound(name);
  return role;
}

/** A role that may be changed: service-linked roles are AWS's own. */
export function requireModifiableRole(scope: Scope, name: string): Readonly<Role> {
  const role = requireRole(scope, name);
  if (role.path.startsWith("/aws-service-role/")) throw faults.protectedRole(name);
  return role;
}

export function requireUser(scope: Scope, name: string): Readonly<User> {
  const user = scope.of(users).get(name);
  if (!user) throw faults.userNotFound(name);
  return user;
}

export function requireInstanceProfile(scope: Scope, name: string): Readonly<InstanceProfile> {
  const profile = scope.of(instanceProfiles).get(name);
  if (!profile) throw faults.instanceProfileNotFound(name);
  return profile;
}

/** A managed policy, the account's or AWS's own, in one form. */
export function findPolicy(scope: Scope, arn: string): Readonly<ManagedPolicy> | undefined {
  const own = scope.of(managedPolicies).get(arn);
  if (own) return own;
  const aws = AWS_MANAGED_POLICIES.get(arn);
  if (!aws) return undefined;
  const { policyName, policyId, path, versionId, document, createdAt, updatedAt } = aws;
  return {
    policyName,
    policyId,
    arn,
    path,
    versions: [{ versionId, document, isDefault: true, createdAt: updatedAt }],
    nextVersion: Number(versionId.slice(1)) + 1,
    tags: [],
    createdAt,
    updatedAt,
  };
}

export function requirePolicy(scope: Scope, arn: string): Readonly<ManagedPolicy> {
  const policy = findPolicy(scope, arn);
  if (!policy) throw faults.policyNotFound(arn);
  return policy;
}

/** A policy of the account's own: AWS's cannot be changed. */
export function requireOwnPolicy(scope: Scope, arn: string): Readonly<ManagedPolicy> {
  const policy = scope.of(managedPolicies).get(arn);
  if (!policy) throw faults.policyNotFound(arn);
  return policy;
}

/** Throws where a name is taken: names differ by more than case. */
export function checkNameIsFree(names: readonly string[], name: string, taken: () => Error): void {
  const wanted = name.toLowerCase();
  if (names.some((known) => known.toLowerCase() === wanted)) throw taken();
}
