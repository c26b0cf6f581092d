import { generateKeyPair, randomBytes, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { notImplemented, validation } from "./faults.ts";

/** What keys of a spec are for and how they compute. */
export interface KeySpec {
  readonly usages: readonly string[];
  readonly encryption: readonly string[];
  readonly signing: readonly string[];
  readonly macs: readonly string[];
  /** Of a symmetric or HMAC key, in bytes. */
  readonly bytes?: number;
  readonly rsaBits?: number;
  readonly curve?: string;
}

const SIGN_OR_ENCRYPT = ["SIGN_VERIFY", "ENCRYPT_DECRYPT"];
const SIGN_OR_AGREE = ["SIGN_VERIFY", "KEY_AGREEMENT"];
const OF_RSA = ["PKCS1_V1_5", "PSS"].flatMap((padding) =>
  [256, 384, 512].map((bits) => `RSASSA_${padding}_SHA_${bits}`),
);

const none = { encryption: [], signing: [], macs: [] };
const rsa = (rsaBits: number): KeySpec => ({
  ...none,
  usages: SIGN_OR_ENCRYPT,
  encryption: ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"],
  signing: OF_RSA,
  rsaBits,
});
const curve = (name: string, usages: readonly string[], ...signing: string[]): KeySpec => ({
  ...none,
  usages,
  signing,
  curve: name,
});
const hmac = (bits: number): KeySpec => ({
  ...none,
  usages: ["GENERATE_VERIFY_MAC"],
  macs: [`HMAC_SHA_${bits}`],
  bytes: bits / 8,
});

/** https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html */
export const KEY_SPECS: Readonly<Record<string, KeySpec>> = {
  SYMMETRIC_DEFAULT: {
    ...none,
    usages: ["ENCRYPT_DECRYPT"],
    encryption: ["SYMMETRIC_DEFAULT"],
    bytes: 32,
  },
  RSA_2048: rsa(2048),
  RSA_3072: rsa(3072),
  RSA_4096: rsa(4096),
  ECC_NIST_P256: curve("P-256", SIGN_OR_AGREE, "ECDSA_SHA_256"),
  ECC_NIST_P384: curve("P-384", SIGN_OR_AGREE, "ECDSA_SHA_384"),
  ECC_NIST_P521: curve("P-521", SIGN_OR_AGREE, "ECDSA_SHA_512"),
  ECC_SECG_P256K1: curve("secp256k1", ["SIGN_VERIFY"], "ECDSA_SHA_256"),
  HMAC_224: hmac(224),
  HMAC_256: hmac(256),
  HMAC_384: hmac(384),
  HMAC_512: hmac(512),
};

/** @throws AwsError `NotImplemented` for a spec that KMS has and this cloud has not (SM2, ML-DSA, ML-KEM, Ed25519) */
export function needSpec(name: string): KeySpec {
  const spec = KEY_SPECS[name];
  if (!spec) throw notImplemented(`The key spec ${name}`);
  return spec;
}

/**
 * The usage of a new key. Where a spec has several, the caller has to say which.
 * @throws AwsError `ValidationException`
 */
export function usageOf(name: string, spec: KeySpec, given: string | undefined): string {
  if (given === undefined && spec.usages.length === 1 && !spec.usages[0]!.includes("MAC"))
    return spec.usages[0]!;
  if (given === undefined)
    throw validation(
      "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
    );
  if (!spec.usages.includes(given))
    throw validation(`KeyUsage ${given} is not compatible with KeySpec ${name}`);
  return given;
}

const makePair = promisify(generateKeyPair);

/** A key pair of a spec, made beside the event loop: RSA takes its time. */
export async function newKeyPair(
  spec: KeySpec,
): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  return spec.rsaBits === undefined
    ? await makePair("ec", { namedCurve: spec.curve! })
    : await makePair("rsa", { modulusLength: spec.rsaBits });
}

/** New key material of a spec, as a {@link KeyMaterial}'s `secret`. */
export async function newSecret(spec: KeySpec): Promise<string> {
  if (spec.bytes !== undefined) return randomBytes(spec.bytes).toString("base64");
  const { privateKey } = await newKeyPair(spec);
  return privateKey.export({ type: "pkcs8", format: "der" }).toString("base64");
}
