import { randomBytes } from "node:crypto";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { checkAccess } from "./access.ts";
import { seal } from "./ciphertext.ts";
import { usableKey } from "./encryption.ts";
import { dryRun, unsupported, validation } from "./faults.ts";
import { needSpec, newKeyPair } from "./key-specs.ts";
import type { Key } from "./state.ts";

type Kms = typeof import("@aws-sdk/client-kms");

interface DataKeyInput {
  readonly KeyId: string;
  readonly EncryptionContext?: Record<string, string> | undefined;
  readonly NumberOfBytes?: number | undefined;
  readonly KeySpec?: string | undefined;
  readonly DryRun?: boolean | undefined;
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html and its like */
export const dataKeyHandlers: Handlers<Kms, CallContext> = {
  GenerateDataKey(input, context) {
    const { key, plaintext } = newDataKey(input, context, "GenerateDataKey");
    return { ...sealed(key, plaintext, input.EncryptionContext), Plaintext: plaintext };
  },

  GenerateDataKeyWithoutPlaintext(input, context) {
    const { key, plaintext } = newDataKey(input, context, "GenerateDataKeyWithoutPlaintext");
    return sealed(key, plaintext, input.EncryptionContext);
  },

  GenerateRandom({ NumberOfBytes }, context) {
    checkAccess(context, undefined, "GenerateRandom");
    if (NumberOfBytes === undefined) throw validation("NumberOfBytes is required.");
    return { Plaintext: randomBytes(NumberOfBytes) };
  },
};

interface PairInput {
  readonly KeyId: string;
  readonly KeyPairSpec: string;
  readonly EncryptionContext?: Record<string, string> | undefined;
  readonly DryRun?: boolean | undefined;
}

/** Making a pair takes its time, so that it happens outside of the transaction. */
export const dataKeyPairHandlers: Handlers<Kms, CallContext> = {
  async GenerateDataKeyPair(input, context) {
    const { plain, ...pair } = await newPair(input, context, "GenerateDataKeyPair");
    return { ...pair, PrivateKeyPlaintext: plain };
  },

  async GenerateDataKeyPairWithoutPlaintext(input, context) {
    const { plain: _, ...pair } = await newPair(
      input,
      context,
      "GenerateDataKeyPairWithoutPlaintext",
    );
    return pair;
  },
};

function newDataKey(input: DataKeyInput, context: CallContext, operation: string) {
  const key = wrappingKey(input, context, operation);
  if ((input.NumberOfBytes === undefined) === (input.KeySpec === undefined))
    throw validation("Please specify either number of bytes or key spec.");
  if (input.DryRun) throw dryRun();
  const bytes = input.NumberOfBytes ?? (input.KeySpec === "AES_128" ? 16 : 32);
  return { key, plaintext: randomBytes(bytes) };
}

function sealed(key: Readonly<Key>, plaintext: Buffer, context?: Record<string, string>) {
  const CiphertextBlob = seal(key, plaintext, context);
  return { CiphertextBlob, KeyId: key.arn, KeyMaterialId: key.materials.at(-1)!.id };
}

async function newPair(input: PairInput, context: CallContext, operation: string) {
  const spec = needSpec(input.KeyPairSpec);
  context.cloud.transaction(() => wrappingKey(input, context, operation));
  if (input.DryRun) throw dryRun();
  const { publicKey, privateKey } = await newKeyPair(spec);
  const plain = privateKey.export({ type: "pkcs8", format: "der" });
  return context.cloud.transaction(() => {
    const key = wrappingKey(input, context, operation);
    return {
      PrivateKeyCiphertextBlob: seal(key, plain, input.EncryptionContext),
      plain,
      PublicKey: publicKey.export({ type: "spki", format: "der" }),
      KeyId: key.arn,
      KeyPairSpec: input.KeyPairSpec as "RSA_2048",
      KeyMaterialId: key.materials.at(-1)!.id,
    };
  });
}

/** Data keys are wrapped by symmetric keys alone. */
function wrappingKey(
  { KeyId, EncryptionContext }: Pick<DataKeyInput, "KeyId" | "EncryptionContext">,
  context: CallContext,
  operation: string,
): Readonly<Key> {
  const key = usableKey(context, KeyId, operation, { encryptionContext: EncryptionContext });
  if (key.spec !== "SYMMETRIC_DEFAULT")
    throw unsupported(`${key.arn} is not a symmetric encryption key, which ${operation} needs.`);
  return key;
}
