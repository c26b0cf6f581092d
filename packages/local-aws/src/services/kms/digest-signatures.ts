import {
  constants,
  createHash,
  type KeyObject,
  privateEncrypt,
  publicDecrypt,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import type { SignatureScheme } from "./signing.ts";

/** `node:crypto` signs messages and cannot be given a digest, so that what it does after hashing is done here. */
const CURVES = { prime256v1: p256, secp384r1: p384, secp521r1: p521, secp256k1 } as const;

/** Any signature of the curve counts, as with AWS: not only the lower of the two. */
const ON_DIGEST = { prehash: false, lowS: false, format: "der" } as const;

/** What stands before a digest in a PKCS #1 signature: https://www.rfc-editor.org/rfc/rfc8017#section-9.2 */
const DIGEST_INFO = {
  sha256: "3031300d060960864801650304020105000420",
  sha384: "3041300d060960864801650304020205000430",
  sha512: "3051300d060960864801650304020305000440",
} as const;

/** Signs a digest that the caller has made. */
export function signDigest(
  key: KeyObject,
  digest: Uint8Array,
  { hash, padding }: SignatureScheme,
): Uint8Array {
  if (padding === "ECDSA") {
    const scalar = Buffer.from(key.export({ format: "jwk" }).d!, "base64url");
    return curveOf(key).sign(digest, scalar, ON_DIGEST);
  }
  if (padding === "PKCS1_V1_5")
    return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, digestInfo(hash, digest));
  const encoded = encodePss(digest, hash, key.asymmetricKeyDetails!.modulusLength! / 8);
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded);
}

/** Whether `signature` is one of the digest that the caller has made. */
export function verifyDigest(
  key: KeyObject,
  digest: Uint8Array,
  signature: Uint8Array,
  { hash, padding }: SignatureScheme,
): boolean {
  try {
    if (padding === "ECDSA") {
      const { x, y } = key.export({ format: "jwk" });
      const point = Buffer.concat([
        Buffer.of(4),
        ...[x!, y!].map((each) => Buffer.from(each, "base64url")),
      ]);
      return curveOf(key).verify(signature, digest, point, ON_DIGEST);
    }
    if (padding === "PSS")
      return isPss(
        publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature),
        digest,
        hash,
      );
    const read = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature);
    const wanted = digestInfo(hash, digest);
    return read.length === wanted.length && timingSafeEqual(read, wanted);
  } catch {
    // What is no signature at all is none of this digest.
    return false;
  }
}

const curveOf = (key: KeyObject) =>
  CURVES[key.asymmetricKeyDetails!.namedCurve as keyof typeof CURVES];

const digestInfo = (hash: keyof typeof DIGEST_INFO, digest: Uint8Array) =>
  Buffer.concat([Buffer.from(DIGEST_INFO[hash], "hex"), digest]);

/** https://www.rfc-editor.org/rfc/rfc8017#section-9.1.1, for moduli of whole bytes and a salt as long as the digest. */
function encodePss(digest: Uint8Array, hash: string, length: number): Buffer {
  const salt = randomBytes(digest.length);
  const data = Buffer.alloc(length - digest.length - 1);
  data[data.length - salt.length - 1] = 1;
  salt.copy(data, data.length - salt.length);
  const top = hashOf(hash, Buffer.alloc(8), digest, salt);
  const masked = xor(data, mask(top, hash, data.length));
  masked[0]! &= 0x7f;
  return Buffer.concat([masked, top, Buffer.of(0xbc)]);
}

/** https://www.rfc-editor.org/rfc/rfc8017#section-9.1.2 */
function isPss(encoded: Buffer, digest: Uint8Array, hash: string): boolean {
  const at = encoded.length - digest.length - 1;
  if (encoded.at(-1) !== 0xbc || encoded[0]! > 0x7f) return false;
  const top = encoded.subarray(at, -1);
  const data = xor(encoded.subarray(0, at), mask(top, hash, at));
  data[0]! &= 0x7f;
  const start = at - digest.length - 1;
  if (data[start] !== 1 || data.subarray(0, start).some((byte) => byte !== 0)) return false;
  return timingSafeEqual(top, hashOf(hash, Buffer.alloc(8), digest, data.subarray(start + 1)));
}

/** MGF1: https://www.rfc-editor.org/rfc/rfc8017#appendix-B.2.1 */
function mask(seed: Buffer, hash: string, length: number): Buffer {
  const parts: Buffer[] = [];
  for (let count = 0, made = 0; made < length; count++) {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(count);
    made += parts[parts.push(hashOf(hash, seed, counter)) - 1]!.length;
  }
  return Buffer.concat(parts).subarray(0, length);
}

const hashOf = (hash: string, ...parts: readonly Uint8Array[]) =>
  createHash(hash).update(Buffer.concat(parts)).digest();

const xor = (a: Buffer, b: Buffer) => Buffer.from(a.map((byte, index) => byte ^ b[index]!));
