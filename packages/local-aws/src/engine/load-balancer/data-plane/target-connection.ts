import type { Socket } from "node:net";
import { MalformedResponse } from "./response-head.ts";
import { ResponseParser, type Expected, type ResponseSink } from "./response-parser.ts";

/** A request under way on a connection, as the connection tells it what happens. */
export interface ConnectionUser extends ResponseSink {
  /** The connection stands: the request can be sent. Not called on one that was used before. */
  connected(): void;
  /** It has ended before the answer was complete. */
  broken(reason: "refused" | "connect-timeout" | "idle-timeout" | "closed" | "malformed"): void;
  /** What was written has gone out: more can be. */
  drained(): void;
  /** All that has come by now was told, and it is not the end. */
  read(): void;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-504-issues */
export const CONNECT_TIMEOUT_MS = 10_000;
/** An idle connection is given up this long before the target would. */
const KEEP_ALIVE_MARGIN_MS = 1000;

/**
 * One connection to a target: carries one request at a time and goes back to its pool in between. It alone touches its
 * socket, until the socket is given away to another protocol.
 */
export class TargetConnection {
  readonly #socket: Socket;
  readonly #parser = new ResponseParser();
  readonly #listeners: Readonly<Record<string, (chunk: Buffer) => void>>;
  #idleTimeoutMs: number;
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
    this.#socket = socket;
    this.#idleTimeoutMs = options.idleTimeoutMs;
    this.#release = options.release;
    this.#gone = options.gone;
    this.#fault = options.fault;
    this.#listeners = {
      data: (chunk: Buffer) => this.#onData(chunk),
      drain: () => this.#user?.drained(),
      timeout: () => this.#fail(this.#connecting ? "connect-timeout" : "idle-timeout"),
      end: () => this.#onEnd(),
      error: () => this.#fail(this.#connecting ? "refused" : "closed"),
      close: () => this.#fail(this.#connecting ? "refused" : "closed"),
    };
    socket.setNoDelay(true);
    socket.setTimeout(CONNECT_TIMEOUT_MS);
    socket.on(options.readyEvent, () => this.#onConnect());
    for (const [event, hear] of Object.entries(this.#listeners)) socket.on(event, hear);
  }

  get connecting(): boolean {
    return this.#connecting;
  }

  /** True while nothing of the answer has come. */
  get untouched(): boolean {
    return !this.#parser.started;
  }

  /** Whether it can still carry a request. */
  get usable(): boolean {
    return !this.#socket.destroyed && this.staleAt > performance.now();
  }

  /** Hands the connection to a request, which may be silent for as long as `idleTimeoutMs`. */
  use(user: ConnectionUser, expected: Expected, idleTimeoutMs: number): void {
    this.#user = user;
    if (idleTimeoutMs !== this.#idleTimeoutMs) {
      this.#idleTimeoutMs = idleTimeoutMs;
      if (!this.#connecting) this.#socket.setTimeout(idleTimeoutMs);
    }
    this.#requestSent = false;
    this.uses++;
    this.#parser.expect(user, expected);
  }

  /** Sends a piece of the request; false where it is better to wait for `drained`. */
  write(bytes: string | Buffer): boolean {
    return typeof bytes === "string"
      ? this.#socket.write(bytes, "latin1")
      : this.#socket.write(bytes);
  }

  /** Reads nothing more of the answer until `resume`: whoever takes it is slower than the target. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Gives the socket away: it belongs to whoever asked, its errors too, and no answer is read from it any more. */
  giveSocket(): Socket {
    this.#user = undefined;
    this.#gone(this);
    for (const [event, hear] of Object.entries(this.#listeners)) this.#socket.off(event, hear);
    return this.#socket;
  }

  /** The whole request has been written. */
  requestSent(): void {
    this.#requestSent = true;
    if (this.#parser.done) this.#finish();
  }

  destroy(): void {
    this.#user = undefined;
    this.#socket.destroy();
  }

  /** Breaks off whatever is under way. */
  cut(): void {
    this.#socket.destroy();
  }

  #onConnect(): void {
    this.#connecting = false;
    this.#socket.setTimeout(this.#idleTimeoutMs);
    this.#user?.connected();
  }

  #onData(chunk: Buffer): void {
    if (!this.#user) return this.destroy();
    try {
      this.#parser.execute(chunk);
      if (!this.#parser.done) this.#user?.read();
    } catch (error) {
      if (!isMalformed(error)) this.#fault(error);
      return this.#fail("malformed");
    }
    if (this.#parser.done && this.#user) this.#finish();
  }

  #onEnd(): void {
    if (!this.#user) return this.destroy();
    try {
      this.#parser.finish();
    } catch (error) {
      if (!isMalformed(error)) this.#fault(error);
      return this.#fail("closed");
    }
    this.destroy();
  }

  #finish(): void {
    const reusable = this.#requestSent && this.#parser.keepAlive && !this.#socket.destroyed;
    this.#user = undefined;
    if (!reusable) return this.destroy();
    // The last piece may have been more than its reader could take at once.
    this.#socket.resume();
    const { keepAliveSeconds } = this.#parser;
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
