/** A figure of the benchmark: what was measured, ours, the other's, and their ratio. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  readonly other: string;
  readonly ratio: string;
  readonly aim: string;
}

/** Writes rows as a Markdown table. */
export function toMarkdown(rows: readonly Row[]): string {
  const head: Row = {
    what: "measured",
    ours: "Local AWS",
    other: "beside it",
    ratio: "ratio",
    aim: "aim",
  };
  const columns = ["what", "ours", "other", "ratio", "aim"] as const;
  const widths = columns.map((column) =>
    Math.max(3, ...[head, ...rows].map((row) => row[column].length)),
  );
  const line = (row: Row) =>
    `| ${columns.map((column, index) => row[column].padEnd(widths[index]!)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** The middle of several measurements. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
