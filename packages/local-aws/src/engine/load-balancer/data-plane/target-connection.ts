import type { Socket } from "node:net";
import { MalformedResponse, ResponseParser, type ResponseSink } from "./response-parser.ts";

/** A request under way on a connection, as the connection tells it what happens. */
export interface ConnectionUser extends ResponseSink {
  /** The connection stands: the request can be sent. Not called on one that was used before. */
  connected(): void;
  /** It has ended before the answer was complete. */
  broken(reason: "refused" | "connect-timeout" | "idle-timeout" | "closed" | "malformed"): void;
  /** What was written has gone out: more can be. */
  drained(): void;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-504-issues */
export const CONNECT_TIMEOUT_MS = 10_000;
/** An idle connection is given up this long before the target would. */
const KEEP_ALIVE_MARGIN_MS = 1000;

/** One connection to a target: carries one request at a time and goes back to its pool in between. */
export class TargetConnection {
  readonly socket: Socket;
  readonly parser = new ResponseParser();
  readonly #idleTimeoutMs: number;
  readonly #release: (connection: TargetConnection) => void;
  readonly #gone: (connection: TargetConnection) => void;
  readonly #fault: (error: unknown) => void;
  #user: ConnectionUser | undefined;
  #requestSent = false;
  #connecting = true;
  /** How many requests it has carried, this one included. */
  uses = 0;
  /** From when on it may have been closed by the target; milliseconds of the monotonic clock. */
  staleAt = Infinity;

  constructor(
    socket: Socket,
    options: {
      idleTimeoutMs: number;
      readyEvent: "connect" | "secureConnect";
      release: (connection: TargetConnection) => void;
      gone: (connection: TargetConnection) => void;
      /** Takes errors of our own. */
      fault: (error: unknown) => void;
    },
  ) {
    this.socket = socket;
    this.#idleTimeoutMs = options.idleTimeoutMs;
    this.#release = options.release;
    this.#gone = options.gone;
    this.#fault = options.fault;
    socket.setNoDelay(true);
    socket.setTimeout(CONNECT_TIMEOUT_MS);
    socket.on(options.readyEvent, () => this.#onConnect());
    socket.on("data", (chunk: Buffer) => this.#onData(chunk));
    socket.on("drain", () => this.#user?.drained());
    socket.on("timeout", () => this.#fail(this.#connecting ? "connect-timeout" : "idle-timeout"));
    socket.on("end", () => this.#onEnd());
    socket.on("error", () => this.#fail(this.#connecting ? "refused" : "closed"));
    socket.on("close", () => this.#fail(this.#connecting ? "refused" : "closed"));
  }

  get connecting(): boolean {
    return this.#connecting;
  }

  /** True while nothing of the answer has come. */
  get untouched(): boolean {
    return !this.parser.started;
  }

  /** Hands the connection to a request. */
  use(user: ConnectionUser, noBody: boolean): void {
    this.#user = user;
    this.#requestSent = false;
    this.uses++;
    this.parser.expect(user, noBody);
  }

  /** The whole request has been written. */
  requestSent(): void {
    this.#requestSent = true;
    if (this.parser.done) this.#finish();
  }

  destroy(): void {
    this.#user = undefined;
    this.socket.destroy();
  }

  #onConnect(): void {
    this.#connecting = false;
    this.socket.setTimeout(this.#idleTimeoutMs);
    this.#user?.connected();
  }

  #onData(chunk: Buffer): void {
    if (!this.#user) return this.destroy();
    try {
      this.parser.execute(chunk);
    } catch (error) {
      if (!isMalformed(error)) this.#fault(error);
      return this.#fail("malformed");
    }
    if (this.parser.done) this.#finish();
  }

  #onEnd(): void {
    if (!this.#user) return this.destroy();
    try {
      this.parser.finish();
    } catch (error) {
      if (!isMalformed(error)) this.#fault(error);
      return this.#fail("closed");
    }
    this.destroy();
  }

  #finish(): void {
    const reusable = this.#requestSent && this.parser.keepAlive && !this.socket.destroyed;
    this.#user = undefined;
    if (!reusable) return this.destroy();
    const { keepAliveSeconds } = this.parser;
    if (keepAliveSeconds !== undefined)
      this.staleAt = performance.now() + keepAliveSeconds * 1000 - KEEP_ALIVE_MARGIN_MS;
    this.#release(this);
  }

  #fail(reason: Parameters<ConnectionUser["broken"]>[0]): void {
    this.#gone(this);
    const user = this.#user;
    this.destroy();
    user?.broken(reason);
  }
}

/** The answer's fault: the parser refused it, or Node refused to pass one of its headers on. */
function isMalformed(error: unknown): boolean {
  return (
    error instanceof MalformedResponse ||
    /^ERR_(INVALID|HTTP_INVALID)_/.test((error as { code?: string }).code ?? "")
  );
}
