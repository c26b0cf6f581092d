import type { Rate } from "./rounds.ts";

/** A figure of the benchmark: what was measured, ours, the other's, and their ratio. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  readonly other: string;
  readonly ratio: string;
  readonly aim: string;
}

const COLUMNS = ["what", "ours", "other", "ratio", "aim"] as const;

/** Writes rows as a Markdown table. */
export function toMarkdown(rows: readonly Row[]): string {
  const head: Row = {
    what: "measured",
    ours: "Local AWS",
    other: "beside it",
    ratio: "ratio",
    aim: "aim",
  };
  const widths = COLUMNS.map((column) =>
    Math.max(3, ...[head, ...rows].map((row) => row[column].length)),
  );
  const line = (row: Row) =>
    `| ${COLUMNS.map((column, index) => row[column].padEnd(widths[index]!)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** The middle of several measurements. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** How a row is written. */
export interface RowStyle {
  /** Whose figure stands beside ours, or why there is none: `moto`, `nginx is not here`. */
  readonly beside: string;
  readonly format: (value: number) => string;
  /** The ratio is always "how many times better we are". */
  readonly lessIsBetter?: boolean;
  readonly aim?: string;
}

/** A row; figures that this machine cannot tell are undefined. */
export function compare(
  what: string,
  ours: number | undefined,
  other: number | undefined,
  { beside, format, lessIsBetter = false, aim = "" }: RowStyle,
): Row {
  const isComplete = ours !== undefined && other !== undefined;
  const ratio = isComplete ? (lessIsBetter ? other / ours : ours / other) : undefined;
  return {
    what,
    ours: ours === undefined ? "only Linux tells" : format(ours),
    other: other === undefined ? beside : `${beside} ${format(other)}`,
    ratio: ratio === undefined ? "" : ratio.toFixed(ratio < 10 ? 2 : 1),
    aim,
  };
}

export const format = {
  perSecond: (value: number) => `${Math.round(value).toLocaleString("en")}/s`,
  microseconds: (value: number) => `${Math.round(value).toLocaleString("en")} µs`,
  milliseconds: (value: number) => `${Math.round(value).toLocaleString("en")} ms`,
  megabytes: (value: number) => `${Math.round(value)} MB`,
  seconds: (value: number) => `${value.toFixed(1)} s`,
} as const;

/** The rate, and the processor time of one request, which other work on the machine disturbs less. */
export function rateRows(
  what: string,
  ours: Rate,
  other: Rate | undefined,
  beside: string,
  aim = "",
): Row[] {
  const cpu = { beside, format: format.microseconds, lessIsBetter: true };
  return [
    compare(what, ours.perSecond, other?.perSecond, { beside, format: format.perSecond, aim }),
    compare("… processor time of one", ours.cpu, other?.cpu, cpu),
  ];
}
