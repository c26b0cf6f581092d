import type { ListShape, MapShape, Member, Shape, SimpleShape, StructShape } from "./model.ts";
import { formatNumber, formatTimestamp, toBytes } from "./scalar.ts";

type Values = Record<string, unknown>;

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

// Control characters other than tab, newline and return are not allowed in XML 1.0; line ends would be normalised away.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const UNSAFE = /[&<>"\r\u0000-\u0008\u000b\u000c\u000e-\u001f\u0085\u2028\ufffe\uffff]/;
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const UNSAFE_ALL = /[&<>"\r\u0000-\u0008\u000b\u000c\u000e-\u001f\u0085\u2028\ufffe\uffff]/g;
const NAMED: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Escapes text for XML; characters that XML 1.0 forbids are written as references, as AWS does. */
export function escapeXml(text: string): string {
  if (!UNSAFE.test(text)) return text;
  return text.replace(
    UNSAFE_ALL,
    (char) => NAMED[char] ?? `&#x${char.charCodeAt(0).toString(16).toUpperCase()};`,
  );
}

/** An element with text; the text is escaped. */
export function textElement(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

/** Writes the members of a structure, those bound to the body alone, without an element around them. */
export function writeXmlMembers(shape: StructShape, value: Values): string {
  let xml = "";
  for (const member of shape.members) {
    const found = value[member.name];
    if (found === undefined || found === null || member.xmlAttribute || member.binding !== "body")
      continue;
    xml += writeMember(member, found);
  }
  return xml;
}

/** Writes a structure as an element; `namespace` goes on it where given. */
export function writeXmlStruct(
  name: string,
  shape: StructShape,
  value: Values,
  namespace = "",
): string {
  const declared = namespace === "" ? "" : ` xmlns="${escapeXml(namespace)}"`;
  return `<${name}${declared}${writeAttributes(shape, value)}>${writeXmlMembers(shape, value)}</${name}>`;
}

function writeAttributes(shape: StructShape, value: Values): string {
  let attributes = "";
  for (const member of shape.members) {
    if (!member.xmlAttribute || value[member.name] === undefined) continue;
    attributes += ` ${member.xmlName}="${escapeXml(writeSimple(member.shape, value[member.name]))}"`;
  }
  return attributes;
}

function writeMember(member: Member, value: unknown): string {
  const { shape, xmlName } = member;
  if (member.flattened && shape.kind === "list")
    return writeItems(shape as ListShape, value as unknown[], xmlName);
  if (member.flattened && shape.kind === "map")
    return writeEntries(shape as MapShape, value as Values, xmlName);
  if (member.xmlNamespace === undefined) return writeElement(xmlName, shape, value);
  const [prefix, uri] = member.xmlNamespace;
  const declared = ` xmlns${prefix === "" ? "" : `:${prefix}`}="${escapeXml(uri)}"`;
  const attributes = "members" in shape ? writeAttributes(shape, value as Values) : "";
  return `<${xmlName}${declared}${attributes}>${writeContent(shape, value)}</${xmlName}>`;
}

function writeElement(name: string, shape: Shape, value: unknown): string {
  if ("members" in shape) return writeXmlStruct(name, shape, value as Values);
  const content = writeContent(shape, value);
  return content === "" ? `<${name}/>` : `<${name}>${content}</${name}>`;
}

function writeContent(shape: Shape, value: unknown): string {
  switch (shape.kind) {
    case "structure":
    case "union":
      return writeXmlMembers(shape as StructShape, value as Values);
    case "list":
      return writeItems(shape as ListShape, value as unknown[], (shape as ListShape).itemName);
    case "map":
      return writeEntries(shape as MapShape, value as Values, "entry");
    default:
      return escapeXml(writeSimple(shape, value));
  }
}

function writeItems(shape: ListShape, items: readonly unknown[], name: string): string {
  let xml = "";
  for (const item of items) xml += writeElement(name, shape.item, item);
  return xml;
}

function writeEntries(shape: MapShape, value: Values, name: string): string {
  let xml = "";
  for (const key of Object.keys(value)) {
    if (value[key] === undefined || value[key] === null) continue;
    xml += `<${name}>${textElement(shape.keyName, key)}${writeElement(shape.valueName, shape.value, value[key])}</${name}>`;
  }
  return xml;
}

/** Writes a simple value as text, not yet escaped. Timestamps are `date-time` unless the shape says otherwise. */
export function writeSimple(shape: Shape, value: unknown): string {
  switch (shape.kind) {
    case "string":
      return String(value);
    case "boolean":
      return value ? "true" : "false";
    case "timestamp": {
      const { format } = shape as SimpleShape;
      return String(formatTimestamp(value, format === "default" ? "date-time" : format));
    }
    case "blob":
      return toBytes(value).toString("base64");
    default:
      return formatNumber(value);
  }
}
