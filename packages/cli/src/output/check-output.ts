import type { CheckReport, CheckReportEntry } from "@workbook/lab-kit";
import { formatDuration, style } from "./style.ts";

/** One check, as it went. */
export function formatCheck(entry: CheckReportEntry): string {
  const time = style.quiet(formatDuration(entry.seconds * 1000));
  switch (entry.status) {
    case "passed":
      return `${style.good("✓")} ${entry.title}  ${time}${table(entry.actual ?? "")}`;
    case "not-run":
      return style.quiet(`· ${entry.title}  (not run)`);
    default:
      return `${style.bad("✗")} ${style.name(entry.title)}  ${time}`;
  }
}

/** What each check that did not pass expected and saw, and what to try. */
export function formatFailures(report: CheckReport): string {
  return failuresOf(report).map(describeFailure).join("\n");
}

/** The checks that did not pass: one, unless all were asked for. */
export function failuresOf({ checks }: CheckReport): readonly CheckReportEntry[] {
  return checks.filter(({ status }) => status === "failed" || status === "error");
}

function describeFailure(failure: CheckReportEntry): string {
  const lines = ["", `  Check     ${failure.id}`];
  if (failure.expected !== null) lines.push(`  Expected  ${indent(failure.expected)}`);
  if (failure.actual !== null) lines.push(`  Seen      ${indent(failure.actual)}`);
  if (failure.hint) lines.push(`  Hint      ${indent(failure.hint.question)}`);
  return lines.join("\n");
}

/** What a check saw where it is a table or a list: that is there to be read, whether or not the check passed. */
function table(actual: string): string {
  return actual.includes("\n") ? `\n${actual.replaceAll(/^/gm, "    ")}` : "";
}

function indent(text: string): string {
  return text.replaceAll("\n", `\n${" ".repeat(12)}`);
}
