import { AwsError } from "./aws-error.ts";
import type { ListShape, MapShape, Shape, SimpleShape, StructShape } from "./model.ts";
import { formatTimestamp, parseBase64, parseTimestamp, setKey, toBytes } from "./scalar.ts";

type Json = Record<string, unknown>;

const WHOLE_KINDS = new Set(["integer", "long"]);

/** What AWS's JSON reader calls the type of a value in its messages. */
function jsonTypeOf(value: unknown): string {
  if (typeof value === "string") return "STRING_VALUE";
  if (typeof value === "number") return Number.isInteger(value) ? "NUMBER_VALUE" : "DECIMAL_VALUE";
  return value === true ? "TRUE_VALUE" : "FALSE_VALUE";
}

const JAVA_TYPES: Readonly<Record<string, string>> = {
  string: "a String",
  boolean: "a Boolean",
  integer: "an Integer",
  long: "a Long",
  float: "a Float",
  double: "a Double",
  number: "a Double",
  timestamp: "a Timestamp",
  blob: "a Blob",
};

/** The answer to a JSON value of the wrong type, in the words of AWS's JSON reader. */
function mismatch(shape: Shape, value: unknown): AwsError {
  if (Array.isArray(value)) return serializationError("Start of list found where not expected");
  if (typeof value === "object")
    return serializationError("Start of structure or map found where not expected.");
  if (shape.kind === "list") return serializationError("Expected list or null");
  if (shape.kind === "map" || shape.kind === "structure" || shape.kind === "union") {
    return serializationError("Unexpected field type");
  }
  return serializationError(
    `${jsonTypeOf(value)} can not be converted to ${JAVA_TYPES[shape.kind] ?? shape.kind}`,
  );
}

/** Streams of events (`StartLiveTail`, `GetLogObject`, `SelectObjectContent`) are not written: no handler answers with one. */
export function eventStreamError(): AwsError {
  return new AwsError("NotImplemented", "Local AWS does not write streams of events", {
    status: 501,
  });
}

export function serializationError(message: string): AwsError {
  return new AwsError("SerializationException", message);
}

/**
 * Reads a parsed JSON document as a structure of the SDK's types: members that the model does not know and nulls are
 * left out. Throws `SerializationException` on a value of the wrong type.
 */
export function readJsonStruct(shape: StructShape, raw: unknown): Json {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) throw mismatch(shape, raw);
  const found: Json = {};
  for (const key in raw) {
    const value = (raw as Json)[key];
    if (value === null) continue;
    const member = shape.byName.get(key);
    if (member !== undefined) found[key] = readJson(member.shape, value);
  }
  return found;
}

/** Reads one parsed JSON value; see {@link readJsonStruct}. */
export function readJson(shape: Shape, raw: unknown): unknown {
  switch (shape.kind) {
    case "structure":
    case "union":
      return readJsonStruct(shape as StructShape, raw);
    case "list":
      return readList(shape as ListShape, raw);
    case "map":
      return readMap(shape as MapShape, raw);
    case "string":
      if (typeof raw === "string") return raw;
      break;
    case "boolean":
      if (typeof raw === "boolean") return raw;
      break;
    case "timestamp":
    case "blob":
      return readEncoded(shape as SimpleShape, raw);
    case "document":
      return raw;
    default:
      return readNumber(shape, raw);
  }
  throw mismatch(shape, raw);
}

function readEncoded(shape: SimpleShape, raw: unknown): unknown {
  if (shape.kind === "blob") {
    const bytes = typeof raw === "string" ? parseBase64(raw) : undefined;
    if (bytes !== undefined) return bytes;
  } else {
    const date = parseTimestamp(raw);
    if (date !== undefined) return date;
  }
  throw mismatch(shape, raw);
}

const INTEGER_LIMIT = 2 ** 31;

function readNumber(shape: Shape, raw: unknown): number {
  if (typeof raw === "number" && fits(shape, raw)) return raw;
  if (!WHOLE_KINDS.has(shape.kind) && (raw === "NaN" || raw === "Infinity" || raw === "-Infinity"))
    return Number(raw);
  throw mismatch(shape, raw);
}

function fits(shape: Shape, value: number): boolean {
  if (!WHOLE_KINDS.has(shape.kind)) return true;
  const isInRange = shape.kind === "long" || (value >= -INTEGER_LIMIT && value < INTEGER_LIMIT);
  return Number.isInteger(value) && isInRange;
}

function readList(shape: ListShape, raw: unknown): unknown[] {
  if (!Array.isArray(raw)) throw mismatch(shape, raw);
  const found: unknown[] = [];
  // One item more than there may be is enough to refuse the list.
  const limit = (shape.max ?? Infinity) + 1;
  for (const item of raw) {
    if (found.length >= limit) break;
    if (item !== null) found.push(readJson(shape.item, item));
  }
  return found;
}

function readMap(shape: MapShape, raw: unknown): Json {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) throw mismatch(shape, raw);
  const found: Json = {};
  for (const key in raw) {
    const value = (raw as Json)[key];
    if (value !== null) setKey(found, key, readJson(shape.value, value));
  }
  return found;
}

/** Turns a structure of the SDK's types into what `JSON.stringify` writes; members that the model lacks are left out. */
export function writeJsonStruct(shape: StructShape, value: Json): Json {
  const written: Json = {};
  for (const member of shape.members) {
    const found = value[member.name];
    if (found !== undefined && found !== null)
      written[member.name] = writeJson(member.shape, found);
  }
  return written;
}

/** Turns one value of the SDK's types into what `JSON.stringify` writes. */
export function writeJson(shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case "structure":
    case "union":
      return writeJsonStruct(shape as StructShape, value as Json);
    case "list":
      return (value as unknown[]).map((item) => writeJson((shape as ListShape).item, item));
    case "map":
      return writeMap(shape as MapShape, value as Json);
    case "timestamp": {
      const { format } = shape as SimpleShape;
      return formatTimestamp(value, format === "default" ? "epoch-seconds" : format);
    }
    case "blob":
      return toBytes(value).toString("base64");
    case "eventStream":
      throw eventStreamError();
    default:
      return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  }
}

function writeMap(shape: MapShape, value: Json): Json {
  const written: Json = {};
  for (const key of Object.keys(value)) {
    const found = value[key];
    if (found !== undefined && found !== null) setKey(written, key, writeJson(shape.value, found));
  }
  return written;
}

/** Parses a JSON body; an empty one is an empty object. Throws `SerializationException`. */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) return {};
  checkJsonSize(body);
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch (cause) {
    throw new AwsError("SerializationException", "The request body is not valid JSON", { cause });
  }
}

/** How deep a document may be nested. The deepest input of any operation has 12 levels. */
const MAX_DEPTH = 100;
/** How many members and items it may have, all together. 10,000 log events, the longest list, have 30,000. */
const MAX_PARTS = 200_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN = new Set([0x5b, 0x7b]);
const CLOSE = new Set([0x5d, 0x7d]);

/**
 * Looks through a JSON document, without parsing it, for how much there would be to parse.
 * @throws AwsError `SerializationException`
 */
function checkJsonSize(body: Buffer): void {
  let depth = 0;
  let parts = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]!;
    if (byte === QUOTE) at = stringEnd(body, at);
    else if (byte === COMMA) parts++;
    else if (OPEN.has(byte)) {
      parts++;
      if (++depth > MAX_DEPTH) throw tooMuch(`it is nested more than ${MAX_DEPTH} levels deep`);
    } else if (CLOSE.has(byte)) depth--;
    if (parts > MAX_PARTS) throw tooMuch(`it has more than ${MAX_PARTS} parts`);
  }
}

/** Where the string that begins at `start` ends: its closing quote, or the end of the body. */
function stringEnd(body: Buffer, start: number): number {
  let end = body.indexOf(QUOTE, start + 1);
  while (end >= 0 && isEscaped(body, end, start)) end = body.indexOf(QUOTE, end + 1);
  return end < 0 ? body.length : end;
}

/** Whether an odd number of backslashes stands before a quote. */
function isEscaped(body: Buffer, quote: number, start: number): boolean {
  let at = quote - 1;
  while (at > start && body[at] === BACKSLASH) at--;
  return (quote - 1 - at) % 2 === 1;
}

function tooMuch(reason: string): AwsError {
  return new AwsError("SerializationException", `The request body is too large to read: ${reason}`);
}
