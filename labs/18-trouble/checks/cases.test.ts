import { readFileSync } from "node:fs";
import { join } from "node:path";
import { breakStack, caseIn } from "@workbook/lab-kit";
import { expect, test } from "vitest";
import { cases } from "../cases.ts";

const whole = readFileSync(join(import.meta.dirname, "../start/stack.ts"), "utf8");

test("there are twelve cases, each about another cause, each broken in one place of the stack", () => {
  expect(cases).toHaveLength(12);
  for (const each of cases) {
    const broken = breakStack(whole, each);
    expect(caseIn(broken)).toBe(each.number);
    expect(broken).not.toBe(whole);
  }
});
