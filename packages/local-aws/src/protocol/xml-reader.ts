import { AwsError } from "./aws-error.ts";
import type { ListShape, MapShape, Member, Shape, StructShape } from "./model.ts";
import { parseBase64, parseBoolean, parseNumber, parseTimestamp, setKey } from "./scalar.ts";
import { parseXml, type XmlElement } from "./xml-parser.ts";

type Values = Record<string, unknown>;

/** S3's answer to a document that is not well-formed or does not fit its schema. */
export function malformedXml(cause?: unknown): AwsError {
  return new AwsError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
    { status: 400, cause },
  );
}

/** Parses a document and reads its root as a structure. Throws `MalformedXML`. */
export function readXmlDocument(shape: StructShape, body: Buffer): Values {
  let root: XmlElement;
  try {
    root = parseXml(body.toString("utf8"));
  } catch (cause) {
    throw malformedXml(cause);
  }
  return readXmlStruct(shape, root);
}

/** Reads an element as a structure; elements that the model does not know are left out. Throws `MalformedXML`. */
export function readXmlStruct(shape: StructShape, element: XmlElement): Values {
  const found: Values = {};
  for (const member of shape.members) {
    if (member.binding !== "body") continue;
    const value = member.xmlAttribute
      ? readAttribute(member, element)
      : readMember(member, element);
    if (value !== undefined) found[member.name] = value;
  }
  return found;
}

function readAttribute(member: Member, element: XmlElement): unknown {
  const local = member.xmlName.slice(member.xmlName.indexOf(":") + 1);
  const name = Object.keys(element.attributes).find(
    (key) => key.slice(key.indexOf(":") + 1) === local,
  );
  return name === undefined
    ? undefined
    : readText(member.shape, element.attributes[name] as string);
}

function readMember(member: Member, element: XmlElement): unknown {
  const matching = element.children.filter((child) => child.name === member.xmlName);
  const first = matching[0];
  if (first === undefined) return undefined;
  const { shape } = member;
  if (member.flattened && shape.kind === "list") {
    return matching.map((child) => readElement((shape as ListShape).item, child));
  }
  if (member.flattened && shape.kind === "map") return readEntries(shape as MapShape, matching);
  return readElement(shape, first);
}

function readElement(shape: Shape, element: XmlElement): unknown {
  switch (shape.kind) {
    case "structure":
    case "union":
      return readXmlStruct(shape as StructShape, element);
    case "list": {
      const { item, itemName } = shape as ListShape;
      return element.children
        .filter(({ name }) => name === itemName)
        .map((child) => readElement(item, child));
    }
    case "map":
      return readEntries(
        shape as MapShape,
        element.children.filter(({ name }) => name === "entry"),
      );
    default:
      return readText(shape, element.text);
  }
}

function readEntries(shape: MapShape, entries: readonly XmlElement[]): Values {
  const found: Values = {};
  for (const entry of entries) {
    const key = entry.children.find(({ name }) => name === shape.keyName);
    const value = entry.children.find(({ name }) => name === shape.valueName);
    if (key === undefined || value === undefined) throw malformedXml();
    setKey(found, key.text, readElement(shape.value, value));
  }
  return found;
}

/** Reads simple text. White space around anything but a string does not count. */
function readText(shape: Shape, text: string): unknown {
  if (shape.kind === "string") return text;
  const value = parseSimple(shape, text.trim());
  if (value === undefined) throw malformedXml();
  return value;
}

/** Reads a simple value from text; undefined when the text is no such value. Shared by XML, query and headers. */
export function parseSimple(shape: Shape, text: string): unknown {
  switch (shape.kind) {
    case "string":
      return text;
    case "boolean":
      return parseBoolean(text);
    case "timestamp":
      return parseTimestamp(text);
    case "blob":
      return parseBase64(text);
    case "integer":
    case "long":
      return parseNumber(text, true);
    default:
      return parseNumber(text, false);
  }
}
