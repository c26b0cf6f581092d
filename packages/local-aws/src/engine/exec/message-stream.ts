import type { Clock, Timer } from "../../clock/clock.ts";
import {
  acknowledgedBy,
  acknowledgeOf,
  decodeMessage,
  encodeMessage,
  MESSAGE_TYPE,
  toMessage,
  type AgentMessage,
} from "./agent-message.ts";

export interface MessageStreamParts {
  readonly clock: Clock;
  /** What this end's own messages are called, and the other end's. */
  readonly sends: string;
  readonly hears: string;
  send(bytes: Buffer): void;
  /** Told each message of the other end once, in order; those that are of no stream as they come. */
  heard(message: AgentMessage): void;
  /** Told after each acknowledgement how many bytes are still under way. */
  acknowledged?(bytes: number): void;
}

/** How long an acknowledgement is waited for before a message is sent again. */
const RESEND_MS = 500;
/** Most messages that are kept because one before them has not come. */
const MOST_EARLY = 1000;

/**
 * One end of a data channel's two streams. Each message has a number, is sent again until the other end says that it has it, and is told
 * once: a client may not be ready for the first ones, and leaves them unanswered.
 */
export class MessageStream {
  readonly #parts: MessageStreamParts;
  /** Sent, and not acknowledged; by number, the oldest first. */
  readonly #sent = new Map<number, { readonly bytes: Buffer; readonly size: number }>();
  readonly #early = new Map<number, AgentMessage>();
  readonly #idle: (() => void)[] = [];
  #next = 0;
  #expected = 0;
  #underWay = 0;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(parts: MessageStreamParts) {
    this.#parts = parts;
  }

  /** Bytes of payloads that have not been acknowledged. */
  get underWay(): number {
    return this.#underWay;
  }

  send(payloadType: number, payload: Buffer): void {
    if (this.#isClosed) return;
    const { clock, sends } = this.#parts;
    const sequence = this.#next++;
    const message = toMessage({
      type: sends,
      createdAt: clock.now(),
      sequence,
      flags: sequence === 0 ? 1 : 0,
      payloadType,
      payload,
    });
    const bytes = encodeMessage(message);
    this.#sent.set(sequence, { bytes, size: payload.length });
    this.#underWay += payload.length;
    this.#parts.send(bytes);
    this.#timer ??= this.#resendLater();
  }

  /** Takes what came. @throws MalformedMessageError */
  take(bytes: Buffer): void {
    const message = decodeMessage(bytes);
    if (message.type === MESSAGE_TYPE.acknowledge) return this.#settle(acknowledgedBy(message));
    if (message.type !== this.#parts.hears) return this.#parts.heard(message);
    const ahead = message.sequence - this.#expected;
    if (ahead > MOST_EARLY) return;
    this.#parts.send(encodeMessage(acknowledgeOf(message, this.#parts.clock.now())));
    if (ahead < 0) return;
    this.#early.set(message.sequence, message);
    for (;;) {
      const next = this.#early.get(this.#expected);
      if (!next) return;
      this.#early.delete(this.#expected++);
      this.#parts.heard(next);
    }
  }

  /** Resolves when everything sent has been acknowledged, or the stream is closed. */
  settled(): Promise<void> {
    if (this.#sent.size === 0 || this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#tellIdle();
  }

  #settle(sequence: number): void {
    this.#underWay -= this.#sent.get(sequence)?.size ?? 0;
    this.#sent.delete(sequence);
    this.#parts.acknowledged?.(this.#underWay);
    if (this.#sent.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#tellIdle();
  }

  #tellIdle(): void {
    for (const tell of this.#idle.splice(0)) tell();
  }

  #resendLater(): Timer {
    return this.#parts.clock.deadline(RESEND_MS, () => {
      const [oldest] = this.#sent.values();
      this.#timer = undefined;
      if (!oldest || this.#isClosed) return;
      this.#parts.send(oldest.bytes);
      this.#timer = this.#resendLater();
    });
  }
}
