import { hint } from "@workbook/lab-kit";
import { text } from "@workbook/toolchain";
import { expect, test } from "vitest";
import type { LabReport } from "../lab-checks.ts";
import { toJunit } from "./junit.ts";

const REPORT: LabReport = {
  version: 2,
  owner: "hanako",
  lab: "08-two-services",
  target: "local",
  passed: false,
  checks: [
    {
      id: "one",
      tier: "synth",
      title: text("A & B"),
      status: "passed",
      expected: text("x"),
      actual: text("x"),
      hint: null,
      seconds: 0.5,
    },
    {
      id: "two",
      tier: "live",
      title: text("Port 80 answers"),
      status: "failed",
      expected: text('the body "Hello"'),
      actual: text("<html>\u0007"),
      hint: { fault: "wrong-body", ...hint(["Who answers?", "応答するのは何ですか。"], "p", "l") },
      seconds: 1,
    },
    {
      id: "three",
      tier: "live",
      title: text("Third"),
      status: "not-run",
      expected: null,
      actual: null,
      hint: null,
      seconds: 0,
    },
  ],
};

test("every check is a case, with the counts that CI systems read", () => {
  const xml = toJunit(REPORT, "en");
  expect(xml).toContain(
    '<testsuite name="08-two-services on local" tests="3" failures="1" errors="0" skipped="1" time="1.500">',
  );
  expect(xml).toContain('<properties><property name="owner" value="hanako"/></properties>');
  expect(xml.match(/<testcase /g)).toHaveLength(3);
  expect(xml).toContain('name="one: A &amp; B" classname="08-two-services.synth" time="0.500"/>');
  expect(xml).toContain("<skipped/>");
});

test("a failure says what was expected and seen, escaped", () => {
  expect(toJunit(REPORT, "en")).toContain(
    "expected: the body &quot;Hello&quot;\nactual: &lt;html&gt;\uFFFD\nhint: Who answers?</failure>",
  );
});

test("a reader of Japanese reads it in Japanese", () => {
  expect(toJunit(REPORT, "ja")).toContain("hint: 応答するのは何ですか。</failure>");
});
