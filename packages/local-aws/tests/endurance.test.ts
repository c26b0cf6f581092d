import { join } from "node:path";
import { expect, test } from "vitest";
import { runProgram } from "./support/run-program.ts";

const SCRIPT = join(import.meta.dirname, "../endurance/endure.ts");

test("what is killed while it is written to or rolled, and files that are damaged, lose and leave nothing in silence", async () => {
  const { code, stdout } = await runProgram(process.execPath, [SCRIPT, "--short"], {
    cwd: import.meta.dirname,
    env: process.env as Record<string, string>,
  });
  expect(stdout).toContain("no violations");
  expect({ code, stdout }).toEqual({ code: 0, stdout });
}, 300_000);
