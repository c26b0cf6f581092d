import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { decodeMultiStream } from "@msgpack/msgpack";
import type { Clock, Timer } from "../../../clock/clock.ts";
import type { LogSink } from "../log-sink.ts";
import { forwardMessage } from "./forward-message.ts";
import type { FluentdOptions } from "./fluentd-options.ts";

/** Waits grow by this from try to try, up to the longest. https://github.com/fluent/fluent-logger-golang */
const WAIT_GROWTH = 1.5;
const LONGEST_WAIT_MS = 60_000;
/** What a driver that is closed still has is written within this, or within its patience where its receiver has never been there. */
const LAST_MS = 1000;
/** How soon a receiver that is not there yet is asked again by a driver that is about to end. */
const LAST_RETRY_MS = 50;

export interface FluentdSinkParts {
  readonly clock: Clock;
  readonly options: FluentdOptions;
  readonly tag: string;
  /** What each line says of its container. */
  readonly fields: Readonly<Record<string, string>>;
  /** How long a container's end waits for a receiver that starts beside it. */
  readonly patienceMs?: number | undefined;
  connect(): Promise<Socket>;
  /** In the words in which a container does not start: its driver found nobody. */
  refused(error: Error): Error;
}

interface Waiting {
  readonly bytes: Uint8Array;
  readonly chunk: string | undefined;
}

/**
 * Sends lines to a receiver that speaks the forward protocol, as Docker's fluentd driver does: in order, over one connection that is
 * made again when it breaks. What was written into one that then broke is lost, unless the receiver says what it has.
 */
export class FluentdSink implements LogSink {
  readonly #parts: FluentdSinkParts;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #socket: Socket | undefined;
  #connecting: Promise<void> | undefined;
  #retry: Timer | undefined;
  #failures = 0;
  /** Of the line that the receiver has not said to have yet. */
  #unanswered: string | undefined;
  /** Resolves when nothing waits any more. */
  #room: PromiseWithResolvers<void> | undefined;
  #wasConnected = false;
  #closing: Promise<void> | undefined;
  #isClosed = false;

  constructor(parts: FluentdSinkParts) {
    this.#parts = parts;
  }

  /** A driver that is not asynchronous finds its receiver before its container starts. */
  async begin(): Promise<void> {
    if (this.#parts.options.async || this.#socket) return;
    try {
      this.#take(await this.#parts.connect());
    } catch (error) {
      throw this.#parts.refused(error as Error);
    }
  }

  write(stream: "stdout" | "stderr", line: string, at: number): void | Promise<void> {
    const { options, tag, fields } = this.#parts;
    if (this.#isClosed || this.#isFull()) return undefined;
    const chunk = options.requestAck ? randomBytes(16).toString("base64") : undefined;
    const record = { ...fields, source: stream, log: line };
    const bytes = forwardMessage({ tag, at, record, subSecond: options.subSecond, chunk });
    this.#waiting.push({ bytes, chunk });
    this.#waitingBytes += bytes.length;
    this.#send();
    if (options.async || options.mode === "non-blocking" || this.#waiting.length === 0)
      return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    if (this.#waiting.length > 0) await this.#bringTheLast();
    this.#isClosed = true;
    this.#retry?.cancel();
    this.#room?.resolve();
    await this.#connecting;
    const socket = this.#socket;
    if (!socket) return;
    // A receiver ends its side when it has read all: before, it may be told to stop, and what lies in between is lost.
    const timer = this.#parts.clock.deadline(LAST_MS, () => socket.destroy());
    await new Promise<void>((resolve) => {
      socket.once("close", () => resolve());
      socket.end();
    });
    timer.cancel();
  }

  /** Waits until nothing waits any more, as long as there is a receiver, or may be one soon. */
  async #bringTheLast(): Promise<void> {
    const { clock, patienceMs = LAST_MS } = this.#parts;
    this.#room ??= Promise.withResolvers();
    const { promise, resolve } = this.#room;
    const timer = clock.deadline(this.#wasConnected ? LAST_MS : patienceMs, resolve);
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#send();
    await promise;
    timer.cancel();
  }

  #isFull(): boolean {
    const { async: isAsync, bufferLimit, mode, bufferBytes } = this.#parts.options;
    if (isAsync) return this.#waiting.length >= bufferLimit;
    return mode === "non-blocking" && this.#waitingBytes > bufferBytes;
  }

  #send(): void {
    const socket = this.#socket;
    if (!socket) return this.#connectSoon();
    let sent = 0;
    while (sent < this.#waiting.length && !socket.writableNeedDrain && !this.#unanswered) {
      const { bytes, chunk } = this.#waiting[sent]!;
      socket.write(bytes);
      // It stays until the receiver says that it has it.
      if (chunk !== undefined) this.#unanswered = chunk;
      else sent++;
    }
    this.#drop(sent);
  }

  /** Takes the first lines from those that wait. */
  #drop(count: number): void {
    const dropped = this.#waiting.splice(0, count);
    for (const { bytes } of dropped) this.#waitingBytes -= bytes.length;
    if (this.#waiting.length > 0) return;
    this.#room?.resolve();
    this.#room = undefined;
  }

  #connectSoon(): void {
    if (this.#isClosed || this.#connecting || this.#retry) return;
    this.#connecting = this.#parts.connect().then(
      (socket) => {
        this.#connecting = undefined;
        this.#take(socket);
      },
      () => {
        this.#connecting = undefined;
        this.#connectLater();
      },
    );
  }

  /** After too many tries the line that waits longest is given up. */
  #connectLater(): void {
    if (this.#isClosed) return;
    const { clock, options } = this.#parts;
    const again = () => {
      this.#retry = undefined;
      if (this.#waiting.length > 0) this.#connectSoon();
    };
    if (this.#closing) {
      this.#retry = clock.deadline(LAST_RETRY_MS, again);
      return;
    }
    const waitMs = options.retryWaitMs * WAIT_GROWTH ** this.#failures;
    if (++this.#failures > options.maxRetries) {
      this.#failures = 0;
      this.#drop(1);
    }
    this.#retry = clock.idle(Math.min(waitMs, LONGEST_WAIT_MS), again);
  }

  #take(socket: Socket): void {
    if (this.#isClosed) return void socket.destroy();
    const { writeTimeoutMs, requestAck } = this.#parts.options;
    this.#socket = socket;
    this.#wasConnected = true;
    this.#failures = 0;
    this.#unanswered = undefined;
    socket.on("error", () => {}); // Its end follows.
    socket.once("close", () => {
      this.#socket = undefined;
      if (this.#waiting.length > 0) this.#connectSoon();
    });
    socket.on("drain", () => this.#send());
    if (writeTimeoutMs > 0)
      socket.setTimeout(writeTimeoutMs, () => {
        if (socket.writableLength > 0) socket.destroy();
      });
    if (requestAck) void this.#hear(socket);
    else socket.resume();
    this.#send();
  }

  /** https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1#response */
  async #hear(socket: Socket): Promise<void> {
    try {
      for await (const answer of decodeMultiStream(socket)) {
        const { ack } = answer as { ack?: unknown };
        if (ack !== this.#unanswered) continue;
        this.#unanswered = undefined;
        this.#drop(1);
        this.#send();
      }
    } catch {
      // What is no answer ends the connection, and the line is sent again over the next.
      socket.destroy();
    }
  }
}
