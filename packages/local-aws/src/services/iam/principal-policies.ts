import { lastPart } from "../../ground/arn.ts";
import type { Store } from "../../store/store.ts";
import type { Principal } from "../service.ts";
import { AWS_MANAGED_POLICIES } from "./aws-managed-policies.ts";
import { parsePolicy, type PolicyDocument } from "./policy-document.ts";
import type { Decision, PolicyRequest } from "./policy-evaluation.ts";
import { weigh, type PrincipalPolicies } from "./refusal.ts";
import { WORKSPACE_USER } from "./workspace-keys.ts";
import {
  groups,
  managedPolicies,
  roles,
  users,
  type Group,
  type Role,
  type User,
} from "./state.ts";

/** Reads a document; one that was read before need not be read again. */
export type ReadPolicy = (document: string) => PolicyDocument;

/** The document (JSON) of a managed policy's default version: AWS's own, or one of the account. */
export function managedDocument(store: Store, account: string, arn: string): string | undefined {
  return (
    AWS_MANAGED_POLICIES.get(arn)?.document ??
    store
      .of(managedPolicies, account, "")
      .get(arn)
      ?.versions.find(({ isDefault }) => isDefault)?.document
  );
}

/** The documents (JSON) of an entity's own policies, inline and attached. */
export function identityDocuments(
  store: Store,
  account: string,
  entity: Readonly<Pick<Role | User, "inlinePolicies" | "attachedPolicies">>,
): string[] {
  const attached = entity.attachedPolicies.map((arn) => managedDocument(store, account, arn));
  return [...Object.values(entity.inlinePolicies), ...attached].filter(
    (document) => document !== undefined,
  );
}

/** The document (JSON) of an entity's boundary, where it has one. */
export function boundaryDocument(
  store: Store,
  account: string,
  { permissionsBoundary: arn }: Readonly<Pick<Role | User, "permissionsBoundary">>,
): string | undefined {
  return arn === undefined
    ? undefined
    : (managedDocument(store, account, arn) ?? '{"Statement":[]}');
}

/** The groups that a user is in; none for a role. */
export function groupsOf(
  store: Store,
  account: string,
  entity: Readonly<Role | User>,
): readonly Readonly<Group>[] {
  if (!("userName" in entity)) return [];
  return store.of(groups, account, "").filter(({ members }) => members.includes(entity.userName));
}

/** The policies that are a user's or a role's own: those of its groups too. */
export function entityPolicies(
  store: Store,
  account: string,
  entity: Readonly<Role | User>,
  read: ReadPolicy = parsePolicy,
): PrincipalPolicies {
  const boundary = boundaryDocument(store, account, entity);
  const documents = [entity, ...groupsOf(store, account, entity)].flatMap((one) =>
    identityDocuments(store, account, one),
  );
  return {
    identity: documents.map(read),
    ...(boundary !== undefined && { boundary: read(boundary) }),
  };
}

/** Whose policies apply: an account's principal, or what a task does by its role. */
export type Subject = Pick<Principal, "arn"> & Partial<Pick<Principal, "roleArn" | "session">>;

/** The user or role that a caller is; undefined where it is none that is stored. */
export function entityOf(
  store: Store,
  account: string,
  { arn, roleArn }: Subject,
): Readonly<Role | User> | undefined {
  const name = roleNameOf(arn, roleArn);
  if (name !== undefined) return store.of(roles, account, "").get(name);
  const user = store.of(users, account, "").get(lastPart(arn));
  return user?.arn === arn ? user : undefined;
}

function roleNameOf(arn: string, roleArn: string | undefined): string | undefined {
  if (roleArn !== undefined) return lastPart(roleArn);
  const session = /:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  return session ?? (arn.includes(":role/") ? lastPart(arn) : undefined);
}

/** Whether somebody may do everything: the account's root, and the workspace's own user. */
export const isAdministrator = ({ arn }: Pick<Subject, "arn">) =>
  arn.endsWith(":root") || arn.endsWith(`:user/${WORKSPACE_USER}`);

/** The policies of a caller; undefined where it is an administrator. A user or a role that is gone may do nothing. */
export function policiesOf(
  store: Store,
  account: string,
  subject: Subject,
  read: ReadPolicy = parsePolicy,
): PrincipalPolicies | undefined {
  if (isAdministrator(subject)) return undefined;
  const entity = entityOf(store, account, subject);
  const own = entity ? entityPolicies(store, account, entity, read) : { identity: [] };
  const session = subject.session?.policies;
  return session ? { ...own, session: session.map(read) } : own;
}

/** What a caller's policies say together: all kinds that it has must allow, and none may deny. */
export function decideFor(
  policies: PrincipalPolicies | undefined,
  request: PolicyRequest,
): Decision {
  const refusal = weigh({ own: policies, names: [], account: "", isRole: false }, request);
  if (!refusal) return "allowed";
  return refusal.explicit ? "explicitDeny" : "implicitDeny";
}
