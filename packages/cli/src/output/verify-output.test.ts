import type { Proof } from "@workbook/lab-kit/deploy";
import columns from "string-width";
import { expect, test } from "vitest";

import { formatProof, formatSummary } from "./verify-output.ts";

const proof = (more: Partial<Proof>): Proof => ({
  lab: "05-service",
  kind: "solution",
  id: "solution",
  passed: true,
  detail: "passes 9 checks",
  seconds: 4.2,
  ...more,
});

test("the summary has a row a lab, counts wrong answers once, and ends with what to type", () => {
  const text = formatSummary(
    {
      version: 1,
      passed: true,
      seconds: 75,
      proofs: [
        proof({}),
        proof({ kind: "mutation", id: "one" }),
        proof({ kind: "deployed-mutation", id: "one" }),
        proof({ kind: "mutation", id: "two" }),
      ],
    },
    "en",
  );
  expect(text.split("\n")[1]).toMatch(/^05-service\s+–\s+–\s+–\s+✓\s+–\s+–\s+✓ 3\/3$/);
  expect(text).toContain("4 proofs, 2 wrong answers, in 1m 15s: all hold.");
  expect(text).toMatch(/Next: \.\/workbook run$/);
});

test("a failure is told in full, with where to look", () => {
  const failed = proof({ passed: false, detail: "x".repeat(500), artifacts: "verify/05/solution" });
  const text = formatSummary({ version: 1, passed: false, seconds: 1, proofs: [failed] }, "en");
  expect(text).toContain("x".repeat(500));
  expect(text).toContain("verify/05/solution");
  expect(text).toMatch(/1 fail\.\n\nNext: \.\/workbook verify 05$/);
});

test("a chapter that cannot run here is named and counted", () => {
  const report = { version: 1, passed: true, seconds: 1, proofs: [proof({})] } as const;
  const text = formatSummary(report, "en", ["09-two-containers"]);
  expect(text).toContain("- 09 not run here: its tasks have to be containers");
  expect(text).toContain("1 chapter not run here");
});

test("what was seen of a proof that holds is one short line", () => {
  const text = formatProof(proof({ detail: `a\n${"b".repeat(500)}` }));
  expect(text.split("\n")).toHaveLength(1);
  expect(text.length).toBeLessThan(200);
});

test("in Japanese the columns stand below their titles, whatever the width of a character", () => {
  const lines = formatSummary(
    { version: 1, passed: true, seconds: 1, proofs: [proof({}), proof({ kind: "destroy" })] },
    "ja",
  ).split("\n");
  const columnOf = (line: string, text: string) => columns(line.slice(0, line.indexOf(text)));
  const [titles, row] = [lines[0]!, lines[1]!];
  expect(columnOf(titles, "solution は合格")).toBe(columnOf(row, "✓"));
  expect(columnOf(titles, "削除後に何も残らない")).toBe(
    columns(row.slice(0, row.lastIndexOf("✓"))),
  );
  expect(lines.at(-1)).toBe("次: ./workbook run");
});
