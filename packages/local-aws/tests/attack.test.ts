import { join } from "node:path";
import { expect, test } from "vitest";
import { runProgram } from "./support/run-program.ts";

const SCRIPT = join(import.meta.dirname, "../attack/attack.ts");

test("a short attack finds nothing", async () => {
  const { code, stdout } = await runProgram(process.execPath, [SCRIPT, "--short"], {
    cwd: import.meta.dirname,
    env: process.env as Record<string, string>,
  });
  expect(stdout).toContain("malformed requests");
  // The table and the violations below it are what there is to know of a failure.
  expect(code, stdout).toBe(0);
});
