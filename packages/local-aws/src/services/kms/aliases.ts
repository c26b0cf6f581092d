import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { checkAccess } from "./access.ts";
import { alreadyExists, notAuthorized, notFound, validation } from "./faults.ts";
import { aliasArn, needKept, needKey } from "./find.ts";
import { MANAGED_ALIASES } from "./managed-keys.ts";
import { page } from "./pages.ts";
import { aliases, type Alias } from "./state.ts";

/** https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html */
export const aliasHandlers: Handlers<typeof import("@aws-sdk/client-kms"), CallContext> = {
  CreateAlias({ AliasName, TargetKeyId }, context) {
    checkAliasName(AliasName);
    const key = needTarget(context, TargetKeyId, "CreateAlias");
    const all = context.store.of(aliases);
    const arn = aliasArn(context.store, AliasName);
    if (all.has(AliasName)) throw alreadyExists(`An alias with the name ${arn} already exists`);
    const now = context.clock.now();
    all.put(AliasName, { name: AliasName, arn, keyId: key.id, createdAt: now, updatedAt: now });
    return {};
  },

  UpdateAlias({ AliasName, TargetKeyId }, context) {
    checkAliasName(AliasName);
    const alias = needAlias(context, AliasName);
    const [before, key] = [
      needKey(context, alias.keyId),
      needTarget(context, TargetKeyId, "UpdateAlias"),
    ];
    if (
      before.usage !== key.usage ||
      (before.spec === "SYMMETRIC_DEFAULT") !== (key.spec === "SYMMETRIC_DEFAULT")
    )
      throw validation(
        `Alias ${alias.arn} cannot be changed from a key of usage ${before.usage} and spec ${before.spec} to one of usage ${key.usage} and spec ${key.spec}`,
      );
    context.store.of(aliases).patch(AliasName, { keyId: key.id, updatedAt: context.clock.now() });
    return {};
  },

  DeleteAlias({ AliasName }, context) {
    checkAliasName(AliasName);
    const alias = needAlias(context, AliasName);
    checkAccess(context, needKey(context, alias.keyId), "DeleteAlias");
    context.store.of(aliases).delete(AliasName);
    return {};
  },

  ListAliases({ KeyId, Limit = 50, Marker }, context) {
    checkAccess(context, undefined, "ListAliases");
    const id = KeyId === undefined ? undefined : needKey(context, KeyId).id;
    const made = context.store.of(aliases).values();
    const all =
      id === undefined
        ? [...made, ...notYetUsed(context)]
        : made.filter(({ keyId }) => keyId === id);
    const sorted = all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const { items, ...rest } = page(sorted, ({ name }) => name, { Limit, Marker }, "aliases");
    return { Aliases: items.map(describe), ...rest };
  },
};

type Listed = Pick<Alias, "name" | "arn"> & Partial<Alias>;

/** The names of services' keys are listed before there is a key. */
function notYetUsed({ store }: CallContext): Listed[] {
  return MANAGED_ALIASES.filter((name) => !store.of(aliases).has(name)).map((name) => ({
    name,
    arn: aliasArn(store, name),
  }));
}

const describe = ({ name, arn, keyId, createdAt, updatedAt }: Listed) => ({
  AliasName: name,
  AliasArn: arn,
  ...(keyId !== undefined && { TargetKeyId: keyId }),
  ...(createdAt !== undefined && { CreationDate: new Date(createdAt) }),
  ...(updatedAt !== undefined && { LastUpdatedDate: new Date(updatedAt) }),
});

function checkAliasName(name: string): void {
  if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(name))
    throw validation(
      `Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html`,
    );
  if (name.startsWith("alias/aws/")) throw notAuthorized("");
}

function needAlias({ store }: CallContext, name: string): Readonly<Alias> {
  const alias = store.of(aliases).get(name);
  if (!alias) throw notFound(`Alias ${aliasArn(store, name)} is not found.`);
  return alias;
}

/** An alias stands for a key, not for another alias, and for none that goes. */
function needTarget(context: CallContext, name: string, operation: string) {
  if (/(?:^|:)alias\//.test(name)) throw validation("Aliases must refer to keys. Not aliases");
  const key = needKept(needKey(context, name));
  checkAccess(context, key, operation);
  return key;
}
