import { defineKind } from "../../store/kind.ts";
import type { Session } from "../service.ts";
import { without, written } from "../kit/written.ts";
import type { Kept } from "../service.ts";

export type Tags = readonly { readonly Key: string; readonly Value: string }[];

/** Keyed by role name. */
export interface Role {
  roleName: string;
  roleId: string;
  arn: string;
  path: string;
  /** JSON as it was given. */
  assumeRolePolicyDocument: string;
  description?: string;
  maxSessionDuration: number;
  permissionsBoundary?: string;
  /** Inline policies: name → document (JSON). */
  inlinePolicies: Readonly<Record<string, string>>;
  /** ARNs, in the order of attachment. */
  attachedPolicies: readonly string[];
  tags: Tags;
  createdAt: number;
  /** When the role was last assumed through STS. */
  lastUsed?: { at: number; region: string };
}

/** Keyed by ARN. AWS's own managed policies are not stored: they come from a table. */
export interface ManagedPolicy {
  policyName: string;
  policyId: string;
  arn: string;
  path: string;
  description?: string;
  versions: readonly {
    versionId: string;
    document: string;
    isDefault: boolean;
    createdAt: number;
  }[];
  nextVersion: number;
  tags: Tags;
  createdAt: number;
  updatedAt: number;
}

/** Keyed by access key id, over all accounts: the access key selects the account. Session keys have a token and an end. */
export interface AccessKey {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiresAt?: number;
  account: string;
  arn: string;
  userId: string;
  /** Set where the key stands for an assumed role: whose policies apply. */
  roleArn?: string;
  /** Set where the key stands for a session that has more to it than its role. */
  session?: Session;
  /** Of a user's key; one without is active. An inactive key opens nothing. */
  status?: "Active" | "Inactive";
  createdAt?: number;
}

/** Keyed by user name. The workbook's own user is not stored: it is whoever the workspace's key says. */
export interface User {
  userName: string;
  userId: string;
  arn: string;
  path: string;
  permissionsBoundary?: string;
  inlinePolicies: Readonly<Record<string, string>>;
  attachedPolicies: readonly string[];
  tags: Tags;
  createdAt: number;
}

/** Keyed by name. */
export interface Group {
  groupName: string;
  groupId: string;
  arn: string;
  path: string;
  /** Names of its users, in the order in which they came. */
  members: readonly string[];
  inlinePolicies: Readonly<Record<string, string>>;
  attachedPolicies: readonly string[];
  createdAt: number;
}

/** Keyed by ARN: who vouches for users of another house. */
export interface OidcProvider {
  arn: string;
  /** Without `https://`; with `http://`, which only issuers on this machine may have. */
  url: string;
  clientIds: readonly string[];
  /** SHA-1 of certificates, in hex. */
  thumbprints: readonly string[];
  tags: Tags;
  createdAt: number;
}

/** Keyed by name. */
export interface InstanceProfile {
  instanceProfileName: string;
  instanceProfileId: string;
  arn: string;
  path: string;
  /** At most one. */
  roleNames: readonly string[];
  tags: Tags;
  createdAt: number;
}

/** Keyed by the alias. An account has at most one. */
export interface AccountAlias {
  alias: string;
}

/** What encoded authorization messages are sealed with. */
export interface AuthorizationKey {
  /** Base 64. */
  key: string;
}

export const authorizationKeys = defineKind<AuthorizationKey>("iam.authorization-key", {
  scope: "global",
});
export const roles = defineKind<Role>("iam.role", { scope: "account" });
export const managedPolicies = defineKind<ManagedPolicy>("iam.managed-policy", {
  scope: "account",
});
export const accessKeys = defineKind<AccessKey>("iam.access-key", { scope: "global" });
export const users = defineKind<User>("iam.user", { scope: "account" });
export const groups = defineKind<Group>("iam.group", { scope: "account" });
export const oidcProviders = defineKind<OidcProvider>("iam.oidc-provider", { scope: "account" });
export const instanceProfiles = defineKind<InstanceProfile>("iam.instance-profile", {
  scope: "account",
});
export const accountAliases = defineKind<AccountAlias>("iam.account-alias", { scope: "account" });

export const kept: Kept = {
  shown: [roles, managedPolicies],
  written: [
    written(roles, (each) => without(each, "lastUsed")),
    // Keys of sessions come and go with tasks.
    written(accessKeys, (key) => (key.sessionToken === undefined ? key : undefined)),
  ],
};
