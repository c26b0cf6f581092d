/**
 * Checks that what is generated and committed is up to date: runs every `generate-*.ts` in a `scripts/` folder with
 * `--check`, which must end with 1 and say what to run where a file differs from what it would write.
 */
import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "..");
const run = promisify(execFile);

async function check(generator: string): Promise<boolean> {
  try {
    await run(process.execPath, [join(root, generator), "--check"], { cwd: root });
    console.log(`${generator}: up to date`);
    return true;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as {
      readonly stdout?: string;
      readonly stderr?: string;
    };
    console.error(`${generator}: not up to date; run: node ${generator}\n${stdout}${stderr}`);
    return false;
  }
}

const patterns = ["scripts/generate-*.ts", "{docs,infra,packages/*}/scripts/generate-*.ts"];
const generators = globSync(patterns, { cwd: root }).toSorted();
const results = await Promise.all(generators.map((generator) => check(generator)));
process.exitCode = results.every(Boolean) ? 0 : 1;
