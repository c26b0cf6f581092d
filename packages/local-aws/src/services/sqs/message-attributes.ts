import { createHash } from "node:crypto";
import { invalidContents, invalidValue } from "./faults.ts";
import type { Attribute, Attributes } from "./state.ts";

/** An attribute as callers give it. */
export interface GivenAttribute {
  readonly DataType?: string | undefined;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: Uint8Array | undefined;
}

type Given = Readonly<Record<string, GivenAttribute>>;

export const md5 = (text: string | Buffer): string => createHash("md5").update(text).digest("hex");

/**
 * The digest of a message's attributes; undefined where it has none.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export function attributesDigest(attributes: Attributes): string | undefined {
  const names = Object.keys(attributes).toSorted();
  if (names.length === 0) return undefined;
  const withLength = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  };
  const parts = names.flatMap((name) => {
    const { type, form } = attributes[name]!;
    const transport = Buffer.from([form === "string" ? 1 : 2]);
    return [
      ...withLength(Buffer.from(name)),
      ...withLength(Buffer.from(type)),
      transport,
      ...withLength(bytesOf(attributes[name]!)),
    ];
  });
  return md5(Buffer.concat(parts));
}

const bytesOf = ({ form, value }: Attribute): Buffer =>
  Buffer.from(value, form === "string" ? "utf8" : "base64");

/** How many bytes of a message its attributes take up: names, types and values. */
export function attributesSize(attributes: Attributes): number {
  return Object.entries(attributes).reduce(
    (sum, [name, attribute]) =>
      sum + Buffer.byteLength(name) + Buffer.byteLength(attribute.type) + bytesOf(attribute).length,
    0,
  );
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html: what XML 1.0 may hold. */
// oxlint-disable-next-line no-control-regex -- the characters that a message may hold are told by what is left out
const IMPOSSIBLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** @throws AwsError `InvalidMessageContents` for a character that a message cannot hold */
export function checkText(text: string): void {
  const [character] = IMPOSSIBLE.exec(text) ?? [];
  if (character === undefined) return;
  throw invalidContents(
    `Invalid binary character '#x${character.codePointAt(0)!.toString(16).toUpperCase()}' was found in the message body, the set of allowed characters is #x9 | #xA | #xD | [#x20 to #xD7FF] | [#xE000 to #xFFFD] | [#x10000 to #x10FFFF]`,
  );
}

const MOST_ATTRIBUTES = 10;

/**
 * The attributes of a message that is sent.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-message-attributes
 * @param most how many there may be; topics have no limit of their own
 * @throws AwsError `InvalidParameterValue`, `InvalidMessageContents`
 */
export function readAttributes(given: Given = {}, most = MOST_ATTRIBUTES): Attributes {
  const entries = Object.entries(given);
  if (entries.length > most)
    throw invalidValue(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`,
    );
  return Object.fromEntries(entries.map(([name, value]) => [name, readAttribute(name, value)]));
}

function readAttribute(name: string, given: GivenAttribute): Attribute {
  const { DataType: type = "", StringValue: text, BinaryValue: bytes } = given;
  checkName(name);
  if (type === "")
    throw invalidValue(
      `The message attribute '${name}' must contain a non-empty message attribute type.`,
    );
  const [, kind] = /^(String|Number|Binary)(?:\.[\w.-]+)?$/.exec(type) ?? [];
  if (kind === undefined || type.length > 256)
    throw invalidValue(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  const isBinary = kind === "Binary";
  if (isBinary ? !bytes || bytes.length === 0 : !text)
    throw invalidValue(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${kind}'.`,
    );
  if (isBinary) return { type, form: "binary", value: Buffer.from(bytes!).toString("base64") };
  checkText(text!);
  if (kind === "Number" && !isNumber(text!))
    throw invalidValue(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  return { type, form: "string", value: text! };
}

const isNumber = (text: string) => /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(text);

function checkName(name: string): void {
  const isForm = /^[\w.-]{1,256}$/.test(name);
  const isDotted = name.startsWith(".") || name.endsWith(".") || name.includes("..");
  if (!isForm || isDotted)
    throw invalidValue(
      "Message (user) attribute name can contain only A-Z, a-z, 0-9, underscore(_), hyphen(-), and period (.) characters, cannot start or end with a period or have successive periods, and has up to 256 characters.",
    );
  if (/^(?:aws|amazon)\./i.test(name))
    throw invalidValue("You can't use message attribute names beginning with 'AWS.' or 'Amazon.'.");
}

/** An attribute as callers are given it. */
export function shownAttributes(attributes: Attributes, names: Iterable<string>) {
  return Object.fromEntries(
    [...names].map((name) => {
      const { type: DataType, form, value } = attributes[name]!;
      return [
        name,
        form === "string"
          ? { DataType, StringValue: value }
          : { DataType, BinaryValue: Buffer.from(value, "base64") },
      ];
    }),
  );
}
