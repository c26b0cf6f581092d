import type { Timer } from "../clock/clock.ts";
import { isDiskFull } from "../ground/disk-full.ts";
import type { EngineContext, EnginePart } from "./engine.ts";

/** How soon it is tried again to write what waits for room. */
const RETRY_MS = 1_000;

/** Writes what happened while the disk was full, as soon as there is room, and says both. */
export class DiskRoom implements EnginePart {
  readonly name = "disk room";
  readonly #context: EngineContext;
  #timer: Timer | undefined;
  #unwatch: (() => void) | undefined;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  async start(): Promise<void> {
    this.#unwatch = this.#context.store.writer.onUnwritten((cause) => {
      if (this.#timer) return;
      this.#context.logger.error("the disk is full: what happens is kept in memory", cause);
      this.#retry();
    });
  }

  async stop(): Promise<void> {
    this.#unwatch?.();
    this.#timer?.cancel();
  }

  #retry(): void {
    const { clock, store, logger } = this.#context;
    this.#timer = clock.deadline(RETRY_MS, () => {
      try {
        store.writer.writeRecorded();
      } catch (error) {
        if (!isDiskFull(error)) throw error;
        return this.#retry();
      }
      this.#timer = undefined;
      logger.info("there is room on the disk again: what happened is written");
    });
  }
}
