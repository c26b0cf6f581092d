import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

import { findTimeProblem, readMeasuredTimes, recordMeasuredTime } from "./measured-times.ts";

test("what is recorded of a chapter lies with its lab, and beside what was known of other pages", () => {
  const root = mkdtempSync(join(tmpdir(), "times-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  expect(readMeasuredTimes(root)).toEqual({});
  for (const folder of ["docs/.vitepress/data", "labs/02-two", "labs/03-three"])
    mkdirSync(join(root, folder), { recursive: true });
  recordMeasuredTime("labs/02-two.md", 70, root);
  recordMeasuredTime("labs/03-three.md", 1, root);
  recordMeasuredTime("reading.md", 30, root);
  recordMeasuredTime("labs/03-three.md", 2, root);
  expect(readMeasuredTimes(root)).toEqual({
    "reading.md": 30,
    "labs/02-two.md": 70,
    "labs/03-three.md": 2,
  });
  const own = readFileSync(join(root, "labs/03-three/measured-times.json"), "utf8");
  expect(JSON.parse(own)).toEqual({ "labs/03-three.md": 2 });
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
