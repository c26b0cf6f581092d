import { ServerResponse, type IncomingMessage, type Server } from "node:http";
import type { Server as NetServer, Socket } from "node:net";
import type { Clock } from "../../../clock/clock.ts";
import type { Configuration } from "../configuration.ts";
import type { MetricDelta, SocketInfo } from "../messages.ts";
import { answer, answerMisdirected } from "./answers.ts";
import { ClientConnections, HeldClients } from "./client-connections.ts";
import { chooseAction, compileListeners, type CompiledListener, type Port } from "./compiled.ts";
import { ConnectionCounts } from "./connection-counts.ts";
import { Metrics } from "./metrics.ts";
import {
  createReader,
  malformed,
  readRequest,
  refusal,
  statusOf,
  type ParseError,
  type RequestFacts,
} from "./request-facts.ts";
import { act } from "./routing.ts";
import type { Services } from "./services.ts";
import { Stickiness } from "./stickiness.ts";
import { TargetGroup } from "./target-group.ts";
import { TraceIds } from "./trace-ids.ts";

const CLIENT_IDLE_MS = 60_000;
/** Where a connection came in. */
const ORIGIN: unique symbol = Symbol("origin");
type OriginSocket = Socket & { [ORIGIN]?: SocketInfo };

/** Serves the listeners of all load balancers over the sockets it is given. Knows only its configuration. */
export class DataPlane {
  readonly #services: Services;
  readonly #metrics = new Metrics();
  readonly #connections = new ConnectionCounts(this.#metrics);
  readonly #held: HeldClients;
  readonly #clients: ClientConnections;
  readonly #fault: (error: unknown) => void;
  readonly #http: Server;
  readonly #sockets = new Map<number, NetServer>();
  readonly #traced = new Map<string, (target: string) => void>();
  readonly #groups = new Map<string, TargetGroup>();
  #configuration: Configuration = {
    homeAddress: "127.0.0.1",
    acceleration: 1,
    balancers: [],
    targetGroups: [],
  };
  #ports = new Map<number, Port>();

  constructor(clock: Clock, fault: (error: unknown) => void) {
    this.#fault = fault;
    this.#held = new HeldClients(clock);
    this.#clients = new ClientConnections(clock);
    this.#services = {
      clock,
      metrics: this.#metrics,
      connections: this.#connections,
      stickiness: new Stickiness(clock),
      traceIds: new TraceIds(clock),
      traced: this.#traced,
      clientAddress: (socket) => this.#clientAddress(socket),
      targetGroup: (arn) => this.#groups.get(arn),
    };
    this.#http = this.#createHttpServer();
  }

  /** Replaces the configuration; connections and requests under way go on. */
  configure(configuration: Configuration): void {
    this.#configuration = configuration;
    this.#services.clock.pace(configuration.acceleration);
    const wanted = new Map(configuration.targetGroups.map((group) => [group.arn, group]));
    for (const [arn, group] of this.#groups) {
      if (wanted.has(arn)) continue;
      group.close();
      this.#groups.delete(arn);
    }
    for (const [arn, next] of wanted) {
      let group = this.#groups.get(arn);
      if (!group) {
        group = new TargetGroup(next, this.#services.clock, this.#fault);
        this.#groups.set(arn, group);
      }
      group.configure(next);
    }
    this.#ports = compileListeners(configuration);
    this.#held.retryAll();
  }

  /** Changes some target groups of the configuration, and nothing else. */
  regroup(targetGroups: Configuration["targetGroups"]): void {
    for (const group of targetGroups) this.#groups.get(group.arn)?.configure(group);
    this.#held.retryAll();
  }

  /** Tells `answered` the key of the target that answers the request with this `X-Amzn-Trace-Id`; undefined: no longer. */
  trace(trace: string, answered: ((target: string) => void) | undefined): void {
    if (answered) this.#traced.set(trace, answered);
    else this.#traced.delete(trace);
  }

  /** Takes what was counted since it was taken last. @param isMinute whether a minute of CloudWatch's ends with it */
  takeMetrics(isMinute = false): MetricDelta[] {
    this.#connections.countBytes();
    if (isMinute) this.#connections.endMinute();
    return this.#metrics.take();
  }

  /** Serves a listening socket. */
  listen(server: NetServer, info: SocketInfo): void {
    this.#sockets.set(info.id, server);
    server.on("connection", (socket) => this.accept(socket, info));
    server.on("error", this.#fault);
  }

  /** Serves one connection. */
  accept(socket: OriginSocket, info: SocketInfo): void {
    if (info.wildcard && !isLoopback(socket.remoteAddress)) return void socket.destroy();
    socket[ORIGIN] = info;
    socket.setNoDelay(true);
    this.#clients.accept(socket, this.#longestIdle(info.port));
    this.#http.emit("connection", socket);
  }

  /** Calls `idle` once no request to a target is under way; at once where there is no such target. */
  whenIdle(groupArn: string, key: string, idle: () => void): void {
    const group = this.#groups.get(groupArn);
    if (group) group.whenIdle(key, idle);
    else idle();
  }

  #longestIdle(port: number): number {
    return this.#ports.get(port)?.longestIdleMs ?? CLIENT_IDLE_MS;
  }

  /** Accepts nothing more on a socket; requests under way end by themselves. */
  unlisten(id: number): void {
    this.#sockets.get(id)?.close();
    this.#sockets.delete(id);
    this.#http.closeIdleConnections();
  }

  close(): void {
    for (const id of this.#sockets.keys()) this.unlisten(id);
    this.#held.close();
    this.#http.closeAllConnections();
    for (const group of this.#groups.values()) group.close();
  }

  #createHttpServer(): Server {
    const http = createReader();
    http.on("request", (request, response) => {
      this.#clients.begin(request.socket);
      this.#onRequest(request, response);
    });
    http.on("upgrade", (request, _socket, early) => this.#onUpgrade(request, early));
    http.on("connect", (request) => this.#clients.refuse(request.socket, 400));
    http.on("clientError", (error: ParseError, socket) => {
      if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
      // What was refused by its head alone has its answer.
      if (this.#clients.has(socket as Socket))
        this.#clients.refuse(socket as Socket, statusOf(error));
    });
    return http;
  }

  /** A handshake takes the same road as a request; behind it the connection carries no other one. */
  #onUpgrade(request: IncomingMessage, early: Buffer): void {
    const { socket } = request;
    this.#clients.leave(socket);
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.on("finish", () => socket.destroySoon());
    this.#onRequest(request, response, early);
  }

  #onRequest(
    request: IncomingMessage,
    response: ServerResponse,
    early?: Buffer,
    facts = readRequest(request),
  ): void {
    try {
      this.#dispatch(request, response, facts, early);
    } catch (error) {
      this.#fault(error);
      if (response.headersSent) response.destroy();
      else answer(response, 500);
    }
  }

  #dispatch(
    request: IncomingMessage,
    response: ServerResponse,
    facts: RequestFacts,
    early: Buffer | undefined,
  ): void {
    const listener = this.#listenerOf(request, facts);
    if (!listener) return this.#misdirected(request, response);
    const { inside } = (request.socket as OriginSocket)[ORIGIN]!;
    if (!inside && !listener.configuration.admits)
      return this.#held.hold(request.socket, () =>
        this.#onRequest(request, response, early, facts),
      );
    const { arn, idleTimeoutMs } = listener.balancer;
    this.#connections.ofClient(request.socket, arn);
    response.on("finish", () => this.#clients.end(request.socket, idleTimeoutMs));
    const wrong = malformed(request, facts, early !== undefined);
    const status = wrong ?? refusal(request, facts);
    if (status !== undefined) {
      this.#metrics.addOwnAnswer(arn, status);
      // Where one request ends and the next begins is not to be guessed: the connection ends with it.
      if (wrong !== undefined) this.#clients.leave(request.socket);
      response.shouldKeepAlive &&= wrong === undefined;
      return answer(response, status, { settings: listener.configuration });
    }
    act(
      this.#choose(listener, request, facts),
      request,
      response,
      facts,
      listener,
      this.#services,
      early,
    );
  }

  /** Of the rules, the last one is not counted: it is the listener's own. */
  #choose(listener: CompiledListener, request: IncomingMessage, facts: RequestFacts) {
    const { rules, balancer } = listener;
    if (rules.length === 1) return rules[0]!.action;
    const { action, evaluated } = chooseAction(listener, this.#matchable(request, facts));
    this.#metrics.add(balancer.arn, "RuleEvaluations", evaluated);
    return action;
  }

  #matchable(request: IncomingMessage, facts: RequestFacts) {
    return {
      method: request.method ?? "",
      url: request.url ?? "/",
      facts,
      rawHeaders: request.rawHeaders,
      clientAddress: this.#clientAddress(request.socket),
    };
  }

  /** Clients of this machine count as coming from the learner's home. */
  #clientAddress(socket: OriginSocket): string {
    return (socket[ORIGIN]?.inside && socket.remoteAddress) || this.#configuration.homeAddress;
  }

  #listenerOf(request: IncomingMessage, facts: RequestFacts): CompiledListener | undefined {
    const origin = (request.socket as OriginSocket)[ORIGIN]!;
    return this.#ports.get(origin.port)?.find(origin.balancerArn, facts.host);
  }

  /** A load balancer that is not told apart from the others on its port. */
  #misdirected(request: IncomingMessage, response: ServerResponse): void {
    const { port } = (request.socket as OriginSocket)[ORIGIN]!;
    response.on("finish", () => this.#clients.end(request.socket, this.#longestIdle(port)));
    const names = this.#ports.get(port)?.listeners.map(({ balancer }) => balancer.dnsName) ?? [];
    // The listener has just been deleted, and its socket is about to go.
    if (names.length === 0) return void request.socket.destroy();
    answerMisdirected(response, port, names);
  }
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::ffff:)?127\.|^::1$/.test(address);
}
