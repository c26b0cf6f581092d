import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { isAlive } from "@workbook/toolchain";
import { expect, test, vi } from "vitest";
import { execute } from "./execute.ts";

test("a command and what it has started end with a process that is killed", async () => {
  const module = JSON.stringify(new URL("execute.ts", import.meta.url).href);
  const command = { file: "/bin/sh", args: ["-c", "sleep 600 & echo $$ $!; wait"], cwd: "/" };
  const program = `const { execute } = await import(${module});
    await execute(${JSON.stringify(command)}, { onLine: (line) => process.stdout.write(line) });`;
  const builder = spawn(process.execPath, ["--input-type=module", "--eval", program]);
  const [chunk] = (await once(builder.stdout, "data")) as [Buffer];
  const pids = String(chunk).split(" ").map(Number);
  expect(pids).toHaveLength(2);
  expect(pids.map(isAlive)).toEqual([true, true]);
  builder.kill("SIGKILL");
  await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false]), { timeout: 60_000 });
});

test("a command leaves the processor to whoever else is at work", async () => {
  const script = `until [ "$(nice)" -ge ${constants.priority.PRIORITY_BELOW_NORMAL} ]; do :; done`;
  const env = { PATH: process.env["PATH"]! };
  const cleanUp = () => Promise.resolve();
  const command = { file: "/bin/sh", args: ["-c", script], cwd: "/", env, warnings: [], cleanUp };
  expect(await execute(command, { onLine: () => {} })).toMatchObject({ exitCode: 0 });
});
