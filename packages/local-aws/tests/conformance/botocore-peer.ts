import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export type Plain = Record<string, unknown>;

/** Why botocore cannot be asked on this machine; undefined when it can. */
export function botocoreMissing(): string | undefined {
  const { status, error, stderr } = spawnSync("python3", ["-c", "import botocore"], {
    encoding: "utf8",
  });
  if (error !== undefined) return `python3 cannot be started: ${error.message}`;
  return status === 0 ? undefined : `python3 has no botocore: ${stderr.trim().split("\n").at(-1)}`;
}

/** A Python process that answers cases with botocore's own serializers and parsers. */
export class BotocorePeer {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting: ((line: string) => void)[] = [];

  constructor() {
    const script = fileURLToPath(new URL("botocore_peer.py", import.meta.url));
    this.#process = spawn("python3", [script]);
    this.#process.stderr.pipe(process.stderr);
    createInterface({ input: this.#process.stdout }).on("line", (line) =>
      this.#waiting.shift()?.(line),
    );
    this.#process.on("exit", () => {
      for (const answer of this.#waiting) answer('{"failure":"the Python process ended"}');
    });
  }

  /** Asks one case; answers come in the order of the questions. */
  async ask(question: Plain): Promise<Plain> {
    const answer = new Promise<string>((resolve) => this.#waiting.push(resolve));
    this.#process.stdin.write(`${JSON.stringify(question)}\n`);
    return JSON.parse(await answer) as Plain;
  }

  stop(): void {
    this.#process.stdin.end();
  }
}
