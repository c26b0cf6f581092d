import { AwsError } from "./aws-error.ts";
import { parseQueryString, parseForm } from "./query-codec.ts";
import { pathWithBucket } from "./s3-address.ts";
import type { ServiceId } from "./service-id.ts";
import { serviceNotImplemented, type OtherCall } from "./other-services.ts";
import { S3_EXPRESS, S3_OBJECT_LAMBDA, type ServiceIndex } from "./service-index.ts";
import type { ResolvedOperation, WireRequest, Protocol, ProtocolGuess } from "./wire-types.ts";

const RPC_PATH = /\/service\/([^/]+)\/operation\/([^/?]+)/;
const FORM_TYPE = "application/x-www-form-urlencoded";

/** What a request says of its protocol, service and operation, before any model is looked at. */
export interface Detected extends ProtocolGuess {
  /** Name of the operation as sent; absent in REST protocols and where it is missing. */
  readonly operation?: string;
  readonly form?: ReadonlyMap<string, string>;
  /** The service in the SigV4 scope, as sent. */
  readonly scopeService?: string;
  /** Set where the call is for a service of AWS that is not modelled. */
  readonly other?: OtherCall;
}

/**
 * Tells the protocol of a request by, in this order: `X-Amz-Target`, `Smithy-Protocol`, an `Action`, the SigV4 scope.
 * A request with none of these is S3's, whose objects may be read without a signature. Throws on a malformed form.
 */
export function detect(
  index: ServiceIndex,
  request: WireRequest,
  scopeService: string | undefined,
): Detected {
  const found = detectModelled(index, request, scopeService);
  const { service, form, operation } = found;
  const isModelled = service !== undefined && !isOtherVersion(index, service, form);
  const isControl = service === "s3" && index.others.isS3Control(request);
  if ((isModelled && !isControl) || (scopeService === undefined && operation === undefined))
    return found;
  const other = index.others.find(request, scopeService, form);
  return other === undefined ? found : { method: request.method, protocol: other.protocol, other };
}

/** Classic Load Balancing, say, signs for the same name as its successor, and has another version. */
function isOtherVersion(
  index: ServiceIndex,
  service: ServiceId,
  form: ReadonlyMap<string, string> | undefined,
): boolean {
  const version = form?.get("Version");
  if (version === undefined || version === index.row(service).version) return false;
  return index.others.hasVersion(index.row(service).signingName, version);
}

function detectModelled(
  index: ServiceIndex,
  request: WireRequest,
  scopeService: string | undefined,
): Detected {
  const { method, headers } = request;
  const scoped = scopeService === undefined ? undefined : index.bySigningName(scopeService);
  const target = headers["x-amz-target"];
  if (target !== undefined)
    return { method, ...fromTarget(index, target, headers["content-type"]) };
  if (headers["smithy-protocol"] === "rpc-v2-cbor")
    return { method, ...fromRpcPath(index, request.url) };
  const protocol = scoped === undefined ? undefined : index.row(scoped).protocols[0];
  if (protocol === "restXml" || protocol === "restJson")
    return { method, protocol, service: scoped, scopeService };
  const form = readForm(request);
  if (scopeService === undefined && method === "POST" && isForm(headers) && form === undefined)
    return { method, protocol: "query" };
  if (form?.has("Action")) return { method, ...fromForm(index, form, scoped) };
  if (scoped === undefined)
    return scopeService === undefined
      ? { method, protocol: "restXml", service: "s3" }
      : { method, protocol: "query" };
  return { method, protocol: protocol as Protocol, service: scoped };
}

/** True when the operation stands in the body, which must therefore be read before `detect`. */
export function operationIsInBody(
  index: ServiceIndex,
  request: WireRequest,
  scopeService: string | undefined,
): boolean {
  const { method, headers } = request;
  if (method !== "POST" || headers["x-amz-target"] !== undefined || !isForm(headers)) return false;
  const scoped = scopeService === undefined ? undefined : index.bySigningName(scopeService);
  const protocol = scoped === undefined ? "query" : index.row(scoped).protocols[0];
  return protocol !== "restXml" && protocol !== "restJson";
}

function isForm(headers: WireRequest["headers"]): boolean {
  return headers["content-type"]?.toLowerCase().startsWith(FORM_TYPE) ?? false;
}

function readForm(request: WireRequest): Map<string, string> | undefined {
  if (request.method === "POST" && isForm(request.headers) && Buffer.isBuffer(request.body)) {
    return parseForm(request.body.toString("utf8"));
  }
  const mark = request.url.indexOf("?");
  return mark >= 0 && request.url.includes("Action=", mark)
    ? parseForm(request.url.slice(mark + 1))
    : undefined;
}

type Facts = Omit<Detected, "method">;

function fromTarget(index: ServiceIndex, target: string, contentType = ""): Facts {
  const dot = target.lastIndexOf(".");
  const service = index.byTarget(target.slice(0, dot));
  const protocol = contentType.includes("x-amz-json-1.0") ? "awsJson1.0" : "awsJson1.1";
  return { protocol, service, operation: target.slice(dot + 1) };
}

function fromRpcPath(index: ServiceIndex, url: string): Facts {
  const [, name = "", operation = ""] = RPC_PATH.exec(url) ?? [];
  const service = index.byTarget(name);
  const speaks = service !== undefined && index.row(service).protocols.includes("rpc-v2-cbor");
  return { protocol: "rpc-v2-cbor", service: speaks ? service : undefined, operation };
}

function fromForm(
  index: ServiceIndex,
  form: ReadonlyMap<string, string>,
  scoped: ServiceId | undefined,
): Facts {
  const service = scoped ?? index.byVersion(form.get("Version") ?? "");
  const protocols = service === undefined ? [] : index.row(service).protocols;
  const protocol = protocols.includes("ec2Query") ? "ec2Query" : "query";
  return {
    protocol,
    service: protocols.includes(protocol) ? service : undefined,
    operation: form.get("Action"),
    form,
  };
}

const NO_LABELS: Readonly<Record<string, string>> = {};

/** Finds the model of the operation that was detected. Throws AWS's answer to an operation that there is not. */
export function resolve(
  index: ServiceIndex,
  request: WireRequest,
  detected: Detected,
): ResolvedOperation {
  const { service, protocol, other } = detected;
  if (other !== undefined) throw serviceNotImplemented(other);
  if (service !== undefined && (protocol === "restXml" || protocol === "restJson")) {
    return resolveRoute(index, request, detected, service);
  }
  const serviceModel = service === undefined ? undefined : index.model(service);
  const model = serviceModel?.operation(detected.operation ?? "");
  if (service === undefined || serviceModel === undefined || model === undefined)
    throw unknownOperation(detected);
  const { method, form } = detected;
  return {
    method,
    protocol,
    service,
    operation: model.name,
    model,
    serviceModel,
    labels: NO_LABELS,
    form,
  };
}

function resolveRoute(
  index: ServiceIndex,
  request: WireRequest,
  { method, protocol, scopeService }: Detected,
  service: ServiceId,
): ResolvedOperation {
  const mark = request.url.indexOf("?");
  const rawPath = mark < 0 ? request.url : request.url.slice(0, mark);
  const hasBucket = service === "s3" && scopeService !== S3_OBJECT_LAMBDA;
  const path = hasBucket ? pathWithBucket(rawPath, request.headers["host"] ?? "") : rawPath;
  const match = matchRoute(index, service, request, path);
  if (match === undefined) throw noRoute(service, method);
  const serviceModel = index.model(service);
  const isDirectory = match.operation === "ListBuckets" && scopeService === S3_EXPRESS;
  const model = serviceModel.operation(isDirectory ? "ListDirectoryBuckets" : match.operation);
  if (model === undefined) throw noRoute(service, method);
  return {
    method,
    protocol,
    service,
    operation: model.name,
    model,
    serviceModel,
    labels: match.labels,
  };
}

function matchRoute(
  index: ServiceIndex,
  service: ServiceId,
  { method, url, headers }: WireRequest,
  path: string,
) {
  try {
    return index.routes(service).match(method, path, parseQueryString(url), headers);
  } catch (cause) {
    if (!(cause instanceof URIError)) throw cause;
    throw new AwsError("InvalidURI", "Couldn't parse the specified URI.", { cause });
  }
}

function noRoute(service: ServiceId, method: string): AwsError {
  if (service !== "s3") {
    return new AwsError(
      "UnknownOperationException",
      "The requested operation is not recognized by the service.",
      {
        status: 404,
      },
    );
  }
  const fields = { Method: method, ResourceType: "OBJECT" };
  const message = "The specified method is not allowed against this resource.";
  return new AwsError("MethodNotAllowed", message, { status: 405, fields });
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, and Common Errors of the query services. */
function unknownOperation({ protocol, operation, form }: Detected): AwsError {
  if (protocol === "ec2Query") {
    return operation === undefined
      ? new AwsError("MissingAction", "The request is missing an action or a required parameter.")
      : new AwsError("InvalidAction", `The action ${operation} is not valid for this web service.`);
  }
  if (protocol === "query") {
    return operation === undefined
      ? new AwsError("MissingAction", "The request is missing an action or a required parameter.")
      : new AwsError(
          "InvalidAction",
          `Could not find operation ${operation} for version ${form?.get("Version") ?? "NO_VERSION_SPECIFIED"}`,
        );
  }
  return new AwsError(
    "UnknownOperationException",
    "The requested operation is not recognized by the service.",
  );
}
