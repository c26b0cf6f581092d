import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Store } from "../../store/store.ts";
import type { CallContext } from "../service.ts";
import { toList } from "./policy-document.ts";
import type { PolicyRequest } from "./policy-evaluation.ts";
import type { Refusal } from "./refusal.ts";
import { authorizationKeys } from "./state.ts";

const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * What is known of a refusal, for those who may read it: https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
 * @returns base 64 of what only this cloud can read
 */
export function authorizationMessage(
  { principal, cloud }: Pick<CallContext, "principal" | "cloud">,
  { action, resource, context }: PolicyRequest,
  { explicit }: Refusal,
): string {
  const text = JSON.stringify({
    allowed: false,
    explicitDeny: explicit,
    matchedStatements: { items: [] },
    failures: { items: [] },
    context: {
      principal: { id: principal.userId, arn: principal.arn },
      action,
      resource,
      conditions: {
        items: Object.entries(context).map(([key, values]) => ({
          key,
          values: { items: toList(values).map((value) => ({ value })) },
        })),
      },
    },
  });
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(cloud), iv);
  const sealed = Buffer.concat([cipher.update(deflateRawSync(text)), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64url");
}

/** The text of an encoded message; undefined where it is none that this cloud made. */
export function readAuthorizationMessage(cloud: Store, encoded: string): string | undefined {
  const key = cloud.of(authorizationKeys, "", "").get("key")?.key;
  const bytes = Buffer.from(encoded, "base64url");
  if (key === undefined || bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(
    CIPHER,
    Buffer.from(key, "base64"),
    bytes.subarray(0, IV_BYTES),
  );
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    const sealed = bytes.subarray(IV_BYTES + TAG_BYTES);
    return inflateRawSync(Buffer.concat([decipher.update(sealed), decipher.final()])).toString();
  } catch {
    // Whatever it was, it was not sealed here: the tag says so, and nothing else can be told of it.
    return undefined;
  }
}

/** The cloud's own key, made at its first use. */
function keyOf(cloud: Store): Buffer {
  const keys = cloud.of(authorizationKeys, "", "");
  const known = keys.get("key");
  if (known) return Buffer.from(known.key, "base64");
  const key = randomBytes(32);
  cloud.record(() => keys.put("key", { key: key.toString("base64") }));
  return key;
}
