import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { Patience, signOf } from "./patience.ts";

const LIMITS = { silenceMs: 60, latestMs: 600 };

test("who shows a sign is waited for, who shows none no longer", () => {
  let [now, sign] = [0, "begun"];
  const patience = new Patience(
    () => sign,
    LIMITS,
    () => now,
  );
  const after = (ms: number, next = sign) => {
    now += ms;
    sign = next;
    return patience.isOver;
  };
  expect(after(60)).toBe(false);
  expect(after(1, "still here")).toBe(false);
  expect(after(60)).toBe(false);
  expect(after(1)).toBe(true);
});

test("not for ever, whatever it shows", () => {
  let now = 0;
  const patience = new Patience(
    () => String(now),
    LIMITS,
    () => now,
  );
  for (; now <= LIMITS.latestMs; now += 50) expect(patience.isOver).toBe(false);
  expect(patience.isOver).toBe(true);
});

test("a server shows that it computes, and that it writes to its log", async () => {
  const folder = mkdtempSync(join(tmpdir(), "patience-"));
  const log = join(folder, "server.log");
  const child = spawn(process.execPath, ["-e", "process.on('message', () => { for (;;); })"], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  onTestFinished(async () => {
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true });
  });
  const silent = signOf(undefined, log);
  appendFileSync(log, "starting");
  expect(signOf(undefined, log)).not.toBe(silent);
  child.send("compute");
  const before = signOf(child.pid, log);
  await vi.waitFor(() => expect(signOf(child.pid, log)).not.toBe(before), { timeout: 60_000 });
});
