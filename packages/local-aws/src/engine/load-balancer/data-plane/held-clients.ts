import type { Socket } from "node:net";
import type { Clock, Timer } from "../../../clock/clock.ts";

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
