import { fork, type ChildProcess } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { SynthReader } from "./synth-reader.ts";
import {
  inherited,
  synthEnvironment,
  SynthesisError,
  variantDirectory,
  type SynthesiseOptions,
} from "./synth.ts";

/**
 * Synthesises one lab again and again, in little time: a process that has cdktf and the lab's libraries loaded already
 * waits for each. Every synthesis has a process of its own all the same, so nothing of the code before it is left.
 */
export class WarmSynth {
  readonly #directory: string;
  #spare: Spare | undefined;
  #closed = false;

  /** @param labDirectory the lab's folder, with `main.ts` in it */
  constructor(labDirectory: string) {
    this.#directory = labDirectory;
    this.#spare = new Spare(labDirectory);
  }

  /**
   * What `synthesise` does.
   *
   * @throws {SynthesisError} when the program fails, e.g. because the learner's code does not compile
   * @throws {SynthReadError} when what it wrote cannot be read
   */
  async synthesise(options: Omit<SynthesiseOptions, "labDirectory">): Promise<SynthReader> {
    if (this.#closed) throw new SynthesisError(`the synthesis of ${this.#directory} is closed`);
    const spare = this.#spare ?? new Spare(this.#directory);
    this.#spare = undefined;
    const { variant, outDirectory, signal } = options;
    await mkdir(outDirectory, { recursive: true });
    try {
      await spare.run({ variant, env: synthEnvironment(options) }, signal);
    } finally {
      if (!this.#closed) this.#spare ??= new Spare(this.#directory);
    }
    return SynthReader.fromDirectory(outDirectory, variantDirectory(this.#directory, variant));
  }

  /** Ends the process that waits. */
  close(): void {
    this.#closed = true;
    this.#spare?.kill();
    this.#spare = undefined;
  }
}

/** One process, for one synthesis. */
class Spare {
  readonly #child: ChildProcess;
  readonly #ended: Promise<{ readonly code: number | null; readonly said: string }>;

  constructor(directory: string) {
    this.#child = fork(join(import.meta.dirname, "warm-synth-child.ts"), [directory], {
      cwd: directory,
      env: inherited(),
      execArgv: [],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const said: Buffer[] = [];
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.on("data", (chunk: Buffer) => said.push(chunk));
    const { promise, resolve } = Promise.withResolvers<{ code: number | null; said: string }>();
    this.#child.once("error", (error) => resolve({ code: null, said: error.message }));
    this.#child.once("close", (code) =>
      resolve({ code, said: Buffer.concat(said).toString("utf8").trim() }),
    );
    this.#ended = promise;
  }

  async run(order: object, signal: AbortSignal | undefined): Promise<void> {
    const kill = () => this.kill();
    signal?.addEventListener("abort", kill, { once: true });
    try {
      // A process that has ended cannot be told; how it ended says why.
      if (this.#child.connected) this.#child.send(order, () => {});
      const { code, said } = await this.#ended;
      signal?.throwIfAborted();
      if (code !== 0)
        throw new SynthesisError(said || `the synthesis ended with exit code ${code}`);
    } finally {
      signal?.removeEventListener("abort", kill);
    }
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
