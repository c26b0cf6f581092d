import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { isAlive } from "@workbook/toolchain";
import { expect, test, vi } from "vitest";

const SERVER = fileURLToPath(new URL("./testing/serve-until-killed.ts", import.meta.url));
const BUSY = fileURLToPath(new URL("./testing/busy-child.ts", import.meta.url));

test("the data plane ends with its server, even when that is killed", async () => {
  const server = spawn(process.execPath, [SERVER], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(server.stdout, "data")) as [Buffer];
  const { pid, port } = JSON.parse(line.toString()) as { pid: number; port: number };
  expect(isAlive(pid)).toBe(true);
  server.kill("SIGKILL");
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 60_000 });
  // The kernel may still be taking the socket away.
  await vi.waitFor(
    async () => {
      const [error] = (await once(connect(port, "127.0.0.1"), "error")) as [NodeJS.ErrnoException];
      expect(error.code).toBe("ECONNREFUSED");
    },
    { timeout: 60_000 },
  );
});

test("a process that computes for good ends with its parent too", async () => {
  const parent = spawn(process.execPath, [BUSY], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(line.toString());
  parent.kill("SIGKILL");
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 60_000 });
});
