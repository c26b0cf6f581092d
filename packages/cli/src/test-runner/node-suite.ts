import { settleCounts, type Counts, type Suite } from "./counts.ts";
import { runProgram } from "./run-program.ts";

/** The tests of an app that knows nothing of the workbook: Node's own runner. */
export function nodeSuite(folder: string, files: readonly string[], title: string): Suite {
  return { title, run };

  async function run(): Promise<Counts> {
    const tally = new SpecTally();
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
    return settleCounts(tally.counts, code);
  }
}

/** Reads the closing lines of the `spec` reporter (`ℹ pass 12`): https://nodejs.org/docs/latest-v24.x/api/test.html#test-reporters */
export class SpecTally {
  readonly #values = new Map<string, number>();

  /** Undefined where the closing lines have not come. */
  get counts(): Counts | undefined {
    const passed = this.#values.get("pass");
    if (passed === undefined) return undefined;
    const sum = (...names: readonly string[]) =>
      names.reduce((total, name) => total + (this.#values.get(name) ?? 0), 0);
    return { passed, failed: sum("fail", "cancelled"), skipped: sum("skipped", "todo") };
  }

  read(line: string): void {
    const [, name, value] = /^ℹ (pass|fail|cancelled|skipped|todo) (\d+)$/.exec(line) ?? [];
    if (name) this.#values.set(name, Number(value));
  }
}
