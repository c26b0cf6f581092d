import type { PageReport } from "./run-page.ts";

/** A table of what was run, a line a page, with the sum in the last line, and the reasons why something was not. */
export function formatTable(reports: readonly PageReport[]): string {
  const sum = (pick: (report: PageReport) => number) =>
    reports.reduce((total, report) => total + pick(report), 0);
  const rows = [
    ["page", "blocks run", "outputs compared", "updated", "skipped", "problems", "seconds"],
    ...reports.map((report) => toRow(report.page, report)),
    [
      `${reports.length} pages`,
      String(sum(({ ran }) => ran)),
      String(sum(({ compared }) => compared)),
      String(sum(({ updated }) => updated)),
      String(sum(({ skipped }) => skipped.length)),
      String(sum(({ problems }) => problems.length)),
      String(Math.round(sum(({ seconds }) => seconds))),
    ],
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!),
      )
      .join("  "),
  );
  const reasons = reports.flatMap(({ skipped }) => skipped.map((reason) => `not run: ${reason}`));
  return [...lines, ...reasons].join("\n");
}

function toRow(page: string, report: PageReport): string[] {
  return [
    page,
    String(report.ran),
    String(report.compared),
    String(report.updated),
    String(report.skipped.length),
    String(report.problems.length),
    String(Math.round(report.seconds)),
  ];
}
