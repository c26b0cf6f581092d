import type { CheckReport, CheckReportEntry } from "@workbook/lab-kit";
import { say, text, type Language, type Words } from "@workbook/toolchain";
import { formatDuration, style } from "./style.ts";
import { fill, wrap } from "./wrap.ts";

/** One check, as it went. */
export function formatCheck(entry: CheckReportEntry, language: Language): string {
  const title = entry.title[language];
  const time = style.quiet(formatDuration(entry.seconds * 1000));
  switch (entry.status) {
    case "passed":
      return `${style.good("✓")} ${title}  ${time}${table(entry.actual?.[language] ?? "")}`;
    case "not-run":
      return style.quiet(`· ${title}  (${NOT_RUN[language]})`);
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
  const lines = ["", row(["Check", "チェック"], failure.id, language)];
  if (expected !== null) lines.push(row(EXPECTED, expected[language], language));
  if (actual !== null) lines.push(row(SEEN, actual[language], language));
  if (hint) lines.push(row(["Hint", "ヒント"], hint.question[language], language));
  return lines.join("\n");
}

/** What a check saw where it is a table or a list: that is there to be read, whether or not the check passed. */
function table(actual: string): string {
  return actual.includes("\n") ? `\n${actual.replaceAll(/^/gm, "    ")}` : "";
}

/** What a check asks for, and what it saw, as a reader is told. */
export const EXPECTED = ["Expected", "期待"] as const;
export const SEEN = ["Seen", "実際"] as const;

const NOT_RUN = text(["not run", "未実行"]);
const NAME_WIDTH = 10;

/** A name, and what is to be said beside it; at a terminal, broken where that ends. */
function row(name: Words, content: string, language: Language): string {
  const { isTTY, columns } = process.stdout;
  const margin = " ".repeat(NAME_WIDTH + 2);
  const beside = isTTY
    ? wrap(content, columns, margin).trimStart()
    : content.replaceAll(/\n(?=.)/g, `\n${margin}`);
  return `  ${fill(say(name, language), NAME_WIDTH)}${beside}`;
}

/** What each level of a hint gives. */
export const HINT_LEVELS = [
  ["Question", "問い"],
  ["Look here", "調べる所"],
  ["Write", "書くこと"],
] as const;
