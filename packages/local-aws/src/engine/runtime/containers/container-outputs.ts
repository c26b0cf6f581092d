import { constants, openSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import type { Clock } from "../../../clock/clock.ts";
import { readLines, takeAway } from "../read-lines.ts";
import type { OutputListener } from "../task-host.ts";

const STREAMS = ["stdout", "stderr"] as const;
/** How long output of a container that has ended is waited for. */
const GRACE_MS = 1000;

/** What a container writes into the named pipes of its folder. */
export class ContainerOutputs {
  readonly #readers: readonly { readonly reader: Socket; readonly read: Promise<void> }[];

  /** @param folder on this machine */
  constructor(folder: string, output: OutputListener) {
    this.#readers = STREAMS.map((stream) => {
      const fd = openSync(join(folder, stream), constants.O_RDONLY | constants.O_NONBLOCK);
      const reader = new Socket({ fd, readable: true, writable: false });
      return { reader, read: readLines(reader, (line) => output(stream, line)) };
    });
  }

  /** Resolves when all is read that there is of a container that has ended. */
  async end(clock: Clock): Promise<void> {
    const grace = clock.deadline(GRACE_MS, () => {
      for (const { reader } of this.#readers) takeAway(reader);
    });
    await Promise.all(this.#readers.map(({ read }) => read));
    grace.cancel();
  }

  /** Reads nothing of a container that was not started. */
  destroy(): void {
    for (const { reader } of this.#readers) reader.destroy();
  }
}
