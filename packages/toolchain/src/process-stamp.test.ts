import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test, vi } from "vitest";
import { isGroupRunning, processStamp } from "./process-stamp.ts";

test("a process has one stamp for as long as it runs, and none afterwards", async () => {
  const child = spawn("sh", ["-c", "read line"], { stdio: ["pipe", "ignore", "ignore"] });
  const stamp = processStamp(child.pid!);
  expect(stamp).toMatch(/\d/);
  expect(processStamp(child.pid!)).toBe(stamp);
  child.stdin.end("\n");
  await once(child, "exit");
  expect(processStamp(child.pid!)).toBeUndefined();
});

test("this process is an earlier one than its child", async () => {
  const child = spawn("sh", ["-c", "read line"], { stdio: ["pipe", "ignore", "ignore"] });
  expect(processStamp(process.pid)).not.toBe(processStamp(child.pid!));
  child.stdin.end("\n");
  await once(child, "exit");
});

test.each([0, -1, 1.5, Number.NaN])("%s is no process id", (pid) => {
  expect(processStamp(pid)).toBeUndefined();
});

test("a group runs for as long as one of its processes does", async () => {
  const leader = spawn("sh", ["-c", "sleep 600 & echo $!"], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = (await once(leader.stdout, "data")) as [Buffer];
  await once(leader, "exit");
  expect(isGroupRunning(leader.pid!)).toBe(true);
  process.kill(Number(line), "SIGKILL");
  await vi.waitUntil(() => !isGroupRunning(leader.pid!), { timeout: 60_000 });
});
