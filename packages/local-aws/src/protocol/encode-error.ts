import { writeCborStruct } from "./cbor-codec.ts";
import { writeJsonStruct } from "./json-codec.ts";
import type { ErrorModel, ServiceModel, StructShape } from "./model.ts";
import { requestIdHeaders } from "./response-headers.ts";
import type { AwsErrorLike, ProtocolGuess, WireResponse } from "./wire-types.ts";
import { textElement, writeXmlMembers, XML_DECLARATION } from "./xml-writer.ts";

type Values = Record<string, unknown>;

const NOT_MODIFIED = 304;
const MESSAGE_ONLY: StructShape = {
  kind: "structure",
  name: "Error",
  xmlName: "Error",
  members: [],
  byName: new Map(),
};

/** An error with what its service's model says of it. */
interface Fault {
  readonly error: AwsErrorLike;
  readonly model: ErrorModel | undefined;
  readonly status: number;
  readonly isSender: boolean;
}

/**
 * Writes an error in the protocol of its request. Its code may be a shape name or a wire code; a code that the service
 * does not model is written as it is. An answer to HEAD has headers alone.
 */
export function encodeError(
  target: ProtocolGuess,
  service: ServiceModel | undefined,
  error: AwsErrorLike,
  requestId: string,
): WireResponse {
  const model = service?.error(error.code);
  const status = error.statusGiven ? error.status : (model?.status ?? error.status);
  const fault: Fault = { error, model, status, isSender: error.senderFault && status < 500 };
  const headers = { ...requestIdHeaders(target, requestId), ...error.headers };
  const body = writeBody(target, service, fault, requestId, headers);
  if (target.method === "HEAD" || status === NOT_MODIFIED) {
    delete headers["content-type"];
    return { status, headers, body: Buffer.alloc(0) };
  }
  headers["content-length"] = String(body.length);
  return { status, headers, body };
}

function writeBody(
  target: ProtocolGuess,
  service: ServiceModel | undefined,
  fault: Fault,
  requestId: string,
  headers: Record<string, string>,
): Buffer {
  const { protocol } = target;
  switch (protocol) {
    case "awsJson1.0":
    case "awsJson1.1":
      headers["content-type"] = `application/x-amz-json-${protocol.slice(7)}`;
      setQueryError(headers, service, fault);
      return Buffer.from(JSON.stringify({ __type: shapeName(fault), ...jsonMembers(fault) }));
    case "restJson":
      headers["content-type"] = "application/json";
      headers["x-amzn-errortype"] = shapeName(fault);
      return Buffer.from(JSON.stringify(jsonMembers(fault)));
    case "rpc-v2-cbor":
      headers["content-type"] = "application/cbor";
      headers["smithy-protocol"] = "rpc-v2-cbor";
      setQueryError(headers, service, fault);
      return writeCborError(fault);
    case "query":
      headers["content-type"] = "text/xml";
      return Buffer.from(writeQueryError(service, fault, requestId));
    case "ec2Query":
      headers["content-type"] = "text/xml;charset=UTF-8";
      return Buffer.from(writeEc2Error(fault, requestId));
    case "restXml":
      headers["content-type"] = "application/xml";
      // Amazon S3 alone leaves out what stands around an error in the other REST XML services.
      return Buffer.from(
        target.service === "s3"
          ? writeS3Error(fault, requestId, headers)
          : writeQueryError(service, fault, requestId),
      );
  }
}

function shapeName({ model, error }: Fault): string {
  return model?.name ?? error.code;
}

function queryCode({ model, error }: Fault): string {
  return model?.code ?? error.code;
}

/** https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#x-amzn-query-error: clients that spoke query know these codes. */
function setQueryError(
  headers: Record<string, string>,
  service: ServiceModel | undefined,
  fault: Fault,
): void {
  if (!service?.protocols.includes("query")) return;
  headers["x-amzn-query-error"] = `${queryCode(fault)};${fault.isSender ? "Sender" : "Receiver"}`;
}

/** Some error shapes lack a message, and some call it `Message`: the clients look for either. */
function messageName(model: ErrorModel | undefined): string {
  return model?.shape.byName.has("Message") ? "Message" : "message";
}

function members({ error, model }: Fault): Values {
  return { ...error.fields, [messageName(model)]: error.message };
}

function jsonMembers(fault: Fault): Values {
  const { model, error } = fault;
  const name = messageName(model);
  if (model === undefined) return { ...error.fields, [name]: error.message };
  return { [name]: error.message, ...writeJsonStruct(model.shape, members(fault)) };
}

function writeCborError(fault: Fault): Buffer {
  const name = messageName(fault.model);
  const shape = fault.model?.shape ?? MESSAGE_ONLY;
  if (shape.byName.has(name)) return writeCborStruct(shape, members(fault), shapeName(fault));
  const message = messageMember(name);
  const withMessage = { ...shape, members: [...shape.members, message] };
  return writeCborStruct(withMessage, members(fault), shapeName(fault));
}

function messageMember(name: string): StructShape["members"][number] {
  return {
    name,
    shape: { kind: "string", format: "default" },
    required: false,
    xmlName: name,
    flattened: false,
    xmlAttribute: false,
    ec2Name: name,
    binding: "body",
    bindingName: "",
    idempotencyToken: false,
    sensitive: false,
  };
}

/** Members of a modelled error other than its message, which stands in an element of its own. */
function xmlMembers({ model, error }: Fault): string {
  if (model === undefined) return "";
  const others = model.shape.members.filter(
    ({ name }) => name.toLowerCase() !== "message" && name !== "Code",
  );
  return writeXmlMembers({ ...model.shape, members: others }, error.fields);
}

function codeAndMessage(fault: Fault): string {
  return textElement("Code", queryCode(fault)) + textElement("Message", fault.error.message);
}

function writeQueryError(
  service: ServiceModel | undefined,
  fault: Fault,
  requestId: string,
): string {
  const type = textElement("Type", fault.isSender ? "Sender" : "Receiver");
  const body = `<Error>${type}${codeAndMessage(fault)}${xmlMembers(fault)}</Error>`;
  const namespace = service === undefined ? "" : ` xmlns="${service.xmlNamespace}"`;
  return `<ErrorResponse${namespace}>${body}${textElement("RequestId", requestId)}</ErrorResponse>`;
}

function writeEc2Error(fault: Fault, requestId: string): string {
  const body = `<Errors><Error>${codeAndMessage(fault)}</Error></Errors>`;
  return `${XML_DECLARATION}<Response>${body}${textElement("RequestID", requestId)}</Response>`;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#RESTErrorResponses: fields are unmodelled, but sent. */
function writeS3Error(fault: Fault, requestId: string, headers: Record<string, string>): string {
  const { model, error } = fault;
  const unmodelled = Object.entries(error.fields).filter(
    ([name, value]) => !model?.shape.byName.has(name) && value !== undefined,
  );
  const fields = unmodelled.map(([name, value]) => textElement(name, String(value))).join("");
  const ids =
    textElement("RequestId", requestId) + textElement("HostId", headers["x-amz-id-2"] ?? "");
  return `${XML_DECLARATION}<Error>${codeAndMessage(fault)}${xmlMembers(fault)}${fields}${ids}</Error>`;
}
