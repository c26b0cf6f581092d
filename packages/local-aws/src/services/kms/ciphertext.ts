import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { EncryptionContext } from "./access.ts";
import { invalidCiphertext } from "./faults.ts";
import type { Key } from "./state.ts";

const FORM = 1;
const KEY_ID_BYTES = 16;
const MATERIAL_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + KEY_ID_BYTES + MATERIAL_BYTES;

/**
 * Encrypts with a symmetric key (AES-256-GCM, bound to the context's pairs). The ciphertext says which key and which of its
 * materials read it: `form, key id, material, nonce, tag, text`.
 * https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#encrypt_context
 */
export function seal(
  key: Readonly<Key>,
  plaintext: Uint8Array,
  context: EncryptionContext = {},
): Buffer {
  const material = key.materials.at(-1)!;
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(material.secret, "base64"), nonce);
  cipher.setAAD(boundTo(context));
  const text = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const id = Buffer.from(key.id.replaceAll("-", ""), "hex");
  const head = [
    Buffer.from([FORM]),
    id,
    Buffer.from(material.id, "hex").subarray(0, MATERIAL_BYTES),
  ];
  return Buffer.concat([...head, nonce, cipher.getAuthTag(), text]);
}

/** The id of the key that reads a ciphertext. @throws AwsError `InvalidCiphertextException` */
export function keyIdOf(ciphertext: Uint8Array): string {
  if (ciphertext.length < HEAD_BYTES + NONCE_BYTES + TAG_BYTES || ciphertext[0] !== FORM)
    throw invalidCiphertext();
  const hex = Buffer.from(ciphertext)
    .subarray(1, 1 + KEY_ID_BYTES)
    .toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * Decrypts what {@link seal} made.
 * @throws AwsError `InvalidCiphertextException` where it was changed, or is bound to another context
 */
export function unseal(
  key: Readonly<Key>,
  ciphertext: Uint8Array,
  context: EncryptionContext = {},
): { plaintext: Buffer; materialId: string } {
  const bytes = Buffer.from(ciphertext);
  const named = bytes.subarray(1 + KEY_ID_BYTES, HEAD_BYTES).toString("hex");
  const material = key.materials.find(({ id }) => id.startsWith(named));
  if (!material) throw invalidCiphertext();
  const nonce = bytes.subarray(HEAD_BYTES, HEAD_BYTES + NONCE_BYTES);
  const text = bytes.subarray(HEAD_BYTES + NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", Buffer.from(material.secret, "base64"), nonce);
  decipher.setAAD(boundTo(context));
  decipher.setAuthTag(
    bytes.subarray(HEAD_BYTES + NONCE_BYTES, HEAD_BYTES + NONCE_BYTES + TAG_BYTES),
  );
  try {
    const plaintext = Buffer.concat([decipher.update(text), decipher.final()]);
    return { plaintext, materialId: material.id };
  } catch {
    throw invalidCiphertext();
  }
}

/** The pairs in one order: theirs does not count. */
function boundTo(context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify(pairs));
}
