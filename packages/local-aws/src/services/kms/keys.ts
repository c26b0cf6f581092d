import { randomBytes, randomUUID } from "node:crypto";
import type { CreateKeyCommandInput, KeyMetadata } from "@aws-sdk/client-kms";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { checkAccess, ownKey } from "./access.ts";
import { invalidState, notImplemented, validation } from "./faults.ts";
import { allKeys, needKept, needKey } from "./find.ts";
import { checkKeyPolicy, defaultPolicy } from "./key-policies.ts";
import { needSpec, newSecret, usageOf, KEY_SPECS } from "./key-specs.ts";
import { page } from "./pages.ts";
import { rotated } from "./rotation.ts";
import { keys, type Key } from "./state.ts";
import { withTags } from "./tags.ts";

type Kms = typeof import("@aws-sdk/client-kms");

const DAY_MS = 24 * 60 * 60 * 1000;

/** Making a key takes its time, so it happens before the transaction. */
export const newKeyHandlers: Handlers<Kms, CallContext> = {
  async CreateKey(input, context) {
    const specName = input.KeySpec ?? input.CustomerMasterKeySpec ?? "SYMMETRIC_DEFAULT";
    const spec = needSpec(specName);
    const usage = usageOf(specName, spec, input.KeyUsage);
    const policy = input.Policy ?? defaultPolicy(context.account);
    checkOrigin(input);
    const tags = withTags([], input.Tags ?? []);
    context.cloud.transaction(() => {
      checkAccess(context, undefined, "CreateKey");
      checkKeyPolicy(policy, context, input.BypassPolicyLockoutSafetyCheck ?? false);
    });
    const secret = await newSecret(spec);
    return context.cloud.transaction(() => {
      const id = randomUUID();
      const createdAt = context.clock.now();
      const key = context.store.of(keys).put(id, {
        id,
        arn: `arn:aws:kms:${context.region}:${context.account}:key/${id}`,
        description: input.Description ?? "",
        createdAt,
        state: "Enabled",
        usage,
        spec: specName,
        manager: "CUSTOMER",
        policy,
        materials: [{ id: randomBytes(32).toString("hex"), createdAt, secret }],
        tags,
      });
      return { KeyMetadata: metadata(key, context) };
    });
  },
};

/** @throws AwsError `NotImplemented` for key material that is not made here */
function checkOrigin({ Origin = "AWS_KMS" }: Pick<CreateKeyCommandInput, "Origin">): void {
  if (Origin !== "AWS_KMS") throw notImplemented(`A key of origin ${Origin}`);
}

/** Keys, from their making to their end. */
export const keyHandlers: Handlers<Kms, CallContext> = {
  DescribeKey({ KeyId }, context) {
    const key = needKey(context, KeyId);
    checkAccess(context, key, "DescribeKey");
    return { KeyMetadata: metadata(key, context) };
  },

  ListKeys({ Limit = 100, Marker }, context) {
    checkAccess(context, undefined, "ListKeys");
    const { items, ...rest } = page(allKeys(context), ({ id }) => id, { Limit, Marker }, "keys");
    return { Keys: items.map(({ id, arn }) => ({ KeyId: id, KeyArn: arn })), ...rest };
  },

  EnableKey: ({ KeyId }, context) => changeState(context, KeyId, "EnableKey", "Enabled"),
  DisableKey: ({ KeyId }, context) => changeState(context, KeyId, "DisableKey", "Disabled"),

  UpdateKeyDescription({ KeyId, Description }, context) {
    const key = ownKey(context, KeyId, "UpdateKeyDescription");
    context.store.of(keys).patch(needKept(key).id, { description: Description });
    return {};
  },

  ScheduleKeyDeletion({ KeyId, PendingWindowInDays = 30 }, context) {
    const key = needKept(ownKey(context, KeyId, "ScheduleKeyDeletion"));
    if (PendingWindowInDays < 7 || PendingWindowInDays > 30)
      throw validation("PendingWindowInDays must be between 7 and 30 days.");
    const deletionAt = context.clock.now() + PendingWindowInDays * DAY_MS;
    context.store.of(keys).patch(key.id, { state: "PendingDeletion", deletionAt });
    return {
      KeyId: key.arn,
      DeletionDate: new Date(deletionAt),
      KeyState: "PendingDeletion",
      PendingWindowInDays,
    };
  },

  CancelKeyDeletion({ KeyId }, context) {
    const key = ownKey(context, KeyId, "CancelKeyDeletion");
    if (key.state !== "PendingDeletion") throw invalidState(`${key.arn} is not pending deletion.`);
    context.store.of(keys).patch(key.id, { state: "Disabled", deletionAt: undefined });
    return { KeyId: key.arn };
  },
};

function changeState(
  context: CallContext,
  name: string,
  operation: string,
  state: "Enabled" | "Disabled",
): Record<string, never> {
  const key = needKept(ownKey(context, name, operation));
  context.store.of(keys).patch(key.id, { state });
  return {};
}

function metadata(key: Readonly<Key>, context: CallContext): KeyMetadata {
  const spec = KEY_SPECS[key.spec]!;
  const algorithms = {
    ENCRYPT_DECRYPT: { EncryptionAlgorithms: spec.encryption },
    SIGN_VERIFY: { SigningAlgorithms: spec.signing },
    GENERATE_VERIFY_MAC: { MacAlgorithms: spec.macs },
    KEY_AGREEMENT: { KeyAgreementAlgorithms: ["ECDH"] },
  }[key.usage] as Partial<KeyMetadata>;
  const symmetric = key.spec === "SYMMETRIC_DEFAULT";
  return {
    AWSAccountId: context.account,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: new Date(key.createdAt),
    Enabled: key.state === "Enabled",
    Description: key.description,
    KeyUsage: key.usage as "ENCRYPT_DECRYPT",
    KeyState: key.state,
    ...(key.deletionAt !== undefined && { DeletionDate: new Date(key.deletionAt) }),
    Origin: "AWS_KMS",
    KeyManager: key.manager,
    CustomerMasterKeySpec: key.spec as "SYMMETRIC_DEFAULT",
    KeySpec: key.spec as "SYMMETRIC_DEFAULT",
    ...algorithms,
    MultiRegion: false,
    ...(symmetric && { CurrentKeyMaterialId: rotated(context, key).materials.at(-1)!.id }),
  };
}
