import { expect, test } from "vitest";
import { runProgram } from "../../tests/support/run-program.ts";

const PROGRAM = `
  import { getHeapStatistics } from "node:v8";
  import { giveBackMemory } from "./give-back-memory.ts";
  let flood = Array.from({ length: 1_000_000 }, (_, at) => ({ at, text: String(at) }));
  const peak = getHeapStatistics().total_heap_size;
  flood = undefined;
  giveBackMemory();
  setInterval(() => {
    const now = getHeapStatistics().total_heap_size;
    if (now > peak / 3) return;
    process.stdout.write("given back");
    process.exit();
  }, 100);
`;

test("a process that is idle after a flood gives its heap back", async () => {
  const { stdout } = await runProgram(process.execPath, ["--input-type=module", "-e", PROGRAM], {
    cwd: import.meta.dirname,
    env: process.env,
  });
  expect(stdout).toBe("given back");
});
