import { Readable } from "node:stream";
import { writeCborStruct } from "./cbor-codec.ts";
import { writeJsonStruct, eventStreamError, writeJson } from "./json-codec.ts";
import { requestIdHeaders } from "./response-headers.ts";
import type { ResolvedOperation, WireResponse } from "./wire-types.ts";
import {
  textElement,
  writeXmlMembers,
  XML_DECLARATION,
  escapeXml,
  writeSimple,
  writeXmlStruct,
} from "./xml-writer.ts";
import type { ListShape, Member, Shape, SimpleShape, StructShape } from "./model.ts";
import { formatTimestamp, toBytes } from "./scalar.ts";

type Values = Record<string, unknown>;

/** Name of the output of an operation that has none. */
const NO_OUTPUT = "Unit";
const NO_CONTENT = 204;
const PARTIAL_CONTENT = 206;

/** Writes an output in the protocol of its request. */
export function encodeOutput(
  resolved: ResolvedOperation,
  output: Values,
  requestId: string,
): WireResponse {
  switch (resolved.protocol) {
    case "awsJson1.0":
    case "awsJson1.1": {
      const body = JSON.stringify(writeJsonStruct(resolved.model.output, output));
      return whole(
        resolved,
        Buffer.from(body),
        requestId,
        `application/x-amz-json-${resolved.protocol.slice(7)}`,
      );
    }
    case "rpc-v2-cbor":
      return encodeCbor(resolved, output, requestId);
    case "query":
      return whole(
        resolved,
        Buffer.from(writeQueryDocument(resolved, output, requestId)),
        requestId,
        "text/xml",
      );
    case "ec2Query":
      return whole(
        resolved,
        Buffer.from(writeEc2Document(resolved, output, requestId)),
        requestId,
        "text/xml;charset=UTF-8",
      );
    case "restXml":
    case "restJson":
      return encodeRest(resolved, output, requestId);
  }
}

function whole(
  resolved: ResolvedOperation,
  body: Buffer,
  requestId: string,
  contentType: string,
): WireResponse {
  const headers = requestIdHeaders(resolved, requestId);
  headers["content-type"] = contentType;
  headers["content-length"] = String(body.length);
  return { status: 200, headers, body };
}

/** An operation without an output has neither body nor type: https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html */
function encodeCbor(resolved: ResolvedOperation, output: Values, requestId: string): WireResponse {
  const shape = resolved.model.output;
  const body = shape.name === NO_OUTPUT ? Buffer.alloc(0) : writeCborStruct(shape, output);
  const answer = whole(resolved, body, requestId, "application/cbor");
  answer.headers["smithy-protocol"] = "rpc-v2-cbor";
  if (body.length === 0) delete answer.headers["content-type"];
  return answer;
}

function writeQueryDocument(
  { model, serviceModel }: ResolvedOperation,
  output: Values,
  requestId: string,
): string {
  const { name } = model;
  const members = writeXmlMembers(model.output, output);
  const result = model.output.name === NO_OUTPUT ? "" : `<${name}Result>${members}</${name}Result>`;
  const metadata = `<ResponseMetadata>${textElement("RequestId", requestId)}</ResponseMetadata>`;
  return `<${name}Response xmlns="${serviceModel.xmlNamespace}">${result}${metadata}</${name}Response>`;
}

/** EC2 answers `<return>true</return>` where the model has no output. */
function writeEc2Document(
  { model, serviceModel }: ResolvedOperation,
  output: Values,
  requestId: string,
): string {
  const { name } = model;
  const members =
    model.output.name === NO_OUTPUT
      ? "<return>true</return>"
      : writeXmlMembers(model.output, output);
  const opening = `<${name}Response xmlns="${serviceModel.xmlNamespace}/">`;
  return `${XML_DECLARATION}${opening}${textElement("requestId", requestId)}${members}</${name}Response>`;
}

/**
 * A bound header goes before what the body suggests: `HeadObject` tells the length of a body that it does not send. A
 * part of an object is 206: https://www.rfc-editor.org/rfc/rfc9110#name-206-partial-content
 */
function encodeRest(resolved: ResolvedOperation, output: Values, requestId: string): WireResponse {
  const answer = writeRestOutput(resolved, output);
  const partial = answer.headers["content-range"] === undefined ? undefined : PARTIAL_CONTENT;
  const status = answer.status ?? partial ?? resolved.model.http?.status ?? 200;
  const headers = Object.assign(requestIdHeaders(resolved, requestId), answer.headers);
  const isBodiless = status === NO_CONTENT || resolved.method === "HEAD";
  if (answer.contentType !== undefined && !isBodiless)
    headers["content-type"] ??= answer.contentType;
  if (isBodiless) return { status, headers, body: Buffer.alloc(0) };
  if (!(answer.body instanceof Readable)) headers["content-length"] = String(answer.body.length);
  return { status, headers, body: answer.body };
}

interface RestResponse {
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
function writeRestOutput(resolved: ResolvedOperation, output: Values): RestResponse {
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
