import { createHash } from "node:crypto";
import type {
  ListShape,
  MapShape,
  Member,
  Shape,
  SimpleShape,
  StructShape,
} from "../../src/protocol/model.ts";
import type { Random } from "./random.ts";

type Values = Record<string, unknown>;

const MAX_DEPTH = 6;
const ANY_TEXT = [
  "a",
  "Z",
  "9",
  "-",
  "_",
  " ",
  "é",
  "日",
  "𝄞",
  "<",
  ">",
  "&",
  '"',
  "'",
  "%",
  "+",
  "/",
  "\\",
  "=",
  ";",
  "\n",
];
const HEADER_TEXT = ["a", "Z", "9", "-", "_", "/", "<", "&", "=", "%", "+"];
const LABEL_TEXT = ["a", "Z", "9", "-", "_", " ", "é", "日", "%", "+", "&", "=", "?", "#"];

const CUSTOMER_KEY = Buffer.alloc(32, "k");

/** Values that must have a form that a client checks, or from which it computes others, before it sends anything. */
const FIXED: Readonly<Record<string, string>> = {
  Bucket: "a-bucket",
  ChecksumAlgorithm: "CRC32",
  // Text in the SDK's model and a number in botocore's.
  PartNumberMarker: "12",
  NextPartNumberMarker: "13",
  RequestRoute: "route",
  ...sseCustomerKeys("SSECustomer"),
  ...sseCustomerKeys("CopySourceSSECustomer"),
};

/**
 * Members that a client does more with than sending or reading them: `ChecksumMode` makes it check the body's checksum,
 * `EndpointId` makes it look for another host, `ExpiresString` is its own copy of `Expires`.
 */
const LEFT_OUT: ReadonlySet<string> = new Set(["ChecksumMode", "EndpointId", "ExpiresString"]);

function sseCustomerKeys(prefix: string): Record<string, string> {
  const digest = createHash("md5").update(CUSTOMER_KEY).digest("base64");
  return { [`${prefix}Key`]: CUSTOMER_KEY.toString("base64"), [`${prefix}KeyMD5`]: digest };
}

/**
 * Makes a value of a structure: all its members, or, where it nests too deeply, the required ones. Enums, lengths and
 * ranges are kept; patterns are not, because they are not part of the wire.
 */
export function randomStruct(random: Random, shape: StructShape, depth = 0): Values {
  const found: Values = {};
  const members = shape.kind === "union" ? [random.pick(shape.members)] : shape.members;
  for (const member of members) {
    if (LEFT_OUT.has(member.name)) continue;
    if (!member.required && (depth > MAX_DEPTH || (depth > 2 && random.chance(0.5)))) continue;
    const value = randomMember(random, member, depth);
    if (value !== undefined && !isHollow(value)) found[member.name] = value;
  }
  if (isHollow(found)) fill(random, shape, found, depth);
  const body = shape.members.find(({ shape: { kind } }) => kind === "streamingBlob");
  const bytes = found[body?.name ?? ""];
  if (bytes instanceof Uint8Array && "ContentLength" in found)
    found["ContentLength"] = bytes.length;
  return found;
}

/** Gives an empty structure its first member that is a simple value, if it has one: emptiness leaves no trace in a form. */
function fill(random: Random, shape: StructShape, found: Values, depth: number): void {
  const simple = shape.members.find(
    (member) => "format" in member.shape && !LEFT_OUT.has(member.name),
  );
  const member = simple ?? (depth > 2 * MAX_DEPTH ? undefined : shape.members[0]);
  const value = member && randomMember(random, member, depth);
  if (member && value !== undefined && !isHollow(value)) found[member.name] = value;
}

function randomMember(random: Random, member: Member, depth: number): unknown {
  const { shape, binding, name } = member;
  if (FIXED[name] !== undefined && shape.kind === "string") return FIXED[name];
  if (binding === "label") return text(random, LABEL_TEXT, shape as SimpleShape);
  if (binding === "prefixHeaders")
    return { [`key-${random.whole(0, 99)}`]: text(random, HEADER_TEXT, {}) };
  if (
    binding === "header" &&
    shape.kind === "string" &&
    (shape as SimpleShape).enum === undefined
  ) {
    return text(random, HEADER_TEXT, shape as SimpleShape);
  }
  if (
    binding === "header" &&
    shape.kind === "list" &&
    (shape as ListShape).item.kind === "string"
  ) {
    const item = (shape as ListShape).item as SimpleShape;
    return [0, 1].map(() =>
      item.enum === undefined ? text(random, ["a", "b"], item) : random.pick(item.enum),
    );
  }
  if (binding === "statusCode") return 200;
  return randomValue(random, shape, depth);
}

function randomValue(random: Random, shape: Shape, depth: number): unknown {
  switch (shape.kind) {
    case "structure":
    case "union":
      return randomStruct(random, shape as StructShape, depth + 1);
    case "list":
      return randomList(random, shape as ListShape, depth);
    case "map":
      return randomMap(random, shape as MapShape, depth);
    case "eventStream":
      return undefined;
    default:
      return randomSimple(random, shape as SimpleShape);
  }
}

function randomSimple(random: Random, shape: SimpleShape): unknown {
  switch (shape.kind) {
    case "string":
      return shape.enum === undefined ? text(random, ANY_TEXT, shape) : random.pick(shape.enum);
    case "boolean":
      return random.chance(0.5);
    case "timestamp":
      return new Date(random.whole(0, 4_000_000_000) * 1000);
    case "blob":
    case "streamingBlob":
      return bytes(random, shape);
    case "document":
      return { text: text(random, ANY_TEXT, {}), list: [1, true, "x"], nested: { number: 1.5 } };
    case "float":
    case "double":
      return within(random.whole(-1000, 1000) / 8, shape);
    case "long":
      return within(random.whole(-(2 ** 40), 2 ** 40), shape);
    default:
      return within(random.whole(0, 2 ** 31 - 1), shape);
  }
}

function randomList(random: Random, shape: ListShape, depth: number): unknown[] {
  const size = sizeFor(random, shape, 1, 2);
  const items = Array.from({ length: size }, () => randomValue(random, shape.item, depth));
  return items.filter((item) => !isHollow(item));
}

function randomMap(random: Random, shape: MapShape, depth: number): Values {
  const entries = Array.from({ length: sizeFor(random, shape, 1, 2) }, (_, at) => {
    const { enum: keys } = shape.key as SimpleShape;
    // The number keeps keys apart, and within their length.
    const { max } = shape.key as SimpleShape;
    const key =
      keys?.[at] ?? `${at}${text(random, ANY_TEXT, shape.key as SimpleShape)}`.slice(0, max);
    return [key, randomValue(random, shape.value, depth)] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => !isHollow(value)));
}

/** A structure without members and a list without items leave no trace in a form. */
function isHollow(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value?.constructor === Object && Object.keys(value).length === 0;
}

interface Size {
  readonly min?: number;
  readonly max?: number;
}

function sizeFor(random: Random, { min, max }: Size, low: number, high: number): number {
  const lowest = Math.max(low, min ?? low);
  return random.whole(
    Math.min(lowest, max ?? lowest),
    Math.max(lowest, Math.min(high, max ?? high)),
  );
}

/** Text that begins and ends with a letter: white space at the ends of a header or label does not survive. */
function text(random: Random, alphabet: readonly string[], size: Size): string {
  const length = sizeFor(random, size, 1, 12);
  if (length <= 2) return "x".repeat(length);
  return `a${Array.from({ length: length - 2 }, () => random.pick(alphabet)).join("")}z`;
}

function bytes(random: Random, size: Size): Uint8Array {
  return Uint8Array.from({ length: sizeFor(random, size, 1, 20) }, () => random.whole(0, 255));
}

function within(value: number, { min, max }: Size): number {
  return Math.min(Math.max(value, min ?? value), max ?? Math.max(value, min ?? value));
}
