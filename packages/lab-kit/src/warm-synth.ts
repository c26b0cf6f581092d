import { readProgram } from "./program/read-program.ts";
import { SynthProcess } from "./program/synth-process.ts";
import { TypeChecker } from "./program/type-checker.ts";
import type { SynthReader } from "./synth-reader.ts";
import { synthesiseIn, type SynthesiseOptions } from "./synth.ts";

/**
 * Synthesises one lab again and again, in little time: a process that has cdktf and the lab's libraries loaded already
 * waits for each. Every synthesis has a process of its own all the same, so nothing of the code before it is left.
 */
export class WarmSynth {
  readonly #directory: string;
  #spare: SynthProcess | undefined;
  readonly #checker = new TypeChecker();
  #closed = false;

  /** @param labDirectory the lab's folder, below that of the labs' `main.ts` */
  constructor(labDirectory: string) {
    this.#directory = labDirectory;
    this.#spare = new SynthProcess(labDirectory, true);
  }

  /**
   * What `synthesise` does.
   *
   * @throws {SynthesisError} when the program fails, e.g. because the learner's code does not compile
   * @throws {SynthReadError} when what it wrote cannot be read
   */
  async synthesise(options: Omit<SynthesiseOptions, "labDirectory">): Promise<SynthReader> {
    if (this.#closed) throw new RangeError(`the synthesis of ${this.#directory} is closed`);
    const spare = this.#spare ?? new SynthProcess(this.#directory, true);
    this.#spare = undefined;
    try {
      const labDirectory = this.#directory;
      return await readProgram(
        options.variant,
        (signal) => synthesiseIn(spare, { ...options, labDirectory }, signal),
        this.#checker,
      );
    } finally {
      if (!this.#closed) this.#spare ??= new SynthProcess(this.#directory, true);
    }
  }

  /** Ends the processes that wait. */
  close(): void {
    this.#closed = true;
    void this.#checker.close();
    this.#spare?.kill();
    this.#spare = undefined;
  }
}
