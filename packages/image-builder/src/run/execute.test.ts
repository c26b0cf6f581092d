import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test, vi } from "vitest";

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("a command and what it has started end with a process that is killed", async () => {
  const module = JSON.stringify(new URL("execute.ts", import.meta.url).href);
  const command = { file: "/bin/sh", args: ["-c", "sleep 600 & echo $$ $!; wait"], cwd: "/" };
  const program = `const { execute } = await import(${module});
    await execute(${JSON.stringify(command)}, { onLine: (line) => process.stdout.write(line) });`;
  const builder = spawn(process.execPath, ["--input-type=module", "--eval", program]);
  const [chunk] = (await once(builder.stdout, "data")) as [Buffer];
  const pids = String(chunk).split(" ").map(Number);
  expect(pids).toHaveLength(2);
  expect(pids.map(isRunning)).toEqual([true, true]);
  builder.kill("SIGKILL");
  await vi.waitFor(() => expect(pids.map(isRunning)).toEqual([false, false]), 10_000);
}, 30_000);
