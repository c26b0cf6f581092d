import {
  constants,
  createPrivateKey,
  createPublicKey,
  privateDecrypt,
  publicEncrypt,
  type KeyObject,
} from "node:crypto";
import type { Handlers } from "../../protocol/typed.ts";
import type { Caller } from "../iam/caller.ts";
import type { CallContext } from "../service.ts";
import { type EncryptionContext, type KeyUse, ownKey } from "./access.ts";
import { keyIdOf, seal, unseal } from "./ciphertext.ts";
import {
  dryRun,
  incorrectKey,
  invalidCiphertext,
  unknownCiphertext,
  validation,
  wrongUsage,
} from "./faults.ts";
import { needEnabled, needKey } from "./find.ts";
import { KEY_SPECS } from "./key-specs.ts";
import { rotated } from "./rotation.ts";
import { keys, type Key } from "./state.ts";

const SYMMETRIC = "SYMMETRIC_DEFAULT";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html and its like */
export const encryptionHandlers: Handlers<typeof import("@aws-sdk/client-kms"), CallContext> = {
  Encrypt(input, context) {
    const { EncryptionAlgorithm = SYMMETRIC, EncryptionContext } = input;
    const key = usableKey(context, input.KeyId, "Encrypt", {
      encryptionContext: EncryptionContext,
    });
    checkAlgorithm(key, EncryptionAlgorithm, EncryptionContext);
    if (input.DryRun) throw dryRun();
    const CiphertextBlob = encrypt(key, input.Plaintext, EncryptionAlgorithm, EncryptionContext);
    return { CiphertextBlob, KeyId: key.arn, EncryptionAlgorithm };
  },

  Decrypt(input, context) {
    const { CiphertextBlob, KeyId, EncryptionAlgorithm = SYMMETRIC, EncryptionContext } = input;
    const use = { encryptionContext: EncryptionContext };
    const ciphertext = needCiphertext(CiphertextBlob);
    const key = keyFor(context, ciphertext, { KeyId, EncryptionAlgorithm }, "Decrypt", use);
    checkAlgorithm(key, EncryptionAlgorithm, EncryptionContext);
    if (input.DryRun) throw dryRun();
    const { plaintext, materialId } = decrypt(
      key,
      ciphertext,
      EncryptionAlgorithm,
      EncryptionContext,
    );
    return {
      KeyId: key.arn,
      Plaintext: plaintext,
      EncryptionAlgorithm,
      ...(materialId && { KeyMaterialId: materialId }),
    };
  },

  ReEncrypt(input, context) {
    const { SourceEncryptionAlgorithm = SYMMETRIC, DestinationEncryptionAlgorithm = SYMMETRIC } =
      input;
    const { SourceEncryptionContext, DestinationEncryptionContext } = input;
    const ciphertext = needCiphertext(input.CiphertextBlob);
    const from = { KeyId: input.SourceKeyId, EncryptionAlgorithm: SourceEncryptionAlgorithm };
    const read = { encryptionContext: SourceEncryptionContext };
    const source = keyFor(context, ciphertext, from, "ReEncryptFrom", read);
    const write = { encryptionContext: DestinationEncryptionContext };
    const target = usableKey(context, input.DestinationKeyId, "ReEncryptTo", write);
    checkAlgorithm(source, SourceEncryptionAlgorithm, SourceEncryptionContext);
    checkAlgorithm(target, DestinationEncryptionAlgorithm, DestinationEncryptionContext);
    if (input.DryRun) throw dryRun();
    const { plaintext, materialId } = decrypt(
      source,
      ciphertext,
      SourceEncryptionAlgorithm,
      SourceEncryptionContext,
    );
    return {
      CiphertextBlob: encrypt(
        target,
        plaintext,
        DestinationEncryptionAlgorithm,
        DestinationEncryptionContext,
      ),
      SourceKeyId: source.arn,
      KeyId: target.arn,
      SourceEncryptionAlgorithm,
      DestinationEncryptionAlgorithm,
      ...(materialId && { SourceKeyMaterialId: materialId }),
      ...(target.spec === SYMMETRIC && { DestinationKeyMaterialId: target.materials.at(-1)!.id }),
    };
  },
};

/**
 * A key that encrypts, for this caller.
 * @throws AwsError `NotFoundException`, `AccessDeniedException`, `DisabledException`, `KMSInvalidStateException`, `InvalidKeyUsageException`
 */
export function usableKey(
  caller: Caller,
  name: string,
  operation: string,
  use: KeyUse,
): Readonly<Key> {
  const key = rotated(caller, needEnabled(ownKey(caller, name, operation, use)));
  if (key.usage !== "ENCRYPT_DECRYPT") throw wrongUsage(key, operation);
  return key;
}

/**
 * The key of a ciphertext: it names a symmetric one itself, which has to be the caller's, where one was said.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html
 */
function keyFor(
  caller: Caller,
  ciphertext: Uint8Array,
  { KeyId, EncryptionAlgorithm }: { KeyId?: string | undefined; EncryptionAlgorithm: string },
  operation: string,
  use: KeyUse,
): Readonly<Key> {
  if (EncryptionAlgorithm !== SYMMETRIC) {
    if (KeyId === undefined) throw validation("A KeyId is required for asymmetric decryption.");
    return usableKey(caller, KeyId, operation, use);
  }
  const named = KeyId === undefined ? undefined : needKey(caller, KeyId);
  if (named && named.spec !== SYMMETRIC) return usableKey(caller, named.id, operation, use);
  const id = keyIdOf(ciphertext);
  if (!caller.store.of(keys).has(id)) throw unknownCiphertext();
  if (named && named.id !== id) throw incorrectKey();
  return usableKey(caller, id, operation, use);
}

/** Encrypts for a caller whose rights have been looked at. */
function encrypt(
  key: Readonly<Key>,
  plaintext: Uint8Array,
  algorithm: string,
  context?: EncryptionContext,
): Buffer {
  if (algorithm === SYMMETRIC) return seal(key, plaintext, context);
  const hash = algorithm === "RSAES_OAEP_SHA_1" ? "sha1" : "sha256";
  const most = KEY_SPECS[key.spec]!.rsaBits! / 8 - 2 * (hash === "sha1" ? 20 : 32) - 2;
  if (plaintext.length > most)
    throw validation(
      `Algorithm ${algorithm} and key spec ${key.spec} cannot encrypt data larger than ${most} bytes.`,
    );
  return publicEncrypt(oaep(publicKeyOf(key), hash), plaintext);
}

function decrypt(
  key: Readonly<Key>,
  ciphertext: Uint8Array,
  algorithm: string,
  context?: EncryptionContext,
): { plaintext: Buffer; materialId?: string } {
  if (algorithm === SYMMETRIC) return unseal(key, ciphertext, context);
  const hash = algorithm === "RSAES_OAEP_SHA_1" ? "sha1" : "sha256";
  try {
    return { plaintext: privateDecrypt(oaep(privateKeyOf(key), hash), ciphertext) };
  } catch {
    throw invalidCiphertext();
  }
}

const oaep = (key: KeyObject, oaepHash: string) => ({
  key,
  oaepHash,
  padding: constants.RSA_PKCS1_OAEP_PADDING,
});

/** The private half of an asymmetric key. */
export function privateKeyOf(key: Readonly<Key>): KeyObject {
  const der = Buffer.from(key.materials.at(-1)!.secret, "base64");
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

export function publicKeyOf(key: Readonly<Key>): KeyObject {
  return createPublicKey(privateKeyOf(key));
}

function checkAlgorithm(
  key: Readonly<Key>,
  algorithm: string,
  context: EncryptionContext | undefined,
): void {
  if (!KEY_SPECS[key.spec]!.encryption.includes(algorithm)) throw wrongAlgorithm(key, algorithm);
  if (algorithm !== SYMMETRIC && context && Object.keys(context).length > 0)
    throw validation("EncryptionContext is not supported with asymmetric keys.");
}

const wrongAlgorithm = (key: Readonly<Key>, algorithm: string) =>
  validation(`Algorithm ${algorithm} is incompatible with key spec ${key.spec}.`);

function needCiphertext(blob: Uint8Array | undefined): Uint8Array {
  if (!blob) throw validation("CiphertextBlob is required.");
  return blob;
}

/**
 * Encrypts for a service that keeps a caller's data under a key, with the caller's rights.
 * @param operation what the service asks of KMS: `Encrypt`, or `GenerateDataKey` where it wraps a key of its own
 * @param keyName of a symmetric key; the service's own (`alias/aws/ssm`) where the caller names none
 * @throws AwsError as {@link usableKey}
 */
export function encryptFor(
  caller: Caller,
  operation: "Encrypt" | "GenerateDataKey",
  keyName: string,
  plaintext: Uint8Array,
  use: KeyUse,
): { ciphertext: Buffer; keyArn: string } {
  const key = usableKey(caller, keyName, operation, use);
  checkAlgorithm(key, SYMMETRIC, undefined);
  return { ciphertext: seal(key, plaintext, use.encryptionContext), keyArn: key.arn };
}

/** Decrypts what {@link encryptFor} made, with the caller's rights. @throws AwsError as KMS's `Decrypt` */
export function decryptFor(caller: Caller, ciphertext: Uint8Array, use: KeyUse): Buffer {
  const from = { EncryptionAlgorithm: SYMMETRIC };
  const key = keyFor(caller, ciphertext, from, "Decrypt", use);
  return unseal(key, ciphertext, use.encryptionContext).plaintext;
}
