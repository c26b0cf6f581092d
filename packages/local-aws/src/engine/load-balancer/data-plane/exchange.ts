import type { IncomingMessage, ServerResponse } from "node:http";
import type { Timer } from "../../../clock/clock.ts";
import { answer } from "./answers.ts";
import { ClientAnswer, openTunnel } from "./client-answer.ts";
import type { CompiledListener } from "./compiled.ts";
import { targetCodeMetric } from "./metrics.ts";
import type { RequestFacts } from "./request-facts.ts";
import { requestHead } from "./request-head.ts";
import { replaceHeaders, trailerLines } from "./response-head.ts";
import type { Services } from "./services.ts";
import {
  CONNECT_TIMEOUT_MS,
  type ConnectionUser,
  type TargetConnection,
} from "./target-connection.ts";
import type { TargetGroup } from "./target-group.ts";
import type { Target } from "./target.ts";

/** Methods that may be sent again where nothing tells whether they arrived (RFC 9110 section 9.2.2). */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

export interface ExchangeOptions {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly facts: RequestFacts;
  readonly listener: CompiledListener;
  readonly group: TargetGroup;
  readonly target: Target;
  /** What the client has sent behind a head that asks for another protocol; undefined where it asks for none. */
  readonly early?: Buffer;
  /** Cookies to set, told when the target has answered with these headers. */
  readonly cookies?: (target: Target, headers: readonly string[]) => readonly string[];
}

/**
 * One request on its way to a target and back.
 *
 * A request that cannot have reached the target goes to another one: a connection was refused, or an idle connection
 * turned out to be closed and the request may be repeated. All else is answered as AWS does: 502 where the target breaks
 * off or makes no sense, 504 where it is silent.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
 */
export class Exchange implements ConnectionUser {
  readonly #options: ExchangeOptions;
  readonly #services: Services;
  readonly #head: string;
  readonly #hasBody: boolean;
  readonly #answer: ClientAnswer;
  readonly #startedAt = performance.now();
  readonly #tried: Target[] = [];
  #target: Target;
  #connection: TargetConnection | undefined;
  #silence: Timer | undefined;
  #bodyStarted = false;
  #ended = false;

  constructor(options: ExchangeOptions, services: Services) {
    const { request, response, facts, listener, target, early } = options;
    this.#options = options;
    this.#answer = new ClientAnswer(response);
    this.#services = services;
    this.#target = target;
    this.#hasBody = facts.chunked || facts.contentLength > 0;
    const context = {
      balancer: listener.balancer,
      listenerPort: listener.configuration.port,
      clientAddress: services.clientAddress(request.socket),
      traceIds: services.traceIds,
    };
    this.#head = requestHead(request, facts, context, early !== undefined);
  }

  start(): void {
    const { response, listener, group } = this.#options;
    this.#services.metrics.add(listener.balancer.arn, "RequestCount");
    this.#services.metrics.add(group.configuration.arn, "RequestCount");
    response.on("close", () => this.#clientGone());
    this.#try(this.#target);
  }

  connected(): void {
    const connection = this.#connection!;
    const { request } = this.#options;
    connection.write(this.#head);
    if (!this.#hasBody) return connection.requestSent();
    this.#bodyStarted = true;
    request.on("data", (chunk: Buffer) => this.#sendBody(chunk));
    request.on("end", () => this.#endBody());
  }

  drained(): void {
    this.#options.request.resume();
  }

  head(status: number, reason: string, headers: string[]): void {
    const { response, listener, group, facts, cookies } = this.#options;
    // Few clients send one, so next to no request pays for the look-up.
    if (facts.trace !== "") this.#services.traced.get(facts.trace)?.(this.#target.key);
    const { serverHeader, responseHeaders } = listener.configuration;
    const { metrics } = this.#services;
    metrics.add(group.configuration.arn, targetCodeMetric(status));
    metrics.observe(
      group.configuration.arn,
      "TargetResponseTime",
      (performance.now() - this.#startedAt) / 1000,
    );
    let passed = headers;
    if (!serverHeader || responseHeaders.length > 0)
      passed = replaceHeaders(headers, serverHeader, responseHeaders);
    if (cookies)
      for (const cookie of cookies(this.#target, headers)) passed.push("Set-Cookie", cookie);
    passed.push("Connection", response.shouldKeepAlive ? "keep-alive" : "close");
    this.#answer.head(status, reason, passed);
  }

  read(): void {
    this.#answer.flush();
  }

  data(chunk: Buffer, last: boolean): void {
    if (last) return this.#answer.end(chunk, () => this.#end());
    const connection = this.#connection!;
    if (!this.#answer.write(chunk, () => connection.resume())) connection.pause();
  }

  trailers(trailers: string[]): void {
    this.#answer.trailers(trailers);
  }

  upgraded(reason: string, headers: string[], rest: Buffer): void {
    const { request, response, listener, group, early } = this.#options;
    const client = request.socket;
    const target = this.#target;
    const upstream = this.#connection!.giveSocket();
    this.#ended = true;
    this.#services.metrics.add(group.configuration.arn, targetCodeMetric(101));
    response.detachSocket(client);
    openTunnel({
      client,
      target: upstream,
      answer: { reason, headers },
      fromClient: early!,
      fromTarget: rest,
      idleTimeoutMs: listener.balancer.idleTimeoutMs,
      closed: () => target.done(),
    });
  }

  end(): void {
    this.#answer.end(undefined, () => this.#end());
  }

  broken(reason: "refused" | "connect-timeout" | "idle-timeout" | "closed" | "malformed"): void {
    if (this.#ended) return;
    const connection = this.#connection!;
    this.#connection = undefined;
    this.#target.done();
    if (this.#answer.hasBegun) {
      this.#end();
      return this.#answer.breakOff();
    }
    if (reason === "refused") return this.#tryAnother();
    const { method = "" } = this.#options.request;
    const lostBeforehand = reason === "closed" && connection.uses > 1 && connection.untouched;
    if (lostBeforehand && !this.#hasBody && IDEMPOTENT.has(method)) return this.#try(this.#target);
    if (reason === "idle-timeout" && this.#bodyStarted && !this.#options.request.complete)
      return this.#refuse(408);
    this.#refuse(reason === "connect-timeout" || reason === "idle-timeout" ? 504 : 502);
  }

  #try(target: Target): void {
    this.#target = target;
    const { route } = target.configuration;
    if (route === "refused") return this.#tryAnother();
    if (route === "silent") {
      this.#silence = this.#services.clock.deadline(CONNECT_TIMEOUT_MS, () => this.#refuse(504));
      return;
    }
    const { request, early, listener } = this.#options;
    const idle = target.take();
    const connection = idle ?? this.#connect(target);
    target.begin();
    this.#connection = connection;
    const expected = { noBody: request.method === "HEAD", mayUpgrade: early !== undefined };
    connection.use(this, expected, listener.balancer.idleTimeoutMs);
    if (idle) this.connected();
  }

  #connect(target: Target): TargetConnection {
    const { arn, idleTimeoutMs } = this.#options.listener.balancer;
    const { connections } = this.#services;
    return target.connect(idleTimeoutMs, (socket) => connections.toTarget(socket, arn));
  }

  #tryAnother(): void {
    const { group } = this.#options;
    this.#tried.push(this.#target);
    this.#services.metrics.add(group.configuration.arn, "TargetConnectionErrorCount");
    const other = group.next(this.#tried);
    if (other) this.#try(other);
    else this.#refuse(502);
  }

  #sendBody(chunk: Buffer): void {
    const connection = this.#connection;
    if (!connection || this.#ended) return;
    if (this.#options.facts.chunked) connection.write(`${chunk.length.toString(16)}\r\n`);
    const more = connection.write(chunk);
    if (this.#options.facts.chunked) connection.write("\r\n");
    if (!more) this.#options.request.pause();
  }

  #endBody(): void {
    const connection = this.#connection;
    if (!connection || this.#ended) return;
    const { facts, request } = this.#options;
    if (facts.chunked) connection.write(`0\r\n${trailerLines(request.rawTrailers)}\r\n`);
    connection.requestSent();
  }

  /** Answers in the load balancer's own name, and ends. */
  #refuse(status: number): void {
    if (this.#ended) return;
    const { request, response, listener } = this.#options;
    this.#end();
    this.#services.metrics.addOwnAnswer(listener.balancer.arn, status);
    // A body that nobody will read may still be on its way: it is let in and dropped.
    if (this.#hasBody) request.resume();
    answer(response, status, { settings: listener.configuration });
  }

  /** The client went away before the answer was complete: the target's work is of no use any more. */
  #clientGone(): void {
    if (this.#ended) return;
    const connection = this.#connection;
    if (connection) this.#target.done();
    this.#ended = true;
    this.#silence?.cancel();
    connection?.destroy();
    this.#services.metrics.add(this.#options.listener.balancer.arn, "HTTPCode_ELB_4XX_Count");
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#silence?.cancel();
    if (this.#connection) this.#target.done();
    // What the client still sends after an early answer is let in and dropped.
    if (this.#bodyStarted && !this.#options.request.complete) this.#options.request.resume();
  }
}
