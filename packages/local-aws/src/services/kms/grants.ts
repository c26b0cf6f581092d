import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { GrantListEntry } from "@aws-sdk/client-kms";
import type { Handlers, OperationInput } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { namesOf } from "../iam/caller.ts";
import { checkAccess, ownKey } from "./access.ts";
import {
  dryRun,
  invalidGrantId,
  invalidGrantToken,
  notFound,
  notImplemented,
  validation,
} from "./faults.ts";
import { needEnabled, needKept, needKey } from "./find.ts";
import { KEY_SPECS } from "./key-specs.ts";
import { page } from "./pages.ts";
import { grants, type Grant, type Key } from "./state.ts";

type Kms = typeof import("@aws-sdk/client-kms");
type CreateGrantInput = OperationInput<Kms, "CreateGrant">;

/** https://docs.aws.amazon.com/kms/latest/developerguide/grants.html */
export const grantHandlers: Handlers<Kms, CallContext> = {
  CreateGrant(input, context) {
    const key = needEnabled(ownKey(context, input.KeyId, "CreateGrant"));
    const wanted = wantedGrant(input, key, context.principal.arn);
    if (input.DryRun) throw dryRun();
    const all = context.store.of(grants);
    // The same again, by name, is the same grant.
    const same = all.find((grant) => grant.name !== undefined && isSame(grant, wanted));
    const grant = same ?? newGrant(wanted, context.clock.now());
    if (!same) all.put(grant.id, grant);
    return { GrantId: grant.id, GrantToken: grant.token };
  },

  ListGrants({ KeyId, GrantId, GranteePrincipal, Limit = 50, Marker }, context) {
    const key = ownKey(context, KeyId, "ListGrants");
    const found = grantsOf(context, key).filter(
      ({ id, grantee }) =>
        (GrantId === undefined || id === GrantId) &&
        (GranteePrincipal === undefined || grantee === GranteePrincipal),
    );
    if (GrantId !== undefined && found.length === 0) throw invalidGrantId("Invalid grant ID");
    return listed(found, context, { Limit, Marker });
  },

  ListRetirableGrants({ RetiringPrincipal, Limit = 50, Marker }, context) {
    checkAccess(context, undefined, "ListRetirableGrants");
    if (RetiringPrincipal === undefined) throw validation("RetiringPrincipal is required.");
    const found = context.store.of(grants).filter(({ retiring }) => retiring === RetiringPrincipal);
    return listed(found, context, { Limit, Marker });
  },

  RevokeGrant({ KeyId, GrantId, DryRun }, context) {
    const key = needKept(ownKey(context, KeyId, "RevokeGrant"));
    const grant = needGrant(context, key, GrantId);
    if (DryRun) throw dryRun();
    context.store.of(grants).delete(grant.id);
    return {};
  },

  RetireGrant({ GrantToken, KeyId, GrantId, DryRun }, context) {
    const grant = grantToRetire(context, { GrantToken, KeyId, GrantId });
    const key = needKept(needKey(context, grant.keyId));
    checkRetirer(grant, key, context);
    if (DryRun) throw dryRun();
    context.store.of(grants).delete(grant.id);
    return {};
  },
};

/** Clients that fill in every member send a map without pairs, which is no constraint. */
const unlessEmpty = (context: Record<string, string> | undefined) =>
  context && Object.keys(context).length > 0 ? context : undefined;

type Wanted = Omit<Grant, "id" | "token" | "createdAt">;

function wantedGrant(input: CreateGrantInput, key: Readonly<Key>, issuer: string): Wanted {
  const contextSubset = unlessEmpty(input.Constraints?.EncryptionContextSubset);
  const contextEquals = unlessEmpty(input.Constraints?.EncryptionContextEquals);
  if (input.GranteePrincipal === undefined)
    throw input.GranteeServicePrincipal === undefined
      ? validation("GranteePrincipal is required.")
      : notImplemented("A grant for a service of AWS");
  if (input.Operations.length === 0) throw validation("Operations must not be empty.");
  if (contextSubset && contextEquals)
    throw validation(
      "Only one of EncryptionContextSubset and EncryptionContextEquals can be given.",
    );
  const { bytes } = KEY_SPECS[key.spec]!;
  if (bytes === undefined && (contextSubset ?? contextEquals))
    throw validation("Encryption context constraints are for symmetric encryption keys alone.");
  return {
    keyId: key.id,
    ...(input.Name !== undefined && { name: input.Name }),
    grantee: input.GranteePrincipal,
    ...(input.RetiringPrincipal !== undefined && { retiring: input.RetiringPrincipal }),
    operations: [...new Set(input.Operations)],
    ...(contextSubset && { contextSubset }),
    ...(contextEquals && { contextEquals }),
    issuer,
  };
}

/** What two grants differ in even where all that was asked for is the same. */
const UNASKED = { id: "", token: "", createdAt: 0 };

const isSame = (grant: Readonly<Grant>, wanted: Wanted) =>
  isDeepStrictEqual({ ...grant, ...UNASKED }, { ...wanted, ...UNASKED });

function newGrant(wanted: Wanted, createdAt: number): Grant {
  const [id, token] = [randomBytes(32).toString("hex"), randomBytes(96).toString("base64url")];
  return { ...wanted, id, token, createdAt };
}

const grantsOf = ({ store }: CallContext, key: Readonly<Key>) =>
  store.of(grants).filter(({ keyId }) => keyId === key.id);

function needGrant(context: CallContext, key: Readonly<Key>, id: string): Readonly<Grant> {
  const grant = grantsOf(context, key).find((each) => each.id === id);
  if (!grant) throw notFound(`Grant ID ${id} not found`);
  return grant;
}

function grantToRetire(
  context: CallContext,
  {
    GrantToken,
    KeyId,
    GrantId,
  }: { GrantToken?: string | undefined; KeyId?: string | undefined; GrantId?: string | undefined },
): Readonly<Grant> {
  if (GrantToken !== undefined) {
    const grant = context.store.of(grants).find(({ token }) => token === GrantToken);
    if (!grant) throw invalidGrantToken("Invalid grant token");
    return grant;
  }
  if (KeyId === undefined || GrantId === undefined)
    throw validation("Please specify either a grant token, or a key ID and a grant ID.");
  if (!KeyId.startsWith("arn:"))
    throw validation("The key ID of a grant that is retired has to be an ARN.");
  return needGrant(context, needKey(context, KeyId), GrantId);
}

/** Who may give a grant back: who was named for it, who has it where it says so, and whom the key's policy lets. */
function checkRetirer(grant: Readonly<Grant>, key: Readonly<Key>, context: CallContext): void {
  const names = namesOf(context);
  const isNamed = grant.retiring !== undefined && names.includes(grant.retiring);
  const hasIt = names.includes(grant.grantee) && grant.operations.includes("RetireGrant");
  if (!isNamed && !hasIt) checkAccess(context, key, "RetireGrant");
}

function listed(
  found: readonly Readonly<Grant>[],
  { store }: CallContext,
  pages: { Limit: number; Marker: string | undefined },
) {
  const { items, ...rest } = page(found, ({ id }) => id, pages, "grants");
  return { Grants: items.map((grant) => describe(grant, store)), ...rest };
}

const describe = (
  grant: Readonly<Grant>,
  { account, region }: CallContext["store"],
): GrantListEntry => ({
  KeyId: `arn:aws:kms:${region}:${account}:key/${grant.keyId}`,
  GrantId: grant.id,
  Name: grant.name ?? "",
  CreationDate: new Date(grant.createdAt),
  GranteePrincipal: grant.grantee,
  ...(grant.retiring !== undefined && { RetiringPrincipal: grant.retiring }),
  IssuingAccount: `arn:aws:iam::${account}:root`,
  Operations: grant.operations as [],
  ...((grant.contextSubset ?? grant.contextEquals) && {
    Constraints: {
      ...(grant.contextSubset && { EncryptionContextSubset: { ...grant.contextSubset } }),
      ...(grant.contextEquals && { EncryptionContextEquals: { ...grant.contextEquals } }),
    },
  }),
});
