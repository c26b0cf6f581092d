import { join } from "node:path";
import { expect, test } from "vitest";
import { runProgram } from "./support/run-program.ts";

const SCRIPT = join(import.meta.dirname, "../endurance/endure.ts");

test("a server that is killed while it is written to, and files that are damaged, lose nothing in silence", async () => {
  const { code, stdout } = await runProgram(process.execPath, [SCRIPT, "--short"], {
    cwd: import.meta.dirname,
    env: process.env as Record<string, string>,
  });
  expect(stdout).toContain("no violations");
  expect({ code, stdout }).toEqual({ code: 0, stdout });
});
