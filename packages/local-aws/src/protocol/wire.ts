import { AwsError } from "./aws-error.ts";
import { readCborBody } from "./cbor-codec.ts";
import { detect, operationIsInBody, resolve } from "./resolve.ts";
import { encodeError } from "./encode-error.ts";
import { encodeOutput } from "./encode-output.ts";
import { parseJsonBody, readJsonStruct } from "./json-codec.ts";
import type { ServiceModel, StructShape } from "./model.ts";
import { parseQueryString, readEc2Query, readQuery } from "./query-codec.ts";
import { isStreamingPayload, readRestInput } from "./rest-request.ts";
import { ServiceIndex } from "./service-index.ts";
import { validationError } from "./validation-error.ts";
import { type Violation, ViolationFinder } from "./violations.ts";
import type {
  AwsErrorLike,
  ProtocolGuess,
  ResolvedOperation,
  WireRequest,
  WireResponse,
} from "./wire-types.ts";

const EMPTY_FORM: ReadonlyMap<string, string> = new Map();

/** The wire layer: everything between bytes and the SDK's input and output types. Made by `createWire()`. */
export interface Wire {
  /** Tells protocol and service as far as possible; never throws. `scopeService` is the SigV4 scope's service name. */
  guessProtocol(request: WireRequest, scopeService?: string): ProtocolGuess;
  /** True when the operation stands in a form body: then the body is a Buffer before the operation is resolved. */
  needsBodyToResolve(request: WireRequest, scopeService?: string): boolean;
  /** Finds the operation. Throws `AwsError` in AWS's words (`UnknownOperationException`, `InvalidAction`, …). */
  resolveOperation(request: WireRequest, scopeService?: string): ResolvedOperation;
  /** True when the request's body must be handed over as a stream and must not be read before. */
  isStreamingInput(resolved: ResolvedOperation): boolean;
  /** Reads the input into the SDK's input type. Throws `AwsError` (`SerializationException`, `MalformedXML`, …). */
  decodeInput(resolved: ResolvedOperation, request: WireRequest): Record<string, unknown>;
  /** Checks required members, enums, lengths, ranges and patterns. Throws the service's own validation error. */
  validateInput(resolved: ResolvedOperation, input: Record<string, unknown>): void;
  /** Writes an output of the SDK's output type. */
  encodeOutput(
    resolved: ResolvedOperation,
    output: Record<string, unknown>,
    requestId: string,
  ): WireResponse;
  /** Writes an error in the protocol of the request. */
  encodeError(
    target: ResolvedOperation | ProtocolGuess,
    error: AwsErrorLike,
    requestId: string,
  ): WireResponse;
  /** The 501 answer to an operation that Local AWS has no handler for: code `NotImplemented`, the operation by name. */
  encodeNotImplemented(
    resolved: ResolvedOperation,
    supportUrl: string,
    requestId: string,
  ): WireResponse;
}

/**
 * Makes a wire layer. It keeps the models that it has loaded, so one is made per server.
 * @param index of whoever needs the models for other things as well
 */
export function createWire(index = new ServiceIndex()): Wire {
  const finder = new ViolationFinder();
  const modelOf = (target: ProtocolGuess) =>
    target.service === undefined ? undefined : index.model(target.service);
  return {
    guessProtocol: (request, scopeService) => guess(index, request, scopeService),
    needsBodyToResolve: (request, scopeService) => operationIsInBody(index, request, scopeService),
    resolveOperation: (request, scopeService) =>
      resolve(index, request, detect(index, request, scopeService)),
    isStreamingInput: ({ model }) => isStreamingPayload(model.input),
    decodeInput,
    validateInput: ({ model, serviceModel }, input) =>
      validate(finder, serviceModel, model.input, input),
    encodeOutput,
    encodeError: (target, error, requestId) =>
      encodeError(target, modelOf(target), error, requestId),
    encodeNotImplemented: (resolved, supportUrl, requestId) =>
      encodeError(resolved, undefined, notImplemented(resolved, supportUrl), requestId),
  };
}

/** A form that cannot be read is told by `resolveOperation`; the guess is still good enough to write that error. */
function guess(
  index: ServiceIndex,
  request: WireRequest,
  scopeService: string | undefined,
): ProtocolGuess {
  try {
    const { method, protocol, service } = detect(index, request, scopeService);
    return { method, protocol, service };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { method: request.method, protocol: "query" };
  }
}

function validate(
  finder: ViolationFinder,
  model: ServiceModel,
  shape: StructShape,
  input: Record<string, unknown>,
): void {
  const [first, ...others] = finder.find(shape, input).filter(isForProtocol);
  if (first !== undefined) throw validationError(model, [first, ...others]);
}

/** What S3 says of an unknown region depends on the one that is asked, which its handler knows. */
function isForProtocol({ member, rule }: Violation): boolean {
  return member.name !== "LocationConstraint" || rule.kind !== "enum";
}

function decodeInput(resolved: ResolvedOperation, request: WireRequest): Record<string, unknown> {
  const { input } = resolved.model;
  switch (resolved.protocol) {
    case "awsJson1.0":
    case "awsJson1.1":
      return readJsonStruct(input, parseJsonBody(request.body as Buffer));
    case "rpc-v2-cbor":
      return readCborBody(input, request.body as Buffer);
    case "query":
      return readQuery(input, resolved.form ?? EMPTY_FORM);
    case "ec2Query":
      return readEc2Query(input, resolved.form ?? EMPTY_FORM);
    case "restXml":
    case "restJson":
      return readRestInput(resolved, request, parseQueryString(request.url));
  }
}

function notImplemented({ service, operation }: ResolvedOperation, supportUrl: string): AwsError {
  const message = `${service}:${operation} is not implemented by Local AWS. What is: ${supportUrl}`;
  return new AwsError("NotImplemented", message, { status: 501 });
}
