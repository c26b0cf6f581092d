import { Readable } from "node:stream";
import { writeCborStruct } from "./cbor-codec.ts";
import { writeJsonStruct } from "./json-codec.ts";
import { writeRestOutput } from "./rest-response.ts";
import { requestIdHeaders } from "./response-headers.ts";
import type { ResolvedOperation, WireResponse } from "./wire-types.ts";
import { textElement, writeXmlMembers, XML_DECLARATION } from "./xml-writer.ts";

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
