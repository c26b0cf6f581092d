import type { Outcome } from "./outcome.ts";

interface Memory {
  readonly server: number | undefined;
  readonly dataPlane: number | undefined;
}

/** One kind of attack, when it is over. */
export interface Row extends Outcome {
  readonly name: string;
  /** How many tries there were to be; fewer were made where its time was over. */
  readonly planned: number;
  readonly crashes: number;
  /** The longest answer to a harmless question that was asked beside; milliseconds. */
  readonly longestStall: number;
  readonly before: Memory;
  readonly after: Memory;
  readonly seconds: number;
}

export function isViolation(row: Row): boolean {
  return row.crashes + row.unanswered + row.faults + row.wrong > 0;
}

const HEADINGS = [
  "kind",
  "tried",
  "answered",
  "crashes",
  "unanswered",
  "500",
  "wrong",
  "stall ms",
  "server MiB",
  "balancer MiB",
  "s",
];

/** A table for people, and below it what there is to say of single kinds. */
export function toTable(rows: readonly Row[]): string {
  const lines = [HEADINGS, ...rows.map(cellsOf)];
  const widths = HEADINGS.map((_, at) => Math.max(...lines.map((line) => line[at]!.length)));
  const toLine = (cells: readonly string[]) =>
    cells
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join("  ");
  const remarks = rows.flatMap(({ name, examples, notes, tried, planned }) =>
    [
      ...(tried < planned ? [`its time was over after ${tried} of ${planned}`] : []),
      ...notes,
      ...examples,
    ].map((remark) => `${name}: ${remark}`),
  );
  return [...lines.map(toLine), ...remarks].map((line) => `${line}\n`).join("");
}

function cellsOf(row: Row): string[] {
  const mib = (bytes: number | undefined) =>
    bytes === undefined ? "" : String(Math.round(bytes / 1024 / 1024));
  const change = (part: keyof Memory) => {
    const [before, after] = [mib(row.before[part]), mib(row.after[part])];
    return after === "" ? "" : `${before === "" ? "" : `${before} to `}${after}`;
  };
  const { tried, answered, crashes, unanswered, faults, wrong, longestStall, seconds } = row;
  return [
    row.name,
    ...[tried, answered, crashes, unanswered, faults, wrong].map(String),
    String(Math.round(longestStall)),
    change("server"),
    change("dataPlane"),
    String(Math.round(seconds)),
  ];
}
