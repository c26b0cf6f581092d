import type { CheckReportEntry } from "@workbook/lab-kit";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { columns } from "../../output/wrap.ts";
import { renderWatch, type WatchView } from "./view.ts";

const hint = {
  fault: "missing",
  question: "What stands in front of the tasks?",
  pointer:
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html",
  line: 'new Lb(this, "alb", { … })',
};

function check(id: string, status: CheckReportEntry["status"]): CheckReportEntry {
  const failed = status === "failed";
  return {
    id,
    tier: "synth",
    title: `The check that is called ${id}, in a sentence of some length`,
    status,
    expected: failed ? "an Application Load Balancer" : null,
    actual: failed ? "the stack has no load balancer" : null,
    hint: failed ? hint : null,
    seconds: 0,
  };
}

const VIEW: WatchView = {
  number: "07",
  title: "A load balancer in front of the service",
  files: ["stack.ts"],
  checks: [
    check("one", "passed"),
    check("two", "failed"),
    ...Array.from({ length: 11 }, (_, index) => check(`later-${index}`, "not-run")),
  ],
  looked: { ms: 420 },
  plan: { status: "waiting" },
  hintLevel: 0,
  notice: undefined,
};

const render = (view: WatchView, width: number, rows: number) =>
  renderWatch(view, width, rows).map((line) => stripVTControlCharacters(line));

test.each([
  [80, 24],
  [50, 24],
  [40, 30],
  [120, 50],
])("everything that matters fits into a terminal of %i columns and %i lines", (width, rows) => {
  const lines = render(VIEW, width, rows);
  expect(lines.length).toBeLessThanOrEqual(rows);
  expect(Math.max(...lines.map(columns))).toBeLessThan(width);
  const text = lines.join("\n");
  expect(text).toContain("✗ The check that is called two");
  expect(text).toContain("the stack has no load balancer");
  expect(text).toContain("q quit");
});

test.each([1, 2, 3])("level %i of a hint and the keys fit into a narrow terminal", (hintLevel) => {
  const lines = render({ ...VIEW, hintLevel }, 50, 24);
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(Math.max(...lines.map(columns))).toBeLessThan(50);
  const text = lines.join("").replaceAll(/\s+/g, " ");
  expect(text).toContain("q quit");
  const last = [hint.question, "application-load-balancers.html", hint.line][hintLevel - 1]!;
  expect(text.replaceAll(" ", "")).toContain(last.replaceAll(" ", ""));
});

test("a hint shows as much as was asked for", () => {
  const text = (hintLevel: number) => render({ ...VIEW, hintLevel }, 80, 40).join("\n");
  expect(text(0)).not.toContain(hint.question);
  expect(text(1)).toContain(hint.question);
  expect(text(1)).not.toContain("https://");
  expect(text(2)).toContain("https://docs.aws.amazon.com/");
  expect(text(2)).not.toContain(hint.line);
  expect(text(3)).toContain(hint.line);
});

test("code that does not load is told without the calls inside of Node", () => {
  const broken: CheckReportEntry = {
    ...check("one", "error"),
    actual:
      "SynthesisError: stack.ts:3\n  const x = ;\n            ^\nSyntaxError: Unexpected token\n    at compile (node:internal)\n\nNode.js v24.0.0",
  };
  const text = render({ ...VIEW, checks: [broken] }, 80, 24).join("\n");
  expect(text).toContain("Unexpected token");
  expect(text).not.toContain("node:internal");
});

test("a plan names the first of what would change", () => {
  const plan = { status: "planned", changes: ["aws_lb.alb", "b", "c", "d", "e"] } as const;
  expect(render({ ...VIEW, plan }, 80, 30).join("\n")).toContain("aws_lb.alb, b, c, and 2 more");
});
