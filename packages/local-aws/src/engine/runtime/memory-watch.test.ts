import { expect, test } from "vitest";
import { ManualClock } from "../../clock/manual-clock.ts";
import type { ContainerUsage, TaskSpec } from "./driver.ts";
import { MemoryWatch } from "./memory-watch.ts";

const MIB = 1024 * 1024;
const task = { memoryMiB: 64, containers: [] } as unknown as TaskSpec;
const usage = (bytes: number): ReadonlyMap<string, ContainerUsage> =>
  new Map([["web", { memoryBytes: bytes } as ContainerUsage]]);

test("looks on where nothing is to be seen of a process yet, and no more once it is stopped", async () => {
  const clock = new ManualClock(0);
  const killed: number[] = [];
  let seen = new Map() as ReadonlyMap<string, ContainerUsage>;
  const watch = new MemoryWatch({
    clock,
    task,
    usage: async () => seen,
    kill: () => killed.push(clock.now()),
    failed: (error) => expect.fail(String(error)),
  });
  watch.start();
  await clock.advance(1000);
  expect(killed).toEqual([]);
  seen = usage(80 * MIB);
  await clock.advance(50);
  expect(killed).toEqual([1050]);
  watch.stop();
  await clock.advance(10_000);
  expect(killed).toEqual([1050]);
});

test("a task that waited long for its image is looked at as often as any when it starts", async () => {
  const clock = new ManualClock(0);
  let looks = 0;
  const watch = new MemoryWatch({
    clock,
    task,
    usage: async () => {
      looks += 1;
      return usage(MIB);
    },
    kill: () => expect.fail("nothing is over its limit"),
    failed: (error) => expect.fail(String(error)),
  });
  await clock.advance(60_000);
  watch.start();
  await clock.advance(1000);
  expect(looks).toBe(20);
  watch.stop();
});
