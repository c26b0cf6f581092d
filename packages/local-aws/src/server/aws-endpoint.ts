import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Clock } from "../clock/clock.ts";
import type { Logger } from "../ground/logger.ts";
import { AwsError } from "../protocol/aws-error.ts";
import { trailersOf } from "../protocol/chunked.ts";
import { SUPPORT_MATRIX } from "../protocol/support-matrix.ts";
import type {
  ProtocolGuess,
  ResolvedOperation,
  WireRequest,
  WireResponse,
} from "../protocol/wire-types.ts";
import type { Wire } from "../protocol/wire.ts";
import type { CallContext, CloudSettings, Service } from "../services/service.ts";
import type { Services } from "../services/table.ts";
import { Authorizer, type AuthorizedCall } from "../services/iam/authorizer.ts";
import { isDiskFull } from "../ground/disk-full.ts";
import { fetchJson } from "../ground/fetch-json.ts";
import type { Store } from "../store/store.ts";
import { bodyLimit, readAll, readBody } from "../protocol/body.ts";
import type { Authenticated, Authenticator } from "./auth/authenticator.ts";
import { authError } from "./auth/failures.ts";
import { bindScope } from "./auth/scope.ts";
import { readSignature, type SignedRequest } from "./auth/signed-request.ts";
import { checkDigests, payloadStream } from "./payload.ts";
import { isFormPost, readFormPost } from "./form-post/form-post.ts";
import { isAborted, opened, senderOf, toWireRequest } from "./connection.ts";
import { NOBODY, UNSIGNED_REGION, unsignedCall } from "./unsigned-calls.ts";
import { withSignedQuery, refuseRepeated } from "./request-headers.ts";
import type { Seeder } from "./seeder.ts";
import { WaitingCalls } from "./waiting-calls.ts";

export interface AwsEndpointParts {
  readonly wire: Wire;
  readonly services: Services;
  readonly authenticator: Authenticator;
  readonly seeder: Seeder;
  readonly store: Store;
  readonly clock: Clock;
  readonly settings: CloudSettings;
  readonly logger: Logger;
}

/** A call whose sender is known, and whose operation is the one that was signed. */
interface VerifiedCall {
  readonly resolved: ResolvedOperation;
  readonly caller: Authenticated;
  /** With the whole body, or a stream of it that fails where it is not what was signed. */
  readonly request: WireRequest;
}

/** The AWS API: authenticates, decodes, dispatches, encodes, and knows no service by name. */
export class AwsEndpoint {
  readonly #parts: AwsEndpointParts;
  readonly #waiting = new WaitingCalls();
  readonly #authorizer = new Authorizer();

  constructor(parts: AwsEndpointParts) {
    this.#parts = parts;
  }

  /** Has the calls that wait for something to happen answer without it, until what is answered is called. */
  hush(): () => void {
    return this.#waiting.hush();
  }

  /** Answers one call. Rejects only for faults of the connection. */
  async answer(incoming: IncomingMessage): Promise<WireResponse> {
    const requestId = randomUUID();
    const { wire } = this.#parts;
    const request = toWireRequest(incoming);
    // What can be told from the head: nothing that is unsigned is looked into.
    let target: ProtocolGuess | ResolvedOperation = wire.guessProtocol(request);
    try {
      refuseRepeated(incoming.rawHeaders);
      const signed = readSignature(request.url, request.headers);
      target = wire.guessProtocol(request, signed?.service);
      if (!signed && target.service === "s3" && isFormPost(request))
        return await this.#answerForm(incoming, request, target, requestId);
      if (!signed) {
        const call = await unsignedCall(incoming, request, wire);
        if (!call) throw authError({ kind: "missing" }, target);
        target = call.resolved;
        return await this.#dispatch(call, UNSIGNED_REGION, requestId, incoming);
      }
      const call =
        target.service === "s3"
          ? await this.#takeStreamed(incoming, request, signed, (resolved) => (target = resolved))
          : await this.#takeWhole(incoming, request, signed, (guess) => (target = guess));
      target = call.resolved;
      return await this.#dispatch(call, signed.region, requestId, incoming);
    } catch (error) {
      return this.#encodeError(target, error, requestId);
    }
  }

  /** S3: the operation stands in the head, which is verified before the body is asked for. */
  async #takeStreamed(
    incoming: IncomingMessage,
    head: WireRequest,
    signed: SignedRequest,
    found: (resolved: ResolvedOperation) => void,
  ): Promise<VerifiedCall> {
    const { wire, authenticator } = this.#parts;
    const resolved = wire.resolveOperation(head, signed.service);
    found(resolved);
    const caller = authenticator.authenticate(head, signed, resolved, undefined);
    bindScope(signed, resolved);
    const request = signed.expiresSeconds === undefined ? head : withSignedQuery(head);
    const payload = payloadStream(incoming, head, signed, caller);
    if (wire.isStreamingInput(resolved))
      return { resolved, caller, request: { ...request, body: payload } };
    const body = await readAll(payload, bodyLimit(resolved));
    checkDigests(resolved.operation, head.headers, body, trailersOf(payload));
    return { resolved, caller, request: { ...request, body } };
  }

  /** Everywhere else the body is signed, and is whole before it is looked into. */
  async #takeWhole(
    incoming: IncomingMessage,
    head: WireRequest,
    signed: SignedRequest,
    found: (guess: ProtocolGuess) => void,
  ): Promise<VerifiedCall> {
    const { wire, authenticator } = this.#parts;
    const guess = wire.guessProtocol(head, signed.service);
    const body = await readBody(incoming, bodyLimit(guess));
    const request = { ...head, body };
    const caller = authenticator.authenticate(request, signed, guess, body);
    // A form tells more of its service than its head does.
    found(wire.guessProtocol(request, signed.service));
    const resolved = wire.resolveOperation(request, signed.service);
    bindScope(signed, resolved);
    return { resolved, caller, request };
  }

  /** An upload by an HTML form, whose policy is signed instead of the request. */
  async #answerForm(
    incoming: IncomingMessage,
    head: WireRequest,
    target: ProtocolGuess,
    requestId: string,
  ): Promise<WireResponse> {
    const { wire, authenticator } = this.#parts;
    const form = await readFormPost(head, incoming);
    const caller = authenticator.authenticateForm(form.signature, target);
    const request = form.accept(Date.now());
    const resolved = wire.resolveOperation(request, "s3");
    const call = { resolved, caller, request };
    return form.answer(await this.#dispatch(call, form.signature.region, requestId, incoming));
  }

  async #dispatch(
    { resolved, request, caller }: VerifiedCall,
    region: string,
    requestId: string,
    incoming: IncomingMessage,
  ): Promise<WireResponse> {
    const { wire, services } = this.#parts;
    const service = services.known(resolved.service) ?? (await services.find(resolved.service));
    const handler = service?.handlers[resolved.operation];
    const streaming = service?.streaming?.[resolved.operation];
    if (!service || !(handler ?? streaming)) {
      return wire.encodeNotImplemented(resolved, SUPPORT_MATRIX, requestId);
    }
    const input = wire.decodeInput(resolved, request);
    wire.validateInput(resolved, input);
    const sender = senderOf(incoming, this.#parts.settings.homeAddress);
    const authorized = { service, resolved, input, sender };
    const context = this.#context(authorized, caller, region, requestId);
    if (caller !== NOBODY) await this.#parts.seeder.seed(context.account, context.region);
    const refusal = this.#authorizer.refusal(authorized, context);
    if (refusal) throw refusal;
    this.#refuseMembers(resolved, service, input);
    const onHurry = (tell: () => void) => this.#waiting.wait(incoming, tell);
    const output = streaming
      ? await streaming(input, { ...context, onHurry, fetchJson })
      : this.#parts.store.transaction(() => handler!(input, context));
    const answer = wire.encodeOutput(
      resolved,
      (output ?? {}) as Record<string, unknown>,
      requestId,
    );
    if (!Buffer.isBuffer(answer.body)) await opened(answer.body);
    return answer;
  }

  /** @throws AwsError `NotImplemented` for a member that the service would not heed */
  #refuseMembers(
    { service, operation, model }: ResolvedOperation,
    { accounts }: Service,
    input: Record<string, unknown>,
  ): void {
    const member = accounts.refusedIn(model.input, input);
    if (member === undefined) return;
    const message = `${member} of ${service}:${operation} is not implemented by Local AWS. What is: ${SUPPORT_MATRIX}`;
    throw new AwsError("NotImplemented", message, { status: 501 });
  }

  #context(
    call: AuthorizedCall,
    { principal }: Authenticated,
    region: string,
    requestId: string,
  ): CallContext {
    const { store, clock, settings } = this.#parts;
    const context: CallContext = {
      account: principal.account,
      region,
      requestId,
      principal,
      store: store.scope(principal.account, region),
      cloud: store,
      clock,
      settings,
      refusal: (need) => this.#authorizer.refusalOfNeed(call, context, need),
    };
    return context;
  }

  #fault(service: string | undefined, cause: unknown, requestId: string): AwsError {
    if (isDiskFull(cause)) {
      const message = `The disk is full that holds the cloud's data (${this.#parts.settings.dataDir}): nothing was changed. Make room, and try again.`;
      return new AwsError("DiskFull", message, { status: INSUFFICIENT_STORAGE, cause });
    }
    const message = `Local AWS failed: its log has request ${requestId}.`;
    const code = this.#parts.services.known(service ?? "")?.fault ?? "InternalFailure";
    return new AwsError(code, message, { status: 500, cause });
  }

  #encodeError(
    target: ProtocolGuess | ResolvedOperation,
    error: unknown,
    requestId: string,
  ): WireResponse {
    if (error instanceof AwsError) return this.#parts.wire.encodeError(target, error, requestId);
    if (isAborted(error)) throw error;
    this.#parts.logger.error(`request ${requestId} failed`, error);
    const fault = this.#fault(target.service, error, requestId);
    return this.#parts.wire.encodeError(target, fault, requestId);
  }
}

/** https://www.rfc-editor.org/rfc/rfc4918#section-11.5: unlike 500 it is not tried again by the SDKs. */
const INSUFFICIENT_STORAGE = 507;
