import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DataDirInUse, lockDataDir } from "./lock.ts";

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "lock-"));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

test("a data directory has one holder, who is named", () => {
  const unlock = lockDataDir(dataDir);
  expect(() => lockDataDir(dataDir)).toThrow(new DataDirInUse(dataDir, process.pid));
  unlock();
  lockDataDir(dataDir)();
  expect(existsSync(join(dataDir, "server.pid"))).toBe(false);
});

test("the lock of a process that was killed is free", async () => {
  const module = join(import.meta.dirname, "lock.ts");
  const main = join(dataDir, "main.ts");
  writeFileSync(
    main,
    `import { lockDataDir } from ${JSON.stringify(module)};\nglobalThis.unlock = lockDataDir(${JSON.stringify(dataDir)});\nconsole.log("locked");\nsetInterval(() => {}, 1000);\n`,
  );
  const holder = spawn(process.execPath, [main], { stdio: ["ignore", "pipe", "ignore"] });
  await once(holder.stdout, "data");
  expect(() => lockDataDir(dataDir)).toThrow(`process id ${holder.pid}`);
  holder.kill("SIGKILL");
  await once(holder, "exit");
  lockDataDir(dataDir)();
});

test("a process id that was left behind means nothing", () => {
  writeFileSync(join(dataDir, "server.pid"), `${process.ppid}\n`);
  expect(() => lockDataDir(dataDir)()).not.toThrow();
});
