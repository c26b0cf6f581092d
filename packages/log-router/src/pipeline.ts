import type { Filter } from "./filters/filter.ts";
import type { LogEvent } from "./event.ts";
import { say } from "./log.ts";
import type { Output } from "./outputs/output.ts";

/** A filter or an output, and whose events it takes. */
export interface Matched<T> {
  readonly match: (tag: string) => boolean;
  readonly does: T;
}

/** An output as the pipeline keeps it. */
export interface Sink extends Matched<Output> {
  /** As messages call it. */
  readonly name: string;
  /** How often a batch is tried again before it is dropped. */
  readonly retries: number;
}

export interface PipelineParts {
  readonly filters: readonly Matched<Filter>[];
  readonly sinks: readonly Sink[];
  /** Between two deliveries. */
  readonly flushMs: number;
  /** What may wait, before inputs are held. */
  readonly memoryLimit: number;
  /** How long a shutdown may take. */
  readonly graceMs: number;
}

/** A batch that waits for an output. */
interface Waiting {
  readonly tag: string;
  readonly events: LogEvent[];
  bytes: number;
}

const RETRY_BASE_SECONDS = 5;

/** Events on their way from the inputs through the filters to the outputs. */
export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #waiting = new Map<Sink, Map<string, Waiting>>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #retries = new Set<() => void>();
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;
  #chunks = 0;
  #room: PromiseWithResolvers<void> | undefined;
  #isEnding = false;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.#flush(), parts.flushMs);
  }

  /** Takes events from an input; a promise resolves when there is room again. */
  take(tag: string, events: readonly LogEvent[]): void | Promise<void> {
    for (const event of events) this.#filter(tag, event);
    if (this.#bytes < this.#parts.memoryLimit || this.#isEnding) return undefined;
    if (!this.#room) say("warn", "[input] paused (mem buf overlimit)");
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** Brings everything that waits, as far as it is done in time; resolves to how many batches were not. */
  async close(): Promise<number> {
    this.#isEnding = true;
    clearInterval(this.#timer);
    this.#room?.resolve();
    let isLate = false;
    const late = new Promise<void>((resolve) => {
      setTimeout(() => {
        isLate = true;
        resolve();
      }, this.#parts.graceMs).unref();
    });
    this.#flush();
    for (const retry of this.#retries) retry();
    while (this.#underWay.size > 0 && !isLate)
      await Promise.race([late, Promise.all(this.#underWay)]);
    const left = this.#underWay.size;
    const closing = Promise.all(this.#parts.sinks.map(({ does }) => does.close?.()));
    await Promise.race([late, closing]);
    return left;
  }

  #filter(tag: string, given: LogEvent, emitter?: Matched<Filter>): void {
    let event: LogEvent | undefined = given;
    for (const filter of this.#parts.filters) {
      // What a filter has sent through again does not come to it a second time.
      if (filter === emitter || !filter.match(tag)) continue;
      const filtered = filter.does(tag, event);
      for (const other of filtered.again ?? []) this.#filter(other.tag, other.event, filter);
      event = filtered.event;
      if (!event) return;
    }
    for (const sink of this.#parts.sinks) if (sink.match(tag)) this.#keep(sink, tag, event);
  }

  #keep(sink: Sink, tag: string, event: LogEvent): void {
    const byTag = this.#waiting.get(sink) ?? new Map<string, Waiting>();
    this.#waiting.set(sink, byTag);
    const own = byTag.get(tag) ?? { tag, events: [], bytes: 0 };
    byTag.set(tag, own);
    const bytes = JSON.stringify(event.record).length;
    own.events.push(event);
    own.bytes += bytes;
    this.#bytes += bytes;
  }

  #flush(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const [sink, byTag] of waiting)
      for (const batch of byTag.values()) {
        const done = this.#deliver(sink, batch, ++this.#chunks).finally(() => {
          this.#underWay.delete(done);
          this.#free(batch.bytes);
        });
        this.#underWay.add(done);
      }
  }

  /** One at a time and output, in order, would be slower than Fluent Bit, which does not promise an order either. */
  async #deliver(sink: Sink, { tag, events }: Waiting, chunk: number): Promise<void> {
    const where = `task_id=${chunk % 2048}, input=forward > output=${sink.name}`;
    for (let attempt = 0; ; attempt++) {
      try {
        await sink.does.flush(tag, events);
        if (attempt > 0)
          say("info", `[engine] flush chunk '${chunk}' succeeded at retry ${attempt}: ${where}`);
        return;
      } catch {
        // Why has been said by the output.
        if (attempt >= sink.retries || this.#isEnding) {
          say("error", `[engine] chunk '${chunk}' cannot be retried: ${where}`);
          return;
        }
      }
      const spread = RETRY_BASE_SECONDS * 2 ** attempt;
      const seconds = RETRY_BASE_SECONDS + Math.floor(Math.random() * spread);
      say(
        "warn",
        `[engine] failed to flush chunk '${chunk}', retry in ${seconds} seconds: ${where}`,
      );
      await this.#wait(seconds);
    }
  }

  #wait(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer);
        this.#retries.delete(go);
        resolve();
      };
      const timer = setTimeout(go, seconds * 1000);
      this.#retries.add(go);
    });
  }

  #free(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#bytes >= this.#parts.memoryLimit) return;
    this.#room?.resolve();
    this.#room = undefined;
  }
}
