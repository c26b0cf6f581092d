import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

import { findMinutesProblem, labTime } from "./lab-time.ts";

function makeLab(start: string, solution: string): string {
  const lab = mkdtempSync(join(tmpdir(), "lab-time-"));
  onTestFinished(() => rmSync(lab, { recursive: true }));
  for (const [folder, text] of Object.entries({ start, solution })) {
    mkdirSync(join(lab, folder));
    writeFileSync(join(lab, folder, "stack.ts"), text);
  }
  return lab;
}

test("a lab takes the reading, the writing of new lines, some for each command, and the waiting", () => {
  const lab = makeLab("a\n", "a\n\nb\nc\nd\ne\n  f\n");
  const page =
    "word ".repeat(600) +
    "\n\n```sh\ndeploy\n```\n\n```output\ndone\n```\n\n```sh fails\ncheck\n```\n";
  expect(labTime(lab, page, 90)).toEqual({ reading: 3, writing: 1, trying: 3, waiting: 1.5 });
});

test("minutes that are far from what was computed are a problem that says the parts", () => {
  const time = { reading: 3, writing: 12.2, trying: 6, waiting: 1.5 };
  expect(findMinutesProblem(23, time)).toBeUndefined();
  expect(findMinutesProblem(27, time)).toBeUndefined();
  expect(findMinutesProblem(40, time)).toBe(
    "minutes is 40, but 3 to read, 12.2 to write, 6.0 to try, 1.5 measured waiting are 23",
  );
});
