import { AwsError } from "./aws-error.ts";
import type { ListShape, MapShape, Member, Shape, StructShape } from "./model.ts";
import { setKey } from "./scalar.ts";
import { parseSimple } from "./xml-reader.ts";

type Values = Record<string, unknown>;

/** Keys that every query request may carry and that are no parameters of the operation. */
const COMMON_KEYS = new Set([
  "Action",
  "Version",
  "AWSAccessKeyId",
  "Expires",
  "SecurityToken",
  "Signature",
  "SignatureMethod",
  "SignatureVersion",
  "Timestamp",
]);

/** How many parameters a form may have, and in how many parts a parameter's name. */
const MAX_PAIRS = 10_000;
const MAX_KEY_PARTS = 30;

/** Parses a form. Throws `MalformedQueryString`, also where it says a parameter twice. */
export function parseForm(text: string): Map<string, string> {
  const form = new Map<string, string>();
  for (const [key, value] of formPairs(text)) {
    if (form.has(key)) throw malformedQuery(`The parameter ${key} was sent more than once`);
    form.set(key, value);
  }
  return form;
}

/** Parses the query of a URL, where a key may stand several times. Throws `MalformedQueryString`. */
export function parseQueryString(url: string): Map<string, readonly string[]> {
  const mark = url.indexOf("?");
  const query = new Map<string, string[]>();
  if (mark < 0) return query;
  for (const [key, value] of formPairs(url.slice(mark + 1))) {
    const values = query.get(key) ?? [];
    values.push(value);
    query.set(key, values);
  }
  return query;
}

function* formPairs(text: string): Generator<readonly [key: string, value: string]> {
  let pairs = 0;
  for (let start = 0, end = 0; start <= text.length; start = end + 1) {
    end = text.indexOf("&", start);
    if (end < 0) end = text.length;
    const pair = text.slice(start, end);
    if (pair === "") continue;
    if (++pairs > MAX_PAIRS) throw malformedQuery(`There are more than ${MAX_PAIRS} parameters`);
    const equals = pair.indexOf("=");
    const key = decodeFormPart(equals < 0 ? pair : pair.slice(0, equals));
    yield [key, equals < 0 ? "" : decodeFormPart(pair.slice(equals + 1))];
  }
}

function decodeFormPart(text: string): string {
  if (!/[%+]/.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch (cause) {
    throw malformedQuery("The query string contains a syntax error", cause);
  }
}

function malformedQuery(message: string, cause?: unknown): AwsError {
  return new AwsError("MalformedQueryString", message, { status: 404, cause });
}

/** The dotted keys of a form as a tree: `Tag.1.Key` is `Tag` → `1` → `Key`. */
interface Node {
  value?: string;
  children?: Map<string, Node>;
}

function toTree(form: ReadonlyMap<string, string>): Node {
  const root: Node = {};
  for (const [key, value] of form) {
    if (COMMON_KEYS.has(key) || key.startsWith("X-Amz-")) continue;
    let node = root;
    const parts = key.split(".", MAX_KEY_PARTS + 1);
    if (parts.length > MAX_KEY_PARTS)
      throw malformedQuery(`A parameter's name has more than ${MAX_KEY_PARTS} parts`);
    for (const part of parts) {
      node.children ??= new Map();
      let child = node.children.get(part);
      if (child === undefined) node.children.set(part, (child = {}));
      node = child;
    }
    node.value = value;
  }
  return root;
}

/**
 * Reads a query form: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html. Keys that the model does not know are
 * left out. Throws `MalformedInput` on a value of the wrong type.
 */
export function readQuery(shape: StructShape, form: ReadonlyMap<string, string>): Values {
  return new QueryReader(false).struct(shape, toTree(form), "");
}

/**
 * Reads an EC2 form: https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html. Throws `UnknownParameter` on a key
 * that the model does not know, `InvalidParameterValue` on a value of the wrong type.
 */
export function readEc2Query(shape: StructShape, form: ReadonlyMap<string, string>): Values {
  return new QueryReader(true).struct(shape, toTree(form), "");
}

class QueryReader {
  readonly #ec2: boolean;

  constructor(ec2: boolean) {
    this.#ec2 = ec2;
  }

  struct(shape: StructShape, node: Node, path: string): Values {
    const found: Values = {};
    let known = 0;
    for (const member of shape.members) {
      const name = this.#ec2 ? member.ec2Name : member.xmlName;
      const child = node.children?.get(name);
      if (child === undefined) continue;
      known++;
      found[member.name] = this.#member(member, child, `${path}${name}`);
    }
    if (this.#ec2 && known < (node.children?.size ?? 0)) throw unknownParameter(shape, node, path);
    return found;
  }

  #member(member: Member, node: Node, path: string): unknown {
    const flat = this.#ec2 || member.flattened;
    const { shape } = member;
    if (shape.kind === "list") return this.#list(shape as ListShape, node, path, flat);
    if (shape.kind === "map") return this.#map(shape as MapShape, node, path, flat);
    return this.#value(shape, node, path);
  }

  #value(shape: Shape, node: Node, path: string): unknown {
    switch (shape.kind) {
      case "structure":
      case "union":
        return this.struct(shape as StructShape, node, `${path}.`);
      case "list":
        return this.#list(shape as ListShape, node, path, this.#ec2);
      case "map":
        return this.#map(shape as MapShape, node, path, false);
      default: {
        const value = parseSimple(shape, node.value ?? "");
        if (value === undefined) throw this.#invalid(shape, node, path);
        return value;
      }
    }
  }

  /** An empty value stands for an empty list. */
  #list(shape: ListShape, node: Node, path: string, flat: boolean): unknown[] {
    const items = flat ? node : node.children?.get(shape.itemName);
    const prefix = flat ? path : `${path}.${shape.itemName}`;
    return numbered(items).map(([index, item]) =>
      this.#value(shape.item, item, `${prefix}.${index}`),
    );
  }

  #map(shape: MapShape, node: Node, path: string, flat: boolean): Values {
    const entries = flat ? node : node.children?.get("entry");
    const found: Values = {};
    for (const [index, entry] of numbered(entries)) {
      const key = entry.children?.get(shape.keyName)?.value ?? "";
      const value = entry.children?.get(shape.valueName) ?? {};
      setKey(found, key, this.#value(shape.value, value, `${path}.${index}.${shape.valueName}`));
    }
    return found;
  }

  #invalid(shape: Shape, node: Node, path: string): AwsError {
    const value = node.value ?? "";
    if (this.#ec2) {
      const message = `Value (${value}) for parameter ${path} is invalid. The parameter must be of type ${shape.kind}`;
      return new AwsError("InvalidParameterValue", message);
    }
    return new AwsError(
      "MalformedInput",
      `STRING_VALUE can not be converted to ${shape.kind}: ${path}`,
    );
  }
}

function numbered(node: Node | undefined): (readonly [index: number, item: Node])[] {
  if (node?.children === undefined) return [];
  const items: (readonly [number, Node])[] = [];
  for (const [key, item] of node.children) if (/^\d+$/.test(key)) items.push([Number(key), item]);
  return items.toSorted(([a], [b]) => a - b);
}

function unknownParameter(shape: StructShape, node: Node, path: string): AwsError {
  const names = new Set(shape.members.map(({ ec2Name }) => ec2Name));
  const name = [...(node.children?.keys() ?? [])].find((key) => !names.has(key));
  return new AwsError("UnknownParameter", `The parameter ${path}${name} is not recognized`);
}
