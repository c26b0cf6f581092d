import type { TimestampFormat } from "./model.ts";

/**
 * Writes a timestamp in one of the formats of https://smithy.io/2.0/spec/protocol-traits.html#timestampformat-trait.
 * Epoch seconds keep their milliseconds as a fraction. Takes a Date or milliseconds since the epoch.
 */
export function formatTimestamp(
  value: unknown,
  format: Exclude<TimestampFormat, "default">,
): string | number {
  const date = value instanceof Date ? value : new Date(value as string | number);
  switch (format) {
    case "epoch-seconds":
      return date.getTime() / 1000;
    case "http-date":
      return date.toUTCString();
    case "date-time":
      return date.toISOString();
  }
}

/** Reads a timestamp in any of the formats; undefined when it is none. */
export function parseTimestamp(value: unknown): Date | undefined {
  if (typeof value === "number") return validDate(value * 1000);
  if (typeof value !== "string" || value === "") return undefined;
  const seconds = Number(value);
  return Number.isNaN(seconds) ? validDate(Date.parse(value)) : validDate(seconds * 1000);
}

function validDate(millis: number): Date | undefined {
  const date = new Date(Math.round(millis));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Writes a number as the wire has it: `Infinity` and `-Infinity` spelt out, no exponent for whole numbers. */
export function formatNumber(value: unknown): string {
  const number = value as number | bigint;
  if (typeof number === "number" && Number.isInteger(number) && Math.abs(number) >= 1e21) {
    return BigInt(number).toString();
  }
  return String(number);
}

const WHOLE_NUMBER = /^[+-]?\d+$/;
const ANY_NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** Reads a number written as text; undefined when it is none, or has a fraction where `whole` is wanted. */
export function parseNumber(text: string, whole: boolean): number | undefined {
  if ((whole ? WHOLE_NUMBER : ANY_NUMBER).test(text)) return Number(text);
  return !whole && (text === "NaN" || text === "Infinity" || text === "-Infinity")
    ? Number(text)
    : undefined;
}

/** Reads a boolean written as text; undefined when it is none. */
export function parseBoolean(text: string): boolean | undefined {
  if (text === "true") return true;
  return text === "false" ? false : undefined;
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Reads base64 as AWS does: padded; undefined when it is none. */
export function parseBase64(text: string): Buffer | undefined {
  return BASE64.test(text) ? Buffer.from(text, "base64") : undefined;
}

/** Bytes of a blob value: handlers may answer with bytes or with text. */
export function toBytes(value: unknown): Buffer {
  if (typeof value === "string") return Buffer.from(value, "utf8");
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  throw new TypeError(`A blob is a Uint8Array or a string, not ${typeof value}`);
}

/** Sets a key of a plain object, also when it is called `__proto__`. */
export function setKey(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") target[key] = value;
  else
    Object.defineProperty(target, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
}
