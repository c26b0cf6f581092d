/** What came of one mistake, or of a stack without one. */
export interface Row {
  readonly what: string;
  /** The finding that has to come first, or `nothing`. */
  readonly wanted: string;
  /** What came first, at the last look. */
  readonly first: string;
  /** Everything that was told at any look and is not part of the mistake. */
  readonly wrong: readonly string[];
}

/** All rows, and of all that was told how much was right (precision), of all that was wrong how much was told (recall). */
export function formatTable(rows: readonly Row[]): string {
  const cells = rows.map(({ what, wanted, first, wrong }) => [
    first === wanted && wrong.length === 0 ? "✓" : "✗",
    what,
    wanted,
    first === wanted ? "" : first,
    wrong.join(", "),
  ]);
  const all = [["", "mistake", "has to come", "came", "came wrongly"], ...cells];
  const width = (column: number) => Math.max(...all.map((row) => row[column]!.length));
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(width(column)))
      .join("  ")
      .trimEnd(),
  );
  const mistakes = rows.filter(({ wanted }) => wanted !== "nothing");
  const found = mistakes.filter(({ first, wanted }) => first === wanted).length;
  const wrong = rows.reduce((sum, row) => sum + row.wrong.length, 0);
  const precision = found + wrong === 0 ? 1 : found / (found + wrong);
  const recall = mistakes.length === 0 ? 1 : found / mistakes.length;
  return `\n${lines.join("\n")}\n\n${mistakes.length} mistakes, ${rows.length - mistakes.length} healthy stacks; precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}\n`;
}
