import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

import { findTimeProblem, readMeasuredTimes, recordMeasuredTimes } from "./measured-times.ts";

test("what is recorded is added to what was, in the order of the pages", () => {
  const folder = mkdtempSync(join(tmpdir(), "times-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "times.json");
  expect(readMeasuredTimes(file)).toEqual({});
  recordMeasuredTimes({ "labs/02.md": 70, "labs/03.md": 1 }, file);
  recordMeasuredTimes({ "labs/01.md": 30, "labs/03.md": 2 }, file);
  expect(Object.entries(readMeasuredTimes(file))).toEqual([
    ["labs/01.md", 30],
    ["labs/02.md", 70],
    ["labs/03.md", 2],
  ]);
});

test.each([
  [60, 100, undefined],
  [60, 300, undefined],
  [60, 301, "page.md took 301 s, and 60 s are recorded"],
  [600, 160, undefined],
  [600, 159, "page.md took 159 s, and 600 s are recorded"],
])("a page of %i s may take %i s: %s", (recorded, seconds, problem) => {
  const found = findTimeProblem("page.md", seconds, { "page.md": recorded });
  if (problem === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(problem);
});

test("a page that was never measured is a problem", () => {
  expect(findTimeProblem("page.md", 12, {})).toContain("no time is recorded");
});
