import { AwsError } from "./aws-error.ts";
import type { Detected } from "./detect.ts";
import { parseQueryString } from "./query-codec.ts";
import { pathWithBucket } from "./s3-address.ts";
import type { ServiceId } from "./service-id.ts";
import { serviceNotImplemented } from "./other-services.ts";
import { S3_EXPRESS, S3_OBJECT_LAMBDA, type ServiceIndex } from "./service-index.ts";
import type { ResolvedOperation, WireRequest } from "./wire-types.ts";

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
