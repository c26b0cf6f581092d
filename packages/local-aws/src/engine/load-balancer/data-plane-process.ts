import { fork, type ChildProcess } from "node:child_process";
import type { Server, Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { Clock, Timer } from "../../clock/clock.ts";
import type { Logger } from "../logger.ts";
import type { Configuration } from "./configuration.ts";
import type {
  ChildMessage,
  MetricDelta,
  ParentMessage,
  ProbeOutcome,
  ProbeRequest,
  SocketInfo,
} from "./messages.ts";

const MAIN = fileURLToPath(new URL("./data-plane/main.ts", import.meta.url));
/** Between the deaths of a process that dies young; a single death is answered at once. */
const RESTART_DELAY_MS = 1000;
const YOUNG_MS = 5000;
const STOP_TIMEOUT_MS = 3000;

export interface DataPlaneEvents {
  /** A process is ready: it has been given the configuration and wants its sockets. */
  ready(): void;
  /** It has ended, and its sockets with it; another one is being started. */
  lost(): void;
  metrics(deltas: readonly MetricDelta[]): void;
}

/** A health check under way. */
export interface PendingProbe {
  /** The time for an answer is over. */
  expire(): void;
}

/** The data plane's process as the server sees it: started, kept running, spoken to. */
export class DataPlaneProcess {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #events: DataPlaneEvents;
  #child: ChildProcess | undefined;
  #ready = false;
  #stopping = false;
  #startedAt = 0;
  #restart: Timer | undefined;
  #configuration: Configuration | undefined;
  #nextProbe = 1;
  readonly #probes = new Map<number, (outcome: ProbeOutcome) => void>();
  readonly #reports: (() => void)[] = [];

  constructor(clock: Clock, logger: Logger, events: DataPlaneEvents) {
    this.#clock = clock;
    this.#logger = logger;
    this.#events = events;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Starts the process; resolves when it is ready. */
  async start(): Promise<void> {
    const child = this.#spawn();
    await new Promise<void>((resolve, reject) => {
      const onMessage = (message: ChildMessage) => {
        if (message.type === "ready") resolve();
      };
      child.on("message", (message) => onMessage(message as ChildMessage));
      child.once("exit", (code, signal) =>
        reject(new Error(`the load balancers' process ended at its start (${signal ?? code})`)),
      );
      child.once("error", reject);
    });
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

  configure(configuration: Configuration): void {
    this.#configuration = configuration;
    if (this.#ready) this.#send({ type: "configure", configuration });
  }

  /** Hands a listening socket over; resolves when the process has it, so that this one can be closed. */
  listen(socket: SocketInfo, server: Server): Promise<void> {
    return new Promise((resolve) =>
      this.#send({ type: "listen", socket }, server, () => resolve()),
    );
  }

  /** Hands over a connection that came in before the process had the socket. */
  accept(socket: SocketInfo, connection: Socket): void {
    this.#send({ type: "accept", socket }, connection);
  }

  unlisten(id: number): void {
    this.#send({ type: "unlisten", id });
  }

  /** Sends a health check request; `done` is called once, with `lost` where the process ends before it. */
  probe(request: ProbeRequest, done: (outcome: ProbeOutcome) => void): PendingProbe {
    const id = this.#nextProbe++;
    if (!this.#ready) {
      queueMicrotask(() => done({ type: "lost" }));
      return { expire: () => {} };
    }
    this.#probes.set(id, done);
    this.#send({ type: "probe", id, request });
    return { expire: () => this.#send({ type: "expire", id }) };
  }

  /** Resolves when everything counted so far has been reported. */
  report(): Promise<void> {
    if (!this.#ready) return Promise.resolve();
    return new Promise((resolve) => {
      this.#reports.push(resolve);
      this.#send({ type: "report" });
    });
  }

  #spawn(): ChildProcess {
    this.#startedAt = performance.now();
    // No options of this process (a debugger's port, a test runner's loader) are of use to the child.
    const child = fork(MAIN, [], {
      execArgv: [],
      env: childEnvironment(),
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child = child;
    let complaint = "";
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      complaint = (complaint + text).slice(-4096);
    });
    child.on("message", (message) => this.#onMessage(message as ChildMessage));
    child.on("error", (error) => this.#logger.error("the load balancers' process", error));
    child.once("exit", (code, signal) => this.#onExit(signal ?? String(code), complaint));
    return child;
  }

  #onMessage(message: ChildMessage): void {
    switch (message.type) {
      case "ready":
        this.#ready = true;
        if (this.#configuration)
          this.#send({ type: "configure", configuration: this.#configuration });
        return this.#events.ready();
      case "probed": {
        const done = this.#probes.get(message.id);
        this.#probes.delete(message.id);
        return done?.(message.outcome);
      }
      case "metrics":
        this.#events.metrics(message.deltas);
        if (message.reply) this.#reports.shift()?.();
        return;
      case "fault":
        return this.#logger.error("a fault in the load balancers' process", message.message);
    }
  }

  #onExit(how: string, complaint: string): void {
    this.#ready = false;
    this.#child = undefined;
    for (const done of this.#probes.values()) done({ type: "lost" });
    this.#probes.clear();
    for (const resolve of this.#reports.splice(0)) resolve();
    if (this.#stopping) return;
    this.#logger.error(`the load balancers' process ended (${how}) and is started anew`, complaint);
    this.#events.lost();
    const young = performance.now() - this.#startedAt < YOUNG_MS;
    if (!young) return void this.#spawn();
    this.#restart = this.#clock.deadline(RESTART_DELAY_MS, () => this.#spawn());
  }

  #send(message: ParentMessage, handle?: Server | Socket, sent?: () => void): void {
    const child = this.#child;
    if (!child?.connected) return sent?.();
    // A failure to send means that the process is ending; its exit is dealt with where it is heard of.
    child.send(message, handle, (_error) => sent?.());
  }
}

/** The child needs nothing of the caller's environment but what lets Node start. */
function childEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LANG, SystemRoot } = process.env;
  return Object.fromEntries(
    Object.entries({ PATH, HOME, TMPDIR, LANG, SystemRoot }).filter(([, value]) => value),
  );
}
