import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Store } from "../../store/store.ts";
import type { Principal } from "../service.ts";
import { registrySecrets } from "./state.ts";

/** Who a registry password was given to. */
export interface RegistryIdentity {
  readonly account: string;
  readonly region: string;
  /** It may do what whoever asked for the password may: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html */
  readonly principal: Omit<Principal, "account" | "accessKeyId">;
}

/** Authorization tokens are valid for 12 hours: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html */
export const TOKEN_MS = 12 * 3_600_000;

/** A password for `identity`: what it says, and a signature. Opens a transaction where the cloud has no secret yet. */
export function mintPassword(store: Store, identity: RegistryIdentity, expiresAt: number): string {
  const { account, region, principal } = identity;
  const { arn, userId, roleArn, session } = principal;
  const text = JSON.stringify([account, region, expiresAt, { arn, userId, roleArn, session }]);
  const claims = Buffer.from(text).toString("base64url");
  return `${claims}.${sign(secretOf(store), claims)}`;
}

/** Whose password it is; undefined where it is nobody's, or no longer valid at `now` (wall time, ms). */
export function readPassword(
  store: Store,
  password: string,
  now: number,
): RegistryIdentity | undefined {
  const [claims = "", signature = ""] = password.split(".");
  const expected = Buffer.from(sign(secretOf(store), claims));
  const given = Buffer.from(signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
  const [account, region, expiresAt, principal] = JSON.parse(
    Buffer.from(claims, "base64url").toString(),
  ) as [string, string, number, RegistryIdentity["principal"]?];
  return principal && expiresAt > now ? { account, region, principal } : undefined;
}

function secretOf(store: Store): string {
  const all = store.of(registrySecrets, "", "");
  const known = all.get("key");
  if (known) return known.key;
  return store.transaction(() => all.put("key", { key: randomBytes(32).toString("base64") })).key;
}

function sign(secret: string, claims: string): string {
  return createHmac("sha256", secret).update(claims).digest("base64url");
}
