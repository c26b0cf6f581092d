import { randomUUID } from "node:crypto";
import { AwsError } from "../../protocol/aws-error.ts";
import { ServiceIndex } from "../../protocol/service-index.ts";
import type { OperationInput, OperationName, OperationOutput } from "../../protocol/typed.ts";
import { createWire } from "../../protocol/wire.ts";
import { Authorizer, type AuthorizedCall } from "../../services/iam/authorizer.ts";
import type { Need } from "../../services/kit/rights.ts";
import type { AnyHandler, CallContext, Service } from "../../services/service.ts";
import { requireAssumableRole } from "../../services/sts/assume-role.ts";
import { Services } from "../../services/table.ts";
import { inSession } from "../acting-role.ts";

/** The services that actions call, by their SDK clients. */
interface Clients {
  readonly codebuild: typeof import("@aws-sdk/client-codebuild");
  readonly codedeploy: typeof import("@aws-sdk/client-codedeploy");
  readonly ecr: typeof import("@aws-sdk/client-ecr");
  readonly ecs: typeof import("@aws-sdk/client-ecs");
  readonly s3: typeof import("@aws-sdk/client-s3");
  readonly sns: typeof import("@aws-sdk/client-sns");
}

/** What every call is held to and read by; one for all. */
export class CallTools {
  readonly authorizer = new Authorizer();
  readonly index = new ServiceIndex();
  readonly wire = createWire(this.index);
  readonly services = new Services();
}

/** Makes calls of services by a role: held to its policies and to those of what it asks for, as over the wire. */
export class RoleCalls {
  readonly caller: CallContext;
  readonly #tools: CallTools;

  constructor(caller: CallContext, tools: CallTools) {
    this.caller = caller;
    this.#tools = tools;
  }

  /** @throws AwsError in the service's words */
  async call<S extends keyof Clients, N extends OperationName<Clients[S]> & string>(
    id: S,
    operation: N,
    input: OperationInput<Clients[S], N>,
  ): Promise<OperationOutput<Clients[S], N>> {
    const { handler, call, service } = await this.#prepare(
      id,
      operation,
      input as Record<string, unknown>,
    );
    const context = this.#context(call);
    const isStreaming = service.streaming?.[operation] !== undefined;
    const output = isStreaming
      ? await handler(input, context)
      : this.caller.cloud.transaction(() => handler(input, context));
    return output as OperationOutput<Clients[S], N>;
  }

  /**
   * Makes a call whose input somebody has written as JSON: it is read and held to the service's model as over the wire.
   * @throws AwsError in the service's words
   */
  async callWithJson<S extends "ecs", N extends OperationName<Clients[S]> & string>(
    id: S,
    operation: N,
    json: string,
  ): Promise<OperationOutput<Clients[S], N>> {
    const { wire, index } = this.#tools;
    const headers = {
      "x-amz-target": `${index.row(id).target}.${operation}`,
      "content-type": "application/x-amz-json-1.1",
    };
    const request = { method: "POST", url: "/", headers, body: Buffer.from(json) };
    const resolved = wire.resolveOperation(request);
    const input = wire.decodeInput(resolved, request);
    wire.validateInput(resolved, input);
    return this.call(id, operation, input as OperationInput<Clients[S], N>);
  }

  /** @throws AwsError `AccessDeniedException` where the role may not do something that is no call of its own */
  async require(id: keyof Clients, need: Need): Promise<void> {
    const { call } = await this.#described(id, "", {});
    const refusal = this.#tools.authorizer.refusalOfNeed(call, this.caller, need);
    if (refusal) throw refusal;
  }

  /** @throws AwsError where the role may not make a call, which is not made */
  async check<S extends keyof Clients, N extends OperationName<Clients[S]> & string>(
    id: S,
    operation: N,
    input: OperationInput<Clients[S], N>,
  ): Promise<CallContext> {
    const { call } = await this.#prepare(id, operation, input as Record<string, unknown>);
    return this.#context(call);
  }

  /** The same by a role that this one takes on. @throws AwsError `AccessDenied` */
  assuming(roleArn: string, session: string): RoleCalls {
    const asked = { RoleArn: roleArn, RoleSessionName: session };
    const role = requireAssumableRole(this.caller, asked);
    const { cloud, store, clock, settings } = this.caller;
    return new RoleCalls(
      inSession({ store: cloud, clock, settings }, store, role, session),
      this.#tools,
    );
  }

  async #prepare(id: keyof Clients, operation: string, input: Record<string, unknown>) {
    const { service, call } = await this.#described(id, operation, input);
    const handler: AnyHandler | undefined =
      service.handlers[operation] ?? service.streaming?.[operation];
    if (!handler) throw new AwsError("NotImplemented", `${id}:${operation}`, { status: 501 });
    const refusal = this.#tools.authorizer.refusal(call, this.#context(call));
    if (refusal) throw refusal;
    return { handler, call, service };
  }

  async #described(
    id: keyof Clients,
    operation: string,
    input: Record<string, unknown>,
  ): Promise<{ readonly service: Service; readonly call: AuthorizedCall }> {
    const service = await this.#tools.services.find(id);
    if (!service) throw new AwsError("NotImplemented", `Local AWS has no ${id}.`, { status: 501 });
    const serviceModel = this.#tools.index.model(id);
    const [protocol] = serviceModel.protocols;
    const sender = { address: "", userAgent: "codepipeline.amazonaws.com" };
    return {
      service,
      call: { service, resolved: { operation, protocol: protocol!, serviceModel }, input, sender },
    };
  }

  #context(call: AuthorizedCall): CallContext {
    const refusal = (need: Need) => this.#tools.authorizer.refusalOfNeed(call, this.caller, need);
    return { ...this.caller, requestId: randomUUID(), refusal };
  }
}
