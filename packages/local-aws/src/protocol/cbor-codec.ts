import { decodeCbor, type CborTag } from "./cbor-decoder.ts";
import { serializationError } from "./json-codec.ts";
import type { ListShape, MapShape, Shape, StructShape } from "./model.ts";
import { parseTimestamp, setKey, toBytes } from "./scalar.ts";

type Values = Record<string, unknown>;

/** Reads an RPC v2 CBOR body: https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html. Throws `SerializationException`. */
export function readCborBody(shape: StructShape, body: Buffer): Values {
  if (body.length === 0) return {};
  let raw: unknown;
  try {
    raw = decodeCbor(body);
  } catch (cause) {
    throw serializationError(cause instanceof Error ? cause.message : String(cause));
  }
  return readStruct(shape, raw);
}

function readStruct(shape: StructShape, raw: unknown): Values {
  if (!isMap(raw)) throw mismatch(shape);
  const found: Values = {};
  for (const key of Object.keys(raw)) {
    const member = shape.byName.get(key);
    const value = raw[key];
    if (member !== undefined && value !== null) found[key] = read(member.shape, value);
  }
  return found;
}

function isMap(raw: unknown): raw is Values {
  return typeof raw === "object" && raw !== null && Object.getPrototypeOf(raw) === null;
}

function mismatch(shape: Shape): Error {
  return serializationError(`Unexpected CBOR item where ${shape.kind} is expected`);
}

function read(shape: Shape, raw: unknown): unknown {
  switch (shape.kind) {
    case "structure":
    case "union":
      return readStruct(shape as StructShape, raw);
    case "list":
      if (!Array.isArray(raw)) break;
      return raw
        .filter((item) => item !== null)
        .map((item) => read((shape as ListShape).item, item));
    case "map":
      return readMap(shape as MapShape, raw);
    case "timestamp": {
      const seconds = (raw as CborTag).tag === 1 ? (raw as CborTag).value : undefined;
      if (typeof seconds !== "number") break;
      return parseTimestamp(seconds);
    }
    case "blob":
      if (!Buffer.isBuffer(raw)) break;
      return raw;
    case "string":
    case "boolean":
      if (typeof raw !== shape.kind) break;
      return raw;
    case "integer":
    case "long":
      if (!Number.isInteger(raw)) break;
      return raw;
    default:
      if (typeof raw === "number" || typeof raw === "bigint") return Number(raw);
  }
  throw mismatch(shape);
}

function readMap(shape: MapShape, raw: unknown): Values {
  if (!isMap(raw)) throw mismatch(shape);
  const found: Values = {};
  for (const key of Object.keys(raw))
    if (raw[key] !== null) setKey(found, key, read(shape.value, raw[key]));
  return found;
}

/** Writes a structure as a CBOR map; members that the model lacks are left out. */
export function writeCborStruct(shape: StructShape, value: Values, type?: string): Buffer {
  const chunks: Buffer[] = [Buffer.of(0xbf)];
  if (type !== undefined) chunks.push(text("__type"), text(type));
  writeMembers(chunks, shape, value);
  chunks.push(Buffer.of(0xff));
  return Buffer.concat(chunks);
}

function writeMembers(chunks: Buffer[], shape: StructShape, value: Values): void {
  for (const member of shape.members) {
    const found = value[member.name];
    if (found === undefined || found === null) continue;
    chunks.push(text(member.name));
    write(chunks, member.shape, found);
  }
}

function write(chunks: Buffer[], shape: Shape, value: unknown): void {
  switch (shape.kind) {
    case "structure":
    case "union":
      chunks.push(writeCborStruct(shape as StructShape, value as Values));
      return;
    case "list":
      chunks.push(head(4, (value as unknown[]).length));
      for (const item of value as unknown[]) write(chunks, (shape as ListShape).item, item);
      return;
    case "map":
      writeMap(chunks, shape as MapShape, value as Values);
      return;
    case "timestamp":
      chunks.push(Buffer.of(0xc1), double((value as Date).getTime() / 1000));
      return;
    case "blob": {
      const bytes = toBytes(value);
      chunks.push(head(2, bytes.length), bytes);
      return;
    }
    case "boolean":
      chunks.push(Buffer.of(value ? 0xf5 : 0xf4));
      return;
    case "string":
      chunks.push(text(String(value)));
      return;
    default:
      chunks.push(number(Number(value)));
  }
}

function writeMap(chunks: Buffer[], shape: MapShape, value: Values): void {
  const keys = Object.keys(value).filter((key) => value[key] !== undefined && value[key] !== null);
  chunks.push(head(5, keys.length));
  for (const key of keys) {
    chunks.push(text(key));
    write(chunks, shape.value, value[key]);
  }
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "utf8");
  return Buffer.concat([head(3, bytes.length), bytes]);
}

function number(value: number): Buffer {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return double(value);
  return value < 0 ? head(1, -1 - value) : head(0, value);
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(9, 0xfb);
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function head(major: number, argument: number): Buffer {
  const type = major << 5;
  if (argument < 24) return Buffer.of(type | argument);
  if (argument < 0x100) return Buffer.of(type | 24, argument);
  const bytes = Buffer.alloc(argument < 0x10000 ? 3 : argument < 0x100000000 ? 5 : 9);
  bytes[0] = type | (bytes.length === 3 ? 25 : bytes.length === 5 ? 26 : 27);
  if (bytes.length === 3) bytes.writeUInt16BE(argument, 1);
  else if (bytes.length === 5) bytes.writeUInt32BE(argument, 1);
  else bytes.writeBigUInt64BE(BigInt(argument), 1);
  return bytes;
}
