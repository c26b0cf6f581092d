import { expect, test } from "vitest";
import type { ContainerSpec } from "./driver.ts";
import { overLimit } from "./memory-watch.ts";

const MIB = 1024 * 1024;

/** Containers by name: limit and use, in MiB. */
function killed(
  memoryMiB: number | undefined,
  containers: Readonly<Record<string, readonly [number | undefined, number]>>,
): string[] {
  const specs = Object.entries(containers).map(
    ([name, [memory]]) => ({ name, definition: { memory } }) as ContainerSpec,
  );
  const usage = new Map(
    Object.entries(containers).map(([name, [, used]]) => [
      name,
      { userSeconds: 0, systemSeconds: 0, memoryBytes: used * MIB },
    ]),
  );
  return overLimit({ memoryMiB, containers: specs }, usage);
}

test("a container at its limit lives, one over it does not", () => {
  expect(killed(512, { a: [100, 100], b: [100, 101] })).toEqual(["b"]);
});

test("over the task's limit the largest container is killed", () => {
  expect(killed(512, { a: [undefined, 200], b: [undefined, 312] })).toEqual([]);
  expect(killed(512, { a: [undefined, 200], b: [undefined, 313] })).toEqual(["b"]);
});

test("what a killed container frees counts for the others", () => {
  expect(killed(512, { a: [100, 300], b: [undefined, 300] })).toEqual(["a"]);
});

test("without limits nothing is killed", () => {
  expect(killed(undefined, { a: [undefined, 10_000] })).toEqual([]);
});
