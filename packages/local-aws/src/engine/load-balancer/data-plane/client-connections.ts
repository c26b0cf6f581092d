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
