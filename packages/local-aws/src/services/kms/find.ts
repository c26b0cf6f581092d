import { parseArn } from "../../ground/arn.ts";
import type { Scope } from "../../store/store.ts";
import { disabled, invalidArn, notFound, pendingDeletion } from "./faults.ts";
import { isManagedAlias, managedKey, type Finder } from "./managed-keys.ts";
import { aliases, grants, keys, type Key } from "./state.ts";

const ALIAS_NAME = /^alias\/.+$/s;
const KEY_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const aliasArn = (store: Scope, name: string) =>
  `arn:aws:kms:${store.region}:${store.account}:${name}`;

/**
 * The key that an id, an ARN, an alias or an alias's ARN names. One whose waiting time is over is gone.
 * https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id
 * @throws AwsError `NotFoundException`, `InvalidArnException`
 */
export function needKey(finder: Finder, name: string): Readonly<Key> {
  const { store } = finder;
  const local = name.startsWith("arn:") ? localName(store, name) : name;
  if (ALIAS_NAME.test(local)) return keyOfAlias(finder, local);
  const id = local.replace(/^key\//, "");
  const key = store.of(keys).get(id);
  if (key && !removeIfOver(finder, key)) return key;
  if (!name.startsWith("arn:") && !KEY_ID.test(id)) throw notFound(`Invalid keyId '${name}'`);
  throw notFound(`Key 'arn:aws:kms:${store.region}:${store.account}:key/${id}' does not exist`);
}

function localName(store: Scope, name: string): string {
  const arn = parseArn(name);
  if (!arn || arn.service !== "kms" || !/^(?:key|alias)\//.test(arn.resource))
    throw invalidArn(`Invalid ARN '${name}'`);
  if (arn.region !== store.region) throw notFound(`Invalid arn ${arn.region}`);
  if (arn.account !== store.account)
    throw notFound(
      arn.resource.startsWith("key/")
        ? `Key '${name}' does not exist`
        : `Alias ${name} is not found.`,
    );
  return arn.resource;
}

function keyOfAlias(finder: Finder, name: string): Readonly<Key> {
  const { store } = finder;
  const alias = store.of(aliases).get(name);
  if (alias) return needKey(finder, alias.keyId);
  if (isManagedAlias(name)) return managedKey(finder, name);
  throw notFound(`Alias ${aliasArn(store, name)} is not found.`);
}

/** All keys that there still are. */
export function allKeys(finder: Finder): readonly Readonly<Key>[] {
  return finder.store
    .of(keys)
    .values()
    .filter((key) => !removeIfOver(finder, key));
}

/** A key that was to be deleted goes at its time, with what was said of it; nobody can bring it back. */
function removeIfOver({ store, clock }: Finder, key: Readonly<Key>): boolean {
  if (key.deletionAt === undefined || clock.now() < key.deletionAt) return false;
  store.of(keys).delete(key.id);
  for (const { name } of store.of(aliases).filter(({ keyId }) => keyId === key.id))
    store.of(aliases).delete(name);
  for (const { id } of store.of(grants).filter(({ keyId }) => keyId === key.id))
    store.of(grants).delete(id);
  return true;
}

/** @throws AwsError `DisabledException`, `KMSInvalidStateException`: what computes, or changes how, needs an enabled key */
export function needEnabled(key: Readonly<Key>): Readonly<Key> {
  if (key.state === "Disabled") throw disabled(key.arn);
  return needKept(key);
}

/** @throws AwsError `KMSInvalidStateException` where the key is to be deleted */
export function needKept(key: Readonly<Key>): Readonly<Key> {
  if (key.state === "PendingDeletion") throw pendingDeletion(key.arn);
  return key;
}
