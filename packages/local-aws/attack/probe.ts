import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

/** Between two questions, in milliseconds. */
const PAUSE_MS = 50;

/**
 * Asks harmless questions while something else is attacked, and remembers the longest that an answer took. In a process of
 * its own: what the attacker computes does not count.
 */
export class Probe {
  readonly #process: ChildProcess;
  #longest: Promise<number> | undefined;

  constructor(url: string) {
    this.#process = fork(import.meta.filename, ["probe", url]);
  }

  /** Asks there too. */
  add(url: string): void {
    this.#process.send(url);
  }

  /** @returns milliseconds */
  stop(): Promise<number> {
    this.#longest ??= this.#stop();
    return this.#longest;
  }

  async #stop(): Promise<number> {
    const told = once(this.#process, "message");
    this.#process.send("stop");
    const [longest] = (await told) as [number];
    return longest;
  }
}

/** Asks until it is told to stop, then tells. */
async function ask(urls: string[]): Promise<void> {
  let longest = 0;
  let isStopped = false;
  process.on("message", (message: string) => {
    if (message === "stop") isStopped = true;
    else urls.push(message);
  });
  process.on("disconnect", () => process.exit());
  while (!isStopped) {
    for (const url of urls) {
      const began = performance.now();
      await fetch(url).then(
        (answer) => answer.arrayBuffer(),
        () => undefined,
      );
      longest = Math.max(longest, performance.now() - began);
    }
    await delay(PAUSE_MS);
  }
  process.send!(longest, () => process.disconnect());
}

if (process.argv[2] === "probe") await ask(process.argv.slice(3));
