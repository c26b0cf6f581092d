import { type CheckReportEntry, hint } from "@workbook/lab-kit";
import { text } from "@workbook/toolchain";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import columns from "string-width";
import { renderWatch, type WatchView } from "./view.ts";

const HINT = {
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
    title: text(`The check that is called ${id}, in a sentence of some length`),
    status,
    expected: failed ? text("an Application Load Balancer") : null,
    actual: failed ? text("the stack has no load balancer") : null,
    hint: failed ? { fault: "missing", ...hint(HINT.question, HINT.pointer, HINT.line) } : null,
    seconds: 0,
  };
}

const VIEW: WatchView = {
  language: "en",
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
  expect(Math.max(...lines.map((line) => columns(line)))).toBeLessThan(width);
  const seen = lines.join("\n");
  expect(seen).toContain("✗ The check that is called two");
  expect(seen).toContain("the stack has no load balancer");
  expect(seen).toContain("q quit");
});

test.each([1, 2, 3])("level %i of a hint and the keys fit into a narrow terminal", (hintLevel) => {
  const lines = render({ ...VIEW, hintLevel }, 50, 24);
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(Math.max(...lines.map((line) => columns(line)))).toBeLessThan(50);
  const seen = lines.join("").replaceAll(/\s+/g, " ");
  expect(seen).toContain("q quit");
  const last = [HINT.question, "application-load-balancers.html", HINT.line][hintLevel - 1]!;
  expect(seen.replaceAll(" ", "")).toContain(last.replaceAll(" ", ""));
});

test("a hint shows as much as was asked for", () => {
  const shown = (hintLevel: number) => render({ ...VIEW, hintLevel }, 80, 40).join("\n");
  expect(shown(0)).not.toContain(HINT.question);
  expect(shown(1)).toContain(HINT.question);
  expect(shown(1)).not.toContain("https://");
  expect(shown(2)).toContain("https://docs.aws.amazon.com/");
  expect(shown(2)).not.toContain(HINT.line);
  expect(shown(3)).toContain(HINT.line);
});

test("code that does not load is told without the calls inside of Node", () => {
  const broken: CheckReportEntry = {
    ...check("one", "error"),
    actual: text(
      "SynthesisError: stack.ts:3\n  const x = ;\n            ^\nSyntaxError: Unexpected token\n    at compile (node:internal)\n\nNode.js v24.0.0",
    ),
  };
  const seen = render({ ...VIEW, checks: [broken] }, 80, 24).join("\n");
  expect(seen).toContain("Unexpected token");
  expect(seen).not.toContain("node:internal");
});

test("a plan names the first of what would change", () => {
  const plan = { status: "planned", changes: ["aws_lb.alb", "b", "c", "d", "e"] } as const;
  expect(render({ ...VIEW, plan }, 80, 30).join("\n")).toContain("aws_lb.alb, b, c, and 2 more");
});
