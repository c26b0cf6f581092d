import { setImmediate } from "node:timers/promises";

/** How long work may go on before others get their turn, in milliseconds. */
const SLICE_MS = 10;

/** Cuts long work into slices, so that no call waits for another one's. Machine time: no clock steps it. */
export class Slices {
  #began = performance.now();

  /** Lets others in where this slice has lasted long enough. Call it between steps that are short themselves. */
  async next(): Promise<void> {
    if (performance.now() - this.#began < SLICE_MS) return;
    await setImmediate();
    this.#began = performance.now();
  }
}
