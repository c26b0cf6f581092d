import { AwsError } from "./aws-error.ts";
import { parseJsonBody, readJson, readJsonStruct } from "./json-codec.ts";
import type { ListShape, Member, StructShape } from "./model.ts";
import { setKey } from "./scalar.ts";
import type { ResolvedOperation, WireRequest } from "./wire-types.ts";
import { malformedXml, parseSimple, readXmlDocument } from "./xml-reader.ts";

type Values = Record<string, unknown>;

/**
 * Reads the input of a REST call from path labels, query, headers and body:
 * https://smithy.io/2.0/spec/http-bindings.html. Throws `InvalidArgument` (S3), `SerializationException` or `MalformedXML`.
 */
export function readRestInput(
  resolved: ResolvedOperation,
  request: WireRequest,
  query: ReadonlyMap<string, readonly string[]>,
): Values {
  const shape = resolved.model.input;
  const found: Values = {};
  let bodyMembers = false;
  let hasPayload = false;
  for (const member of shape.members) {
    let value: unknown;
    if (member.binding === "body") bodyMembers = true;
    else if (member.binding === "payload") {
      hasPayload = true;
      value = readPayload(resolved, member, request.body);
    } else value = readBound(resolved, member, request.headers, query);
    if (value !== undefined) found[member.name] = value;
  }
  if (bodyMembers && !hasPayload)
    Object.assign(found, readBody(resolved, shape, request.body as Buffer));
  return found;
}

function readBody(resolved: ResolvedOperation, shape: StructShape, body: Buffer): Values {
  if (resolved.protocol === "restJson") return readJsonStruct(shape, parseJsonBody(body));
  return body.length === 0 ? {} : readXmlDocument(shape, body);
}

function readPayload(
  resolved: ResolvedOperation,
  { shape }: Member,
  body: WireRequest["body"],
): unknown {
  if (shape.kind === "streamingBlob" || shape.kind === "blob") return body;
  const bytes = body as Buffer;
  if (bytes.length === 0) return undefined;
  if (shape.kind === "string") return bytes.toString("utf8");
  if (resolved.protocol === "restJson") return readJson(shape, parseJsonBody(bytes));
  if (!("members" in shape)) throw malformedXml();
  return readXmlDocument(shape, bytes);
}

function readBound(
  resolved: ResolvedOperation,
  member: Member,
  headers: Readonly<Record<string, string>>,
  query: ReadonlyMap<string, readonly string[]>,
): unknown {
  const name = member.bindingName;
  switch (member.binding) {
    case "label":
      return readText(resolved, member, resolved.labels[member.name]);
    case "query":
      return readQueryValue(resolved, member, query.get(name));
    case "header":
      return readText(resolved, member, headerValue(name, headers));
    case "prefixHeaders":
      return readPrefixed(headers, name);
    case "queryParams":
      return Object.fromEntries([...query].map(([key, [value]]) => [key, value]));
    default:
      return undefined;
  }
}

/**
 * A header as the object it describes has it. `aws-chunked` only frames the body on its way, so neither that coding nor
 * the framed length belong to the object: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
function headerValue(name: string, headers: Readonly<Record<string, string>>): string | undefined {
  const value = headers[name];
  if (name === "content-length") return headers["x-amz-decoded-content-length"] ?? value;
  if (name !== "content-encoding" || value === undefined) return value;
  const codings = value
    .split(",")
    .filter((coding) => coding.trim().toLowerCase() !== "aws-chunked");
  return codings.length === 0 ? undefined : codings.join(",").trim();
}

function readPrefixed(
  headers: Readonly<Record<string, string>>,
  prefix: string,
): Values | undefined {
  const found: Values = {};
  for (const name in headers) {
    if (name.startsWith(prefix) && name.length > prefix.length)
      setKey(found, name.slice(prefix.length), headers[name]);
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

/** A list takes every occurrence of its key. */
function readQueryValue(
  resolved: ResolvedOperation,
  member: Member,
  values: readonly string[] | undefined,
): unknown {
  const { shape } = member;
  if (shape.kind !== "list") {
    if (values !== undefined && values.length > 1)
      throw invalidText(resolved, member, values.join());
    return readText(resolved, member, values?.[0]);
  }
  const item = { ...member, shape: (shape as ListShape).item };
  return values?.map((value) => readText(resolved, item, value));
}

function readText(resolved: ResolvedOperation, member: Member, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  const { shape } = member;
  const value =
    shape.kind === "list" ? readListText(shape as ListShape, text) : parseSimple(shape, text);
  if (value === undefined) throw invalidText(resolved, member, text);
  return value;
}

function readListText(shape: ListShape, text: string): unknown[] | undefined {
  const parts = text.split(",").map((part) => parseSimple(shape.item, part.trim()));
  return parts.includes(undefined) ? undefined : parts;
}

function invalidText(resolved: ResolvedOperation, member: Member, text: string): AwsError {
  if (resolved.protocol === "restJson") {
    return new AwsError(
      "SerializationException",
      `Cannot parse ${text} as ${member.shape.kind}: ${member.name}`,
    );
  }
  const fields = { ArgumentName: member.bindingName, ArgumentValue: text };
  return new AwsError("InvalidArgument", `Provided ${member.bindingName} is not valid: ${text}`, {
    fields,
  });
}

/** The kind of a payload that is never held in memory. */
export function isStreamingPayload(shape: StructShape): boolean {
  return shape.members.some(
    ({ binding, shape: { kind } }) => binding === "payload" && kind === "streamingBlob",
  );
}
