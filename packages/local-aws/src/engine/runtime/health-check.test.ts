import type { HealthCheck } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "vitest";
import { ManualClock } from "../../clock/manual-clock.ts";
import { checkCommand, HealthMonitor } from "./health-check.ts";

/** Follows a monitor while its checks end as they are told: the seconds at which its word changed. */
async function follow(
  healthCheck: HealthCheck,
  seconds: number,
  isHealthyAt: (second: number) => boolean,
  check?: () => Promise<boolean>,
): Promise<string[]> {
  const clock = new ManualClock(0);
  const changes: string[] = [];
  const monitor = new HealthMonitor({
    clock,
    healthCheck,
    check: check ?? (async () => isHealthyAt(clock.now() / 1000)),
    changed: (status) => changes.push(`${clock.now() / 1000} ${status}`),
    failed: (error) => changes.push(String(error)),
  });
  for (let second = 0; second < seconds; second++) await clock.advance(1000);
  monitor.stop();
  return changes;
}

const CHECK: HealthCheck = { command: ["CMD", "true"], interval: 10, retries: 3 };

describe("a container", () => {
  test("is healthy with its first success", async () => {
    expect(await follow(CHECK, 60, () => true)).toEqual(["10 HEALTHY"]);
  });

  test("is unhealthy after as many failures in a row as there are retries", async () => {
    expect(await follow(CHECK, 100, (at) => at < 15 || at > 75)).toEqual([
      "10 HEALTHY",
      "40 UNHEALTHY",
      "80 HEALTHY",
    ]);
  });

  test("is not unhealthy for failures with a success between them", async () => {
    expect(await follow(CHECK, 100, (at) => at % 30 === 0 || at === 10)).toEqual(["10 HEALTHY"]);
  });

  test("is unhealthy where its check cannot even be run, and is asked again", async () => {
    const broken = async (): Promise<boolean> => {
      throw new Error("no shell");
    };
    const seen = await follow(CHECK, 45, () => true, broken);
    expect(seen).toEqual([
      "Error: no shell",
      "Error: no shell",
      "Error: no shell",
      "30 UNHEALTHY",
      "Error: no shell",
    ]);
  });

  test("may fail for free in its start period", async () => {
    const check = { ...CHECK, startPeriod: 35 };
    expect(await follow(check, 100, () => false)).toEqual(["60 UNHEALTHY"]);
    expect(await follow(check, 100, (at) => at >= 50)).toEqual(["50 HEALTHY"]);
  });

  test("that was never healthy has as much real time as on AWS, however fast idle time passes", async () => {
    const clock = new ManualClock(0);
    clock.pace(10);
    const changes: number[] = [];
    const monitor = new HealthMonitor({
      clock,
      healthCheck: CHECK,
      check: async () => false,
      changed: () => changes.push(clock.now() / 1000),
      failed: () => {},
    });
    for (let second = 0; second < 60; second++) await clock.advance(1000);
    monitor.stop();
    expect(changes).toEqual([30]);
  });
});

test("a command is run by the shell or as it is; without one, and with NONE, nothing is checked", () => {
  expect(checkCommand({ command: ["CMD-SHELL", "a && b"] })).toEqual(["/bin/sh", "-c", "a && b"]);
  expect(checkCommand({ command: ["CMD", "a", "b"] })).toEqual(["a", "b"]);
  expect(checkCommand({ command: ["NONE"] })).toBeUndefined();
  expect(checkCommand(undefined)).toBeUndefined();
});
