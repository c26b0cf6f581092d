import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { isFromThisBoot, isGroupRunning, processStamp } from "./process-stamp.ts";

const { platform } = process;

afterEach(() => {
  Object.defineProperty(process, "platform", { value: platform });
  vi.unstubAllEnvs();
});

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

test.runIf(platform === "linux")("a stamp tells this start of the machine from another", () => {
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const stamp = processStamp(process.pid)!;
  expect(stamp).toMatch(new RegExp(`^${boot}:\\d+$`));
  expect(isFromThisBoot(stamp)).toBe(true);
  const [ticks] = stamp.split(":").slice(-1);
  for (const old of [ticks!, `${"0".repeat(8)}${boot.slice(8)}:${ticks}`, ""])
    expect(isFromThisBoot(old)).toBe(false);
});

test("where ps is asked, a stamp is the same in every time zone, and tells when the machine started", () => {
  Object.defineProperty(process, "platform", { value: "darwin" });
  vi.stubEnv("TZ", "Asia/Tokyo");
  const stamp = processStamp(process.pid)!;
  vi.stubEnv("TZ", "America/New_York");
  expect(processStamp(process.pid)).toBe(stamp);
  expect(isFromThisBoot(stamp)).toBe(true);
  expect(isFromThisBoot("Thu Jan  1 00:00:01 1970")).toBe(false);
  expect(isFromThisBoot("")).toBe(false);
});
