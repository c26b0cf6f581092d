import { randomInt } from "node:crypto";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** A random identifier such as IAM gives: `prefix` and characters of base 32 up to `length` in all. */
export function iamId(prefix: string, length: number): string {
  let id = prefix;
  while (id.length < length) id += BASE32[randomInt(32)];
  return id;
}
