import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Clock } from "../clock/clock.ts";
import type { Logger } from "../engine/logger.ts";
import { AwsError } from "../protocol/aws-error.ts";
import type {
  ProtocolGuess,
  ResolvedOperation,
  Wire,
  WireRequest,
  WireResponse,
} from "../protocol/wire-types.ts";
import type { CallContext, CloudSettings, Principal, Service } from "../services/service.ts";
import type { Store } from "../store/store.ts";
import type { Authenticated, Authenticator } from "./auth/authenticator.ts";
import { readSignature, type SignedRequest } from "./auth/signed-request.ts";
import { readBody } from "./body.ts";
import { payloadStream } from "./payload-stream.ts";
import type { Seeder } from "./seeder.ts";

/** Where a missing operation sends its caller. */
export const SUPPORT_MATRIX = "docs/reference/support-matrix.md";

export interface AwsEndpointParts {
  readonly wire: Wire;
  readonly services: readonly Service[];
  readonly authenticator: Authenticator;
  readonly seeder: Seeder;
  readonly store: Store;
  readonly clock: Clock;
  readonly settings: CloudSettings;
  readonly logger: Logger;
}

/** The AWS API: authenticates, decodes, dispatches, encodes, and knows no service by name. */
export class AwsEndpoint {
  readonly #parts: AwsEndpointParts;
  readonly #services: ReadonlyMap<string, Service>;

  constructor(parts: AwsEndpointParts) {
    this.#parts = parts;
    this.#services = new Map(parts.services.map((service) => [service.id, service]));
  }

  /** Answers one call. Rejects only for faults of the connection. */
  async answer(incoming: IncomingMessage): Promise<WireResponse> {
    const requestId = randomUUID();
    const { wire, authenticator } = this.#parts;
    let signed: SignedRequest | undefined;
    let resolved: ResolvedOperation | undefined;
    let request = toWireRequest(incoming);
    try {
      signed = readSignature(request.url, request.headers);
      let body: Buffer | undefined;
      if (wire.needsBodyToResolve(request, signed?.service)) {
        body = await readBody(incoming);
        request = { ...request, body };
      }
      resolved = wire.resolveOperation(request, signed?.service);
      if (!body && !wire.isStreamingInput(resolved)) body = await readBody(incoming);
      const caller = authenticator.authenticate(request, signed, resolved, body);
      request = { ...request, body: body ?? payloadStream(incoming, request, signed, caller) };
      return await this.#dispatch(resolved, request, signed!, caller, requestId);
    } catch (error) {
      const target = resolved ?? wire.guessProtocol(request, signed?.service);
      return this.#encodeError(target, error, requestId);
    }
  }

  async #dispatch(
    resolved: ResolvedOperation,
    request: WireRequest,
    signed: SignedRequest,
    caller: Authenticated,
    requestId: string,
  ): Promise<WireResponse> {
    const { wire } = this.#parts;
    const service = this.#services.get(resolved.service);
    const handler = service?.handlers[resolved.operation];
    const streaming = service?.streaming?.[resolved.operation];
    if (!service || !(handler ?? streaming)) {
      return wire.encodeNotImplemented(resolved, SUPPORT_MATRIX, requestId);
    }
    const input = wire.decodeInput(resolved, request);
    wire.validateInput(resolved, input);
    const context = this.#context(caller.principal, signed.region, requestId);
    this.#parts.seeder.seed(context.account, context.region);
    const output = streaming
      ? await streaming(input, context)
      : this.#parts.store.transaction(() => handler!(input, context));
    return wire.encodeOutput(resolved, (output ?? {}) as Record<string, unknown>, requestId);
  }

  #context(principal: Principal, region: string, requestId: string): CallContext {
    const { store, clock, settings } = this.#parts;
    const { account } = principal;
    return {
      account,
      region,
      requestId,
      principal,
      store: store.scope(account, region),
      cloud: store,
      clock,
      settings,
    };
  }

  #encodeError(
    target: ProtocolGuess | ResolvedOperation,
    error: unknown,
    requestId: string,
  ): WireResponse {
    if (error instanceof AwsError) return this.#parts.wire.encodeError(target, error, requestId);
    if (isAborted(error)) throw error;
    this.#parts.logger.error(`request ${requestId} failed`, error);
    const fault = new AwsError(
      "InternalFailure",
      `Local AWS failed: its log has request ${requestId}.`,
      {
        status: 500,
        cause: error,
      },
    );
    return this.#parts.wire.encodeError(target, fault, requestId);
  }
}

function toWireRequest(incoming: IncomingMessage): WireRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(",") : value;
  }
  return { method: incoming.method ?? "GET", url: incoming.url ?? "/", headers, body: incoming };
}

function isAborted(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE";
}
