import { randomBytes } from "node:crypto";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { ownKey } from "./access.ts";
import { limitExceeded, unsupported } from "./faults.ts";
import { needEnabled } from "./find.ts";
import { page } from "./pages.ts";
import { keys, type Key, type KeyMaterial } from "./state.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_PERIOD_DAYS = 365;
/** https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html */
const MOST_ON_DEMAND = 25;

/** https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html */
export const rotationHandlers: Handlers<typeof import("@aws-sdk/client-kms"), CallContext> = {
  EnableKeyRotation({ KeyId, RotationPeriodInDays }, context) {
    const key = rotatable(context, KeyId, "EnableKeyRotation");
    const periodDays = RotationPeriodInDays ?? key.rotation?.periodDays ?? DEFAULT_PERIOD_DAYS;
    const nextAt = context.clock.now() + periodDays * DAY_MS;
    context.store.of(keys).patch(key.id, { rotation: { periodDays, nextAt } });
    return {};
  },

  DisableKeyRotation({ KeyId }, context) {
    const key = rotatable(context, KeyId, "DisableKeyRotation");
    context.store.of(keys).patch(key.id, { rotation: undefined });
    return {};
  },

  GetKeyRotationStatus({ KeyId }, context) {
    // Of a key that cannot be rotated it says that it is not.
    const key = rotated(context, ownKey(context, KeyId, "GetKeyRotationStatus"));
    const { rotation } = key;
    return {
      KeyId: key.arn,
      KeyRotationEnabled: rotation !== undefined && key.state !== "PendingDeletion",
      ...(rotation && {
        RotationPeriodInDays: rotation.periodDays,
        NextRotationDate: new Date(rotation.nextAt),
      }),
    };
  },

  RotateKeyOnDemand({ KeyId }, context) {
    const key = rotated(context, rotatable(context, KeyId, "RotateKeyOnDemand"));
    const before = key.materials.filter(({ rotation }) => rotation === "ON_DEMAND");
    if (before.length >= MOST_ON_DEMAND)
      throw limitExceeded(
        `${key.arn} has been rotated on demand ${MOST_ON_DEMAND} times, which is the limit.`,
      );
    const materials = [...key.materials, newMaterial(context.clock.now(), "ON_DEMAND")];
    context.store.of(keys).patch(key.id, { materials });
    return { KeyId: key.arn };
  },

  ListKeyRotations({ KeyId, Limit = 100, Marker, IncludeKeyMaterial }, context) {
    const key = rotated(context, ownKey(context, KeyId, "ListKeyRotations"));
    if (key.spec !== "SYMMETRIC_DEFAULT") throw notRotatable(key);
    const rotations = key.materials.filter(
      ({ rotation }) => IncludeKeyMaterial === "ALL_KEY_MATERIAL" || rotation !== undefined,
    );
    const byTime = ({ createdAt, id }: KeyMaterial) =>
      `${String(createdAt).padStart(16, "0")} ${id}`;
    const { items, ...rest } = page(rotations, byTime, { Limit, Marker }, "rotations");
    const current = key.materials.at(-1);
    return {
      Rotations: items.map(({ id, createdAt, rotation }) => ({
        KeyId: key.arn,
        KeyMaterialId: id,
        KeyMaterialState: id === current?.id ? ("CURRENT" as const) : ("NON_CURRENT" as const),
        ...(rotation && { RotationDate: new Date(createdAt), RotationType: rotation }),
      })),
      ...rest,
    };
  },
};

const notRotatable = (key: Readonly<Key>) =>
  unsupported(`${key.arn} of spec ${key.spec} does not support rotation.`);

function rotatable(context: CallContext, name: string, operation: string): Readonly<Key> {
  const key = needEnabled(ownKey(context, name, operation));
  if (key.spec !== "SYMMETRIC_DEFAULT") throw notRotatable(key);
  return key;
}

function newMaterial(createdAt: number, rotation: "AUTOMATIC" | "ON_DEMAND"): KeyMaterial {
  const [id, secret] = [randomBytes(32).toString("hex"), randomBytes(32).toString("base64")];
  return { id, createdAt, rotation, secret };
}

/** The key with all rotations that have fallen due made, each at its time. */
export function rotated(
  { store, clock }: Pick<CallContext, "store" | "clock">,
  key: Readonly<Key>,
): Readonly<Key> {
  const { rotation } = key;
  if (!rotation || key.state !== "Enabled" || clock.now() < rotation.nextAt) return key;
  const [materials, period] = [[...key.materials], rotation.periodDays * DAY_MS];
  let { nextAt } = rotation;
  for (; nextAt <= clock.now(); nextAt += period) materials.push(newMaterial(nextAt, "AUTOMATIC"));
  return store.of(keys).patch(key.id, { materials, rotation: { ...rotation, nextAt } });
}
