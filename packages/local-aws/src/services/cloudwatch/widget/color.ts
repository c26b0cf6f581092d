import { validation } from "../faults.ts";

/** @throws AwsError where a colour is not one of six digits, so that nothing else comes into the picture */
export function colorOf(value: unknown, otherwise: string): string {
  if (value === undefined) return otherwise;
  if (typeof value === "string" && /^#[0-9a-fA-F]{6}$/.test(value)) return value;
  throw validation(`The color ${String(value)} must be six hexadecimal digits after #.`);
}
