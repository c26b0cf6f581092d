import { expect, test } from "vitest";
import { readPace } from "./pace.ts";

test("a pace is real, fast, or how many times faster idle waiting is to pass", () => {
  expect(["real", "fast", "1", "10", "2.5"].map(readPace)).toEqual([1, 60, 1, 10, 2.5]);
});

test("what is no pace is refused with what is", () => {
  for (const word of ["slow", "0", "0.5", "-1", "1001", "1e2", "0x10", "", "constructor"])
    expect(() => readPace(word)).toThrow(
      `"cloud pace" takes real, fast, or a number from 1 to 1000, not ${word}.`,
    );
});
