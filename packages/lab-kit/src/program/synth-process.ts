import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { Readable } from "node:stream";

/** What to run the labs' `main.ts` with. */
export interface Order {
  /** `start`, `solution`, or the path of a `stack.ts`, as `main.ts` takes it. */
  readonly variant: string;
  /** The path of the variant's `stack.ts`. */
  readonly stack: string;
  readonly env: Readonly<Record<string, string>>;
  /** How long it may take. */
  readonly patienceMs: number;
}

/** Where in the learner's files something was made. */
export interface Origin {
  /** Absolute. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** By the path in the construct tree, such as `service/network/vpc`; null for what no file of the learner's made. */
export type Origins = Record<string, Origin | null>;

/** An error of the program. */
export interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly code: string;
}

/** What the process tells of a program that has run. */
export interface Answer {
  readonly origins: Origins;
  readonly thrown?: Thrown;
  /** What the program's `stack.ts` exports, where it could be loaded. */
  readonly exports?: readonly string[];
}

/** How a program went. */
export interface Outcome extends Answer {
  /** What it wrote. */
  readonly said: string;
  /** Set where it ended without a word: its exit code, or the signal's name. */
  readonly ended?: number | NodeJS.Signals | undefined;
  /** Set where its time was over: where it was then, the innermost call first. */
  readonly standstill?: readonly {
    readonly url: string;
    readonly line: number;
    readonly column: number;
  }[];
}

/**
 * A process that runs a lab's program once. It does not outlive the program, so nothing that the program left, such as a
 * timer, matters to anybody.
 */
export class SynthProcess {
  readonly #child: ChildProcess;
  readonly #said: Buffer[] = [];

  /**
   * @param labDirectory the lab's folder, below that of the labs' `main.ts`
   * @param preload whether to load what the lab's solution needs while it waits
   */
  constructor(labDirectory: string, preload: boolean) {
    const solution = preload ? [join(labDirectory, "solution/stack.ts")] : [];
    this.#child = fork(join(import.meta.dirname, "synth-child.ts"), [labDirectory, ...solution], {
      cwd: labDirectory,
      env: inherited(),
      execArgv: [],
      // The fifth is for the thread that looks where the program is when its time is over.
      stdio: ["ignore", "pipe", "pipe", "ipc", "pipe"],
    });
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.on("data", (chunk: Buffer) => this.#said.push(chunk));
  }

  /** Runs the program. @throws the signal's reason */
  async run(order: Order, signal: AbortSignal | undefined): Promise<Outcome> {
    const kill = () => this.kill();
    signal?.addEventListener("abort", kill, { once: true });
    try {
      const outcome = this.#outcome();
      // A process that has ended cannot be told; how it ended says why.
      if (this.#child.connected) this.#child.send(order, () => {});
      const { answer, ...rest } = await outcome;
      signal?.throwIfAborted();
      return { origins: {}, ...answer, ...rest, said: this.#text() };
    } finally {
      this.kill();
      signal?.removeEventListener("abort", kill);
    }
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #outcome(): Promise<{ answer?: Answer } & Pick<Outcome, "ended" | "standstill">> {
    const { promise, resolve, reject } = Promise.withResolvers<
      { answer?: Answer } & Pick<Outcome, "ended" | "standstill">
    >();
    const child = this.#child;
    const frames = child.stdio[4] as Readable;
    frames.once("data", (line: Buffer) =>
      resolve({
        standstill: JSON.parse(line.toString("utf8").split("\n", 1)[0]!) as Outcome["standstill"],
      }),
    );
    child.once("error", reject);
    child.once("message", (answer: Answer) => resolve({ answer }));
    child.once("close", (code, signal) => resolve({ ended: code ?? signal ?? undefined }));
    return promise;
  }

  #text(): string {
    return Buffer.concat(this.#said).toString("utf8").trim();
  }
}

/** Where programs, home and scratch files are; SYSTEMROOT is what Windows cannot start a process without. */
const INHERITED = ["PATH", "HOME", "TMPDIR", "TEMP", "SYSTEMROOT", "NODE_COMPILE_CACHE"];

/** The little of our own environment that Node needs: what a shell happens to hold must not change a stack. */
export function inherited(): Record<string, string> {
  const entries = INHERITED.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
