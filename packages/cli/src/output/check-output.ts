import type { Language } from "@workbook/toolchain";
import type { CheckReport, CheckReportEntry } from "@workbook/lab-kit";
import { formatDuration, style } from "./style.ts";
import { wrap } from "./wrap.ts";

/** One check, as it went. */
export function formatCheck(entry: CheckReportEntry, language: Language): string {
  const title = entry.title[language];
  const time = style.quiet(formatDuration(entry.seconds * 1000));
  switch (entry.status) {
    case "passed":
      return `${style.good("✓")} ${title}  ${time}${table(entry.actual?.[language] ?? "")}`;
    case "not-run":
      return style.quiet(`· ${title}  (not run)`);
    default:
      return `${style.bad("✗")} ${style.name(title)}  ${time}`;
  }
}

/** What each check that did not pass expected and saw, and what to try. */
export function formatFailures(report: CheckReport, language: Language): string {
  return failuresOf(report)
    .map((failure) => describeFailure(failure, language))
    .join("\n");
}

/** The checks that did not pass: one, unless all were asked for. */
export function failuresOf({ checks }: CheckReport): readonly CheckReportEntry[] {
  return checks.filter(({ status }) => status === "failed" || status === "error");
}

function describeFailure(failure: CheckReportEntry, language: Language): string {
  const { expected, actual, hint } = failure;
  const lines = ["", `  Check     ${failure.id}`];
  if (expected !== null) lines.push(`  Expected  ${indent(expected[language])}`);
  if (actual !== null) lines.push(`  Seen      ${indent(actual[language])}`);
  if (hint) lines.push(`  Hint      ${indent(hint.question[language])}`);
  return lines.join("\n");
}

/** What a check saw where it is a table or a list: that is there to be read, whether or not the check passed. */
function table(actual: string): string {
  return actual.includes("\n") ? `\n${actual.replaceAll(/^/gm, "    ")}` : "";
}

/** In the column beside the name; at a terminal, broken where that ends. */
function indent(text: string): string {
  const { isTTY, columns } = process.stdout;
  const margin = " ".repeat(12);
  return isTTY ? wrap(text, columns, margin).trimStart() : text.replaceAll("\n", `\n${margin}`);
}
