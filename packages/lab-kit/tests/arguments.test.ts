import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { formatResults, readResults } from "../arguments/results.ts";

test("what a trial of all arguments has found is recorded as the formatter wants it", () => {
  const file = new URL("../arguments/results.json", import.meta.url);
  expect(formatResults(readResults())).toBe(readFileSync(file, "utf8"));
});
