import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FileLock } from "./file-lock.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "file-lock-"));
  path = join(folder, "lock");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("lets one in at a time", async () => {
  let inside = 0;
  let most = 0;
  const enter = async () => {
    using lock = new FileLock(path);
    await lock.wait();
    most = Math.max(most, ++inside);
    await new Promise(setImmediate);
    inside--;
  };
  await Promise.all([1, 2, 3].map(enter));
  expect(most).toBe(1);
});

test("is held by whom it was given, and by nobody else", () => {
  using first = new FileLock(path);
  using second = new FileLock(path);
  expect([first.isHeld, second.isHeld]).toEqual([false, false]);
  expect([first.take(), second.take()]).toEqual([true, false]);
  expect([first.isHeld, second.isHeld]).toEqual([true, false]);
});

test.each(["SIGKILL", "SIGTERM"] as const)(
  "is free again when its holder is ended by %s",
  async (signal) => {
    const module = JSON.stringify(new URL("file-lock.ts", import.meta.url).href);
    const hold = `const { FileLock } = await import(${module});
      const lock = new FileLock(${JSON.stringify(path)});
      lock.take();
      process.stdout.write("holding");
      setInterval(() => lock.isHeld, 60_000);`;
    const holder = spawn(process.execPath, ["--input-type=module", "--eval", hold]);
    await once(holder.stdout, "data");
    using lock = new FileLock(path);
    expect(lock.take()).toBe(false);
    const waiting = lock.wait();
    holder.kill(signal);
    await waiting;
    expect(lock.isHeld).toBe(true);
  },
);

test("waits no longer than its signal says", async () => {
  using holder = new FileLock(path);
  holder.take();
  using lock = new FileLock(path);
  await expect(lock.wait(AbortSignal.timeout(50))).rejects.toThrow("aborted");
  expect(lock.isHeld).toBe(false);
});

test("is taken where a process died before it wrote anything into the file", () => {
  writeFileSync(path, "");
  using lock = new FileLock(path);
  expect(lock.take()).toBe(true);
});
