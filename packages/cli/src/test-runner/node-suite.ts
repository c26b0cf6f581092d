import { settleCounts, type Counts, type Suite } from "./counts.ts";
import { runProgram } from "./run-program.ts";

/** The tests of an app that knows nothing of the workbook: Node's own runner. */
export function nodeSuite(folder: string, files: readonly string[], title: string): Suite {
  return { title, run };

  async function run(): Promise<Counts> {
    const tally = new SpecTally(title);
    const code = await runProgram({
      path: process.execPath,
      args: ["--test", "--test-reporter=spec", ...files],
      cwd: folder,
      env: process.env,
      onLine: (line) => {
        tally.read(line);
        process.stdout.write(`${line}\n`);
      },
    });
    return settleCounts(tally.counts, code, title);
  }
}

/**
 * Reads the closing lines of the `spec` reporter (`ℹ pass 12`), and after them the tests that failed, each below its file:
 * https://nodejs.org/docs/latest-v24.x/api/test.html#test-reporters
 */
export class SpecTally {
  readonly #title: string;
  readonly #values = new Map<string, number>();
  readonly #failures: string[] = [];
  #file: string | undefined;

  constructor(title: string) {
    this.#title = title;
  }

  /** Undefined where the closing lines have not come. */
  get counts(): Counts | undefined {
    const passed = this.#values.get("pass");
    if (passed === undefined) return undefined;
    const sum = (...names: readonly string[]) =>
      names.reduce((total, name) => total + (this.#values.get(name) ?? 0), 0);
    const [failed, skipped] = [sum("fail", "cancelled"), sum("skipped", "todo")];
    return { passed, failed, skipped, failures: this.#failures };
  }

  read(line: string): void {
    const [, name, value] = /^ℹ (pass|fail|cancelled|skipped|todo) (\d+)$/.exec(line) ?? [];
    if (name) this.#values.set(name, Number(value));
    const file = this.#file;
    this.#file = /^test at (.+):\d+:\d+$/.exec(line)?.[1];
    const test = /^✖ (.+) \([\d.]+ms\)$/.exec(line)?.[1];
    if (file && test) this.#failures.push(`${this.#title}/${file} > ${test}`);
  }
}
