import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { settleCounts, type Counts, type Suite } from "./counts.ts";
import { runProgram } from "./run-program.ts";

/** Tells the reporter, which runs inside Vitest, where to leave its counts. */
export const resultFileVariable = "WORKBOOK_TEST_RESULT";

const reporter = fileURLToPath(new URL("progress-reporter.ts", import.meta.url));

/** Those that run where nothing is named: all but the journeys. */
const PROJECTS = ["quick", "heavy", "site"];

/** The TypeScript tests of all packages: one Vitest, the projects of vitest.config.ts. */
export function vitestSuite(root: string, files: readonly string[], all: boolean): Suite {
  const title = `packages, infra and labs (${files.length} files)`;
  return { title, run };

  async function run(): Promise<Counts> {
    const folder = mkdtempSync(join(tmpdir(), "workbook-test-"));
    const resultFile = join(folder, "counts.json");
    try {
      const code = await runProgram({
        path: process.execPath,
        args: [
          join(root, "node_modules", "vitest", "vitest.mjs"),
          "run",
          "--root",
          root,
          "--reporter=default",
          `--reporter=${reporter}`,
          ...(all ? PROJECTS.map((name) => `--project=${name}`) : files),
        ],
        cwd: root,
        env: { ...process.env, ...colours(), [resultFileVariable]: resultFile },
      });
      return settleCounts(readCounts(resultFile), code, title);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Vitest colours what goes to a file, too, unless it is told not to. */
function colours(): NodeJS.ProcessEnv {
  return process.stdout.isTTY || process.env["FORCE_COLOR"] ? {} : { NO_COLOR: "1" };
}

/** Undefined where Vitest ended before its reporter could say anything. */
function readCounts(file: string): Counts | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Counts;
  } catch {
    return undefined;
  }
}
