import { Readable } from "node:stream";
import { eventStreamError, writeJson, writeJsonStruct } from "./json-codec.ts";
import type { ListShape, Member, Shape, SimpleShape, StructShape } from "./model.ts";
import { formatTimestamp, toBytes } from "./scalar.ts";
import type { ResolvedOperation } from "./wire-types.ts";
import { escapeXml, writeSimple, writeXmlStruct, XML_DECLARATION } from "./xml-writer.ts";

type Values = Record<string, unknown>;

export interface RestResponse {
  readonly status: number | undefined;
  readonly headers: Record<string, string>;
  readonly body: Buffer | Readable;
  /** Media type of the body, where it has one. */
  readonly contentType: string | undefined;
}

/** S3 answers `GetBucketLocation` with a bare element, which the SDK's schemas do not say. */
const UNWRAPPED: Readonly<Record<string, string>> = { GetBucketLocation: "LocationConstraint" };

/** Statuses that S3 answers with and its model does not say. */
const UNMODELLED_STATUS: Readonly<Record<string, number>> = {
  PutBucketTagging: 204,
  PutBucketPolicy: 204,
};

/** Writes an output as status, headers and body: https://smithy.io/2.0/spec/http-bindings.html */
export function writeRestOutput(resolved: ResolvedOperation, output: Values): RestResponse {
  const { members } = resolved.model.output;
  const headers: Record<string, string> = {};
  let status: number | undefined;
  for (const member of members) {
    const value = output[member.name];
    if (value === undefined || value === null) continue;
    if (member.binding === "header") headers[member.bindingName] = writeHeader(member.shape, value);
    else if (member.binding === "prefixHeaders")
      writePrefixed(headers, member.bindingName, value as Values);
    else if (member.binding === "statusCode") status = value as number;
  }
  const payload = members.find(({ binding }) => binding === "payload");
  if (payload !== undefined)
    return { status, headers, ...writePayload(resolved, payload, output[payload.name]) };
  if (resolved.service === "s3") {
    const { name } = resolved.model;
    status ??= UNMODELLED_STATUS[name];
    // It tells the type of the list that GET would answer.
    if (name === "HeadBucket") headers["content-type"] = "application/xml";
  }
  return { status, headers, ...writeBody(resolved, output) };
}

type Body = Pick<RestResponse, "body" | "contentType">;

const NO_BODY: Body = { body: Buffer.alloc(0), contentType: undefined };

function writeBody({ protocol, model, serviceModel }: ResolvedOperation, output: Values): Body {
  const shape = model.output;
  const isBodiless = shape.members.every(({ binding }) => binding !== "body");
  if (protocol === "restJson") {
    return {
      body: Buffer.from(JSON.stringify(writeBodyJson(shape, output))),
      contentType: "application/json",
    };
  }
  if (isBodiless) return NO_BODY;
  const unwrapped = UNWRAPPED[model.name];
  if (unwrapped !== undefined)
    return xml(unwrappedElement(unwrapped, output[unwrapped], serviceModel.xmlNamespace));
  return xml(writeXmlStruct(shape.xmlName, shape, output, serviceModel.xmlNamespace));
}

function unwrappedElement(name: string, value: unknown, namespace: string): string {
  const text = value === undefined ? "" : writeSimple({ kind: "string", format: "default" }, value);
  return `<${name} xmlns="${namespace}">${escapeXml(text)}</${name}>`;
}

function writeBodyJson(shape: StructShape, output: Values): Values {
  const unbound = shape.members.filter(({ binding }) => binding === "body");
  return writeJsonStruct({ ...shape, members: unbound }, output);
}

function writePayload(
  { protocol, serviceModel }: ResolvedOperation,
  { shape, xmlName }: Member,
  value: unknown,
): Body {
  if (value === undefined || value === null) return NO_BODY;
  if (shape.kind === "eventStream") throw eventStreamError();
  if (shape.kind === "streamingBlob" || shape.kind === "blob") {
    const body = value instanceof Readable ? value : toBytes(value);
    return { body, contentType: "application/octet-stream" };
  }
  if (shape.kind === "string")
    return { body: Buffer.from(String(value)), contentType: "text/plain" };
  if (protocol === "restJson") {
    return {
      body: Buffer.from(JSON.stringify(writeJson(shape, value))),
      contentType: "application/json",
    };
  }
  const struct = shape as StructShape;
  const name = struct.xmlName === struct.name ? xmlName : struct.xmlName;
  return xml(writeXmlStruct(name, struct, value as Values, serviceModel.xmlNamespace));
}

function xml(document: string): Body {
  return { body: Buffer.from(XML_DECLARATION + document), contentType: "application/xml" };
}

function writeHeader(shape: Shape, value: unknown): string {
  if (shape.kind === "list") {
    return (value as unknown[])
      .map((item) => writeHeader((shape as ListShape).item, item))
      .join(",");
  }
  if (shape.kind !== "timestamp") return headerText(writeSimple(shape, value));
  const { format } = shape as SimpleShape;
  return String(formatTimestamp(value, format === "default" ? "http-date" : format));
}

/** Text as a header may hold it: a line end in stored metadata must not end the header. */
function headerText(text: string): string {
  return text.replace(/[\r\n]+/g, " ");
}

function writePrefixed(headers: Record<string, string>, prefix: string, value: Values): void {
  for (const key of Object.keys(value))
    headers[`${prefix}${key}`.toLowerCase()] = headerText(String(value[key]));
}
