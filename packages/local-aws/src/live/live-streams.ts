import type { ServerResponse } from "node:http";
import type { Clock, Timer } from "../clock/clock.ts";
import type { LiveMessage } from "./messages.ts";

/** Proxies and browsers give up a connection on which nothing comes. */
const HEARTBEAT_MS = 15_000;
/** A page that reads so slowly is cut off: its browser connects again and is told everything anew. */
const MOST_UNREAD_BYTES = 4_000_000;
/** How soon a browser is to connect again. */
const RETRY_MS = 1000;

/** The pages that watch. */
export class LiveStreams {
  readonly #clock: Clock;
  readonly #open = new Set<ServerResponse>();
  #heartbeat: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Makes `response` a stream of events; `closed` is called when the page has gone. */
  add(response: ServerResponse, closed: () => void): void {
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    response.write(`retry: ${RETRY_MS}\n\n`);
    this.#open.add(response);
    response.once("close", () => {
      this.#open.delete(response);
      if (this.#open.size === 0) this.#heartbeat?.cancel();
      closed();
    });
    if (this.#open.size === 1) this.#beat();
  }

  /** Tells all pages, or one of them. */
  send(message: LiveMessage, only?: ServerResponse): void {
    const text = `event: ${message.type}\ndata: ${JSON.stringify(message)}\n\n`;
    for (const response of only ? [only] : this.#open) {
      response.write(text);
      if (response.writableLength > MOST_UNREAD_BYTES) response.destroy();
    }
  }

  #beat(): void {
    this.#heartbeat = this.#clock.deadline(HEARTBEAT_MS, () => {
      for (const response of this.#open) response.write(":\n\n");
      this.#beat();
    });
  }
}
