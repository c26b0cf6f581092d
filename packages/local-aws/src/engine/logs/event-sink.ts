import type { Clock, Timer } from "../../clock/clock.ts";
import type { LogSink } from "./log-sink.ts";

/** Takes one event. `timestamp` is wall time in milliseconds. A promise resolves when there is room for more. */
export type Emit = (message: string, timestamp: number) => void | Promise<void>;

/** Tells the first line of an event of several, in time linear to the line. */
export interface EventStart {
  test(line: string): boolean;
}

/** The driver waits this long for more lines of an event. */
const EVENT_AGE_MS = 5_000;
/** An event is given out when it has this many bytes: the driver's own limit. */
const MAX_EVENT_BYTES = 262_118;

/**
 * Makes events of lines: one of each, or one of all lines from a match of `eventStart` to the next. Empty lines make no
 * event of their own, as in Docker's driver.
 */
export class EventSink implements LogSink {
  readonly #clock: Clock;
  readonly #eventStart: EventStart | undefined;
  readonly #emit: Emit;
  #lines = "";
  #timestamp = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, eventStart: EventStart | undefined, emit: Emit) {
    this.#clock = clock;
    this.#eventStart = eventStart;
    this.#emit = emit;
  }

  write(_stream: "stdout" | "stderr", line: string, at: number): void | Promise<void> {
    if (!this.#eventStart) return line === "" ? undefined : this.#emit(line, at);
    const isEnd = this.#eventStart.test(line) || this.#isFull(line);
    const room = isEnd ? this.#flush() : undefined;
    if (this.#lines === "") {
      this.#timestamp = at;
      this.#timer = this.#clock.deadline(EVENT_AGE_MS, () => void this.#flush());
    }
    this.#lines += `${line}\n`;
    return room;
  }

  async close(): Promise<void> {
    void this.#flush();
  }

  #isFull(line: string): boolean {
    return Buffer.byteLength(this.#lines) + Buffer.byteLength(line) + 1 > MAX_EVENT_BYTES;
  }

  #flush(): void | Promise<void> {
    this.#timer?.cancel();
    if (this.#lines === "") return;
    const lines = this.#lines;
    this.#lines = "";
    return this.#emit(lines, this.#timestamp);
  }
}
