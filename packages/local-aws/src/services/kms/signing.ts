import {
  constants,
  createHash,
  createHmac,
  createPublicKey,
  diffieHellman,
  sign,
  timingSafeEqual,
  verify,
  type KeyObject,
} from "node:crypto";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { ownKey } from "./access.ts";
import { signDigest, verifyDigest } from "./digest-signatures.ts";
import { privateKeyOf, publicKeyOf } from "./encryption.ts";
import {
  dryRun,
  invalidMac,
  invalidSignature,
  unsupported,
  validation,
  wrongUsage,
} from "./faults.ts";
import { needEnabled } from "./find.ts";
import { KEY_SPECS } from "./key-specs.ts";
import type { Key } from "./state.ts";

/** How a message is signed. */
export interface SignatureScheme {
  /** As `node:crypto` calls it. */
  readonly hash: "sha256" | "sha384" | "sha512";
  readonly padding: "PKCS1_V1_5" | "PSS" | "ECDSA";
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html and its like */
export const signingHandlers: Handlers<typeof import("@aws-sdk/client-kms"), CallContext> = {
  Sign(input, context) {
    const key = keyWithUsage(context, input.KeyId, "Sign", "SIGN_VERIFY");
    const scheme = schemeOf(key, input.SigningAlgorithm);
    checkMessage(input.Message, input.MessageType, scheme);
    if (input.DryRun) throw dryRun();
    const Signature =
      input.MessageType === "DIGEST"
        ? signDigest(privateKeyOf(key), input.Message, scheme)
        : sign(scheme.hash, input.Message, padded(privateKeyOf(key), scheme));
    return { KeyId: key.arn, Signature, SigningAlgorithm: input.SigningAlgorithm };
  },

  Verify(input, context) {
    const key = keyWithUsage(context, input.KeyId, "Verify", "SIGN_VERIFY");
    const scheme = schemeOf(key, input.SigningAlgorithm);
    checkMessage(input.Message, input.MessageType, scheme);
    if (input.DryRun) throw dryRun();
    const isValid =
      input.MessageType === "DIGEST"
        ? verifyDigest(publicKeyOf(key), input.Message, input.Signature, scheme)
        : verify(scheme.hash, input.Message, padded(publicKeyOf(key), scheme), input.Signature);
    if (!isValid) throw invalidSignature();
    return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm: input.SigningAlgorithm };
  },

  GenerateMac(input, context) {
    const key = keyWithUsage(context, input.KeyId, "GenerateMac", "GENERATE_VERIFY_MAC");
    const Mac = mac(key, input.Message, input.MacAlgorithm);
    if (input.DryRun) throw dryRun();
    return { Mac, MacAlgorithm: input.MacAlgorithm, KeyId: key.arn };
  },

  VerifyMac(input, context) {
    const key = keyWithUsage(context, input.KeyId, "VerifyMac", "GENERATE_VERIFY_MAC");
    const made = mac(key, input.Message, input.MacAlgorithm);
    if (input.DryRun) throw dryRun();
    if (made.length !== input.Mac.length || !timingSafeEqual(made, input.Mac)) throw invalidMac();
    return { KeyId: key.arn, MacValid: true, MacAlgorithm: input.MacAlgorithm };
  },

  GetPublicKey({ KeyId }, context) {
    const key = needEnabled(ownKey(context, KeyId, "GetPublicKey"));
    const spec = KEY_SPECS[key.spec]!;
    if (spec.bytes !== undefined)
      throw unsupported(`${key.arn} of spec ${key.spec} has no public key.`);
    return {
      KeyId: key.arn,
      PublicKey: publicKeyOf(key).export({ type: "spki", format: "der" }),
      CustomerMasterKeySpec: key.spec as "RSA_2048",
      KeySpec: key.spec as "RSA_2048",
      KeyUsage: key.usage as "SIGN_VERIFY",
      ...(key.usage === "ENCRYPT_DECRYPT" && { EncryptionAlgorithms: spec.encryption as [] }),
      ...(key.usage === "SIGN_VERIFY" && { SigningAlgorithms: spec.signing as [] }),
      ...(key.usage === "KEY_AGREEMENT" && {
        KeyAgreementAlgorithms: ["ECDH"] as const as ["ECDH"],
      }),
    };
  },

  DeriveSharedSecret(input, context) {
    const key = keyWithUsage(context, input.KeyId, "DeriveSharedSecret", "KEY_AGREEMENT");
    const publicKey = readPublicKey(input.PublicKey);
    if (input.DryRun) throw dryRun();
    return {
      KeyId: key.arn,
      SharedSecret: agree(privateKeyOf(key), publicKey),
      KeyAgreementAlgorithm: input.KeyAgreementAlgorithm,
      KeyOrigin: "AWS_KMS",
    };
  },
};

function keyWithUsage(
  context: CallContext,
  name: string,
  operation: string,
  usage: string,
): Readonly<Key> {
  const key = needEnabled(ownKey(context, name, operation));
  if (key.usage !== usage) throw wrongUsage(key, operation);
  return key;
}

function schemeOf(key: Readonly<Key>, algorithm: string): SignatureScheme {
  if (!KEY_SPECS[key.spec]!.signing.includes(algorithm))
    throw validation(`Algorithm ${algorithm} is incompatible with key spec ${key.spec}.`);
  const [, padding, bits] = /^(?:RSASSA_)?(PKCS1_V1_5|PSS|ECDSA)_SHA_(\d+)$/.exec(algorithm)!;
  const hash = `sha${bits}` as SignatureScheme["hash"];
  return { hash, padding: padding as SignatureScheme["padding"] };
}

/** @throws AwsError `ValidationException` for what is no digest of the algorithm's length */
function checkMessage(
  message: Uint8Array,
  type: string | undefined,
  { hash }: SignatureScheme,
): void {
  if (type === "EXTERNAL_MU") throw validation("MessageType EXTERNAL_MU is for ML-DSA keys alone.");
  const bytes = createHash(hash).digest().length;
  if (type === "DIGEST" && message.length !== bytes)
    throw validation(`Digest is invalid length for algorithm ${hash.replace("sha", "SHA_")}.`);
}

function padded(key: KeyObject, { padding }: SignatureScheme) {
  if (padding === "PSS")
    return {
      key,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    };
  return padding === "ECDSA"
    ? { key, dsaEncoding: "der" as const }
    : { key, padding: constants.RSA_PKCS1_PADDING };
}

function mac(key: Readonly<Key>, message: Uint8Array, algorithm: string): Buffer {
  if (!KEY_SPECS[key.spec]!.macs.includes(algorithm))
    throw validation(`Algorithm ${algorithm} is incompatible with key spec ${key.spec}.`);
  const hash = `sha${algorithm.slice("HMAC_SHA_".length)}`;
  const secret = Buffer.from(key.materials.at(-1)!.secret, "base64");
  return createHmac(hash, secret).update(message).digest();
}

function readPublicKey(der: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(der), format: "der", type: "spki" });
  } catch {
    throw validation("The public key is not a DER-encoded X.509 public key.");
  }
}

function agree(privateKey: KeyObject, publicKey: KeyObject): Buffer {
  try {
    return diffieHellman({ privateKey, publicKey });
  } catch {
    throw validation("The public key is not on the curve of the KMS key.");
  }
}
