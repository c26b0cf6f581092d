import type { Socket } from "node:net";
import type { Clock, Timer } from "../../../clock/clock.ts";
import { rawAnswer } from "./answers.ts";

/** After an answer that ends the connection, how long the client has to read it and to close. */
const LINGER_MS = 2000;

interface State {
  /** Runs while no request is under way. */
  timer: Timer | undefined;
  /** How much had been read when the wait began. */
  readBefore: number;
  underWay: number;
}

/**
 * The connections of clients while no request of theirs is under way: whoever sends no whole head within the idle time-out
 * is closed, with a 408 where half of one has come.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-408-issues
 */
export class ClientConnections {
  readonly #clock: Clock;
  readonly #states = new WeakMap<Socket, State>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A connection has come in. Its errors are heard from here on, whoever has it. */
  accept(socket: Socket, idleTimeoutMs: number): void {
    socket.on("error", () => {});
    socket.once("close", () => this.leave(socket));
    const state = { timer: undefined, readBefore: 0, underWay: 0 };
    this.#states.set(socket, state);
    this.#wait(socket, state, idleTimeoutMs);
  }

  /** Whether the connection waits for requests here. */
  has(socket: Socket): boolean {
    return this.#states.has(socket);
  }

  /** The head of a request has been read. */
  begin(socket: Socket): void {
    const state = this.#states.get(socket);
    if (!state) return;
    state.timer?.cancel();
    state.underWay++;
  }

  /** Its answer is out. */
  end(socket: Socket, idleTimeoutMs: number): void {
    const state = this.#states.get(socket);
    if (!state || --state.underWay > 0 || socket.destroyed) return;
    this.#wait(socket, state, idleTimeoutMs);
  }

  /** The connection is somebody else's now: a tunnel's, or one that is held. */
  leave(socket: Socket): void {
    this.#states.get(socket)?.timer?.cancel();
    this.#states.delete(socket);
  }

  /** Answers in the load balancer's name and ends the connection, also where the client never closes its side. */
  refuse(socket: Socket, status: number): void {
    socket.end(rawAnswer(status));
    const timer = this.#clock.deadline(LINGER_MS, () => socket.destroy());
    socket.once("close", () => timer.cancel());
  }

  #wait(socket: Socket, state: State, idleTimeoutMs: number): void {
    state.readBefore = socket.bytesRead;
    state.timer?.cancel();
    state.timer = this.#clock.deadline(idleTimeoutMs, () => {
      if (socket.bytesRead > state.readBefore) this.refuse(socket, 408);
      else socket.destroy();
    });
  }
}

/** More than a room of browsers; each holds a socket. */
const MOST_HELD = 512;
/** As long as a patient client's own time-out. */
const HOLD_MS = 130_000;

interface Held {
  readonly socket: Socket;
  readonly timer: Timer;
  readonly gone: () => void;
  /** Looks again whether the client is still refused. */
  readonly retry: () => void;
}

/**
 * Clients that security groups or routes keep out. AWS drops their packets, so they see nothing but time passing; here
 * the connection stands already, so it is held silent. Where the way is opened meanwhile, they are served after all, as
 * a repeated SYN would be.
 */
export class HeldClients {
  readonly #clock: Clock;
  readonly #held = new Set<Held>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#held.size;
  }

  hold(socket: Socket, retry: () => void): void {
    const held: Held = {
      socket,
      retry,
      timer: this.#clock.deadline(HOLD_MS, () => this.#drop(held)),
      gone: () => this.#forget(held),
    };
    this.#held.add(held);
    socket.once("close", held.gone);
    if (this.#held.size > MOST_HELD) this.#drop(this.#held.values().next().value!);
  }

  /** Gives every held client another chance: after a change of configuration. */
  retryAll(): void {
    for (const held of Array.from(this.#held)) {
      this.#forget(held);
      if (!held.socket.destroyed) held.retry();
    }
  }

  close(): void {
    for (const held of Array.from(this.#held)) this.#drop(held);
  }

  #drop(held: Held): void {
    this.#forget(held);
    held.socket.destroy();
  }

  #forget(held: Held): void {
    this.#held.delete(held);
    held.timer.cancel();
    held.socket.off("close", held.gone);
  }
}
