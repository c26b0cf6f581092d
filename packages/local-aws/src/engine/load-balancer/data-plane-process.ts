import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Server, Socket } from "node:net";
import type { Clock, Timer } from "../../clock/clock.ts";
import type { Logger } from "../../ground/logger.ts";
import type { Room } from "../runtime/containers/room.ts";
import type { Configuration, TargetGroupConfiguration } from "./configuration.ts";
import { forkDataPlane } from "./fork-data-plane.ts";
import type {
  ChildMessage,
  DataPlaneEvents,
  ParentMessage,
  PendingProbe,
  ProbeDone,
  ProbeRequest,
  SocketInfo,
} from "./messages.ts";

/** Between the deaths of a process that dies young; a single death is answered at once. */
const RESTART_DELAY_MS = 1000;
const YOUNG_MS = 5000;
const STOP_TIMEOUT_MS = 3000;

/** The data plane's process as the server sees it: started, kept running, spoken to. */
export class DataPlaneProcess {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #events: DataPlaneEvents;
  readonly #room: Pick<Room, "pid"> | undefined;
  #child: ChildProcess | undefined;
  #ready = false;
  #stopping = false;
  #startedAt = 0;
  #restart: Timer | undefined;
  #configuration: Configuration | undefined;
  #nextProbe = 1;
  readonly #probes = new Map<number, { request: ProbeRequest; done: ProbeDone }>();
  readonly #reports: (() => void)[] = [];
  readonly #awaitingIdle = new Map<number, () => void>();
  readonly #traced = new Map<string, string | undefined>();

  /** @param room where the targets' network is, if it is not this machine's */
  constructor(clock: Clock, logger: Logger, events: DataPlaneEvents, room?: Pick<Room, "pid">) {
    this.#clock = clock;
    this.#logger = logger;
    this.#events = events;
    this.#room = room;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Starts the process where it does not run; `ready` tells when it is of use. */
  ensureStarted(): void {
    if (this.#child || this.#restart || this.#stopping) return;
    this.#spawn();
  }

  /** Resolves when the process has ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#restart?.cancel();
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const kill = this.#clock.deadline(STOP_TIMEOUT_MS, () => child.kill("SIGKILL"));
    if (child.connected) child.disconnect();
    else child.kill("SIGKILL");
    await ended;
    kill.cancel();
  }

  /** The network that it is in is no more: another process takes its place, in the one that is there now. */
  moveIn(): void {
    this.#child?.kill("SIGKILL");
  }

  configure(configuration: Configuration): void {
    this.#configuration = configuration;
    if (this.#ready) this.#send({ type: "configure", configuration });
  }

  /** Changes some target groups of the configuration, which is `configuration` with them. */
  regroup(targetGroups: readonly TargetGroupConfiguration[], configuration: Configuration): void {
    this.#configuration = configuration;
    if (this.#ready) this.#send({ type: "regroup", targetGroups });
  }

  /** Hands a listening socket over; resolves when the process has it (or has ended), so that this one can be closed. */
  listen(socket: SocketInfo, server: Server): Promise<void> {
    const child = this.#child;
    return new Promise((resolve) => {
      // A handle that was sent to a process that dies is never acknowledged: Node forgets its callback.
      child?.once("exit", resolve);
      this.#send({ type: "listen", socket }, server, () => {
        child?.off("exit", resolve);
        resolve();
      });
    });
  }

  /** Hands over a connection that came in before the process had the socket. */
  accept(socket: SocketInfo, connection: Socket): void {
    this.#send({ type: "accept", socket }, connection);
  }

  unlisten(id: number): void {
    this.#send({ type: "unlisten", id });
  }

  /**
   * Sends a health check request, as soon as the process is ready; `done` is called once, with `lost` where the process
   * ends before it.
   */
  probe(request: ProbeRequest, done: ProbeDone): PendingProbe {
    const id = this.#nextProbe++;
    this.#probes.set(id, { request, done });
    if (this.#ready) this.#send({ type: "probe", id, request });
    return { expire: () => this.#expire(id) };
  }

  /**
   * Calls `idle` once no request to a target is under way: at once where the process does not run, for its requests have
   * ended with it. Returns how to stop waiting.
   */
  whenIdle(groupArn: string, key: string, idle: () => void): () => void {
    if (!this.#ready) {
      idle();
      return () => {};
    }
    const id = this.#nextProbe++;
    this.#awaitingIdle.set(id, idle);
    this.#send({ type: "when-idle", id, groupArn, key });
    return () => void this.#awaitingIdle.delete(id);
  }

  /**
   * Resolves when everything counted so far has been reported, and so everything said before has been heard.
   * @param isMinute whether a minute of CloudWatch's ends with it
   */
  async report(isMinute = false): Promise<void> {
    if (!this.#child) return;
    if (!this.#ready) await Promise.race([once(this.#child, "message"), once(this.#child, "exit")]);
    if (!this.#ready) return;
    return new Promise((resolve) => {
      this.#reports.push(resolve);
      this.#send({ type: "report", isMinute });
    });
  }

  /**
   * Does `work`, which sends a request with this `X-Amzn-Trace-Id`, and finds out which target answered it.
   * @returns the target's key; undefined where the load balancer answered by itself
   */
  async whoAnswers(trace: string, work: () => Promise<void>): Promise<string | undefined> {
    this.#traced.set(trace, undefined);
    this.#send({ type: "trace", trace, on: true });
    try {
      // The channel keeps the order, but the request takes another way: it must not be there first, nor its end.
      await this.report();
      await work();
      await this.report();
      return this.#traced.get(trace);
    } finally {
      this.#traced.delete(trace);
      this.#send({ type: "trace", trace, on: false });
    }
  }

  #spawn(): void {
    this.#startedAt = performance.now();
    this.#child = forkDataPlane(this.#room?.pid, {
      message: (message) => this.#onMessage(message),
      error: (error) => this.#logger.error("the load balancers' process", error),
      exit: (how, complaint) => this.#onExit(how, complaint),
    });
  }

  #onMessage(message: ChildMessage): void {
    switch (message.type) {
      case "ready":
        return this.#onReady();
      case "probed": {
        const probe = this.#probes.get(message.id);
        this.#probes.delete(message.id);
        return probe?.done(message.outcome);
      }
      case "metrics":
        this.#events.metrics(message.deltas);
        if (message.reply) this.#reports.shift()?.();
        return;
      case "idle":
        return this.#isIdle(message.id);
      case "answered":
        if (this.#traced.has(message.trace)) this.#traced.set(message.trace, message.target);
        return;
      case "fault":
        return this.#logger.error("a fault in the load balancers' process", message.message);
    }
  }

  #isIdle(id: number): void {
    const tell = this.#awaitingIdle.get(id);
    this.#awaitingIdle.delete(id);
    tell?.();
  }

  #expire(id: number): void {
    if (this.#ready) return this.#send({ type: "expire", id });
    const probe = this.#probes.get(id);
    this.#probes.delete(id);
    probe?.done({ type: "lost" });
  }

  #onReady(): void {
    this.#ready = true;
    if (this.#configuration) this.#send({ type: "configure", configuration: this.#configuration });
    for (const [id, { request }] of this.#probes) this.#send({ type: "probe", id, request });
    this.#events.ready();
  }

  #onExit(how: string, complaint: string): void {
    this.#ready = false;
    this.#child = undefined;
    const lost = [...this.#probes.values()];
    this.#probes.clear();
    for (const { done } of lost) done({ type: "lost" });
    for (const resolve of this.#reports.splice(0)) resolve();
    for (const id of this.#awaitingIdle.keys()) this.#isIdle(id);
    if (this.#stopping) return;
    this.#logger.error(`the load balancers' process ended (${how}) and is started anew`, complaint);
    this.#events.lost();
    const young = performance.now() - this.#startedAt < YOUNG_MS;
    if (!young) return this.#spawn();
    this.#restart = this.#clock.deadline(RESTART_DELAY_MS, () => {
      this.#restart = undefined;
      this.#spawn();
    });
  }

  #send(message: ParentMessage, handle?: Server | Socket, sent?: () => void): void {
    const child = this.#child;
    if (!child?.connected) return sent?.();
    // A failure to send means that the process is ending; its exit is dealt with where it is heard of.
    child.send(message, handle, (_error) => sent?.());
  }
}
