/** How the tests of a suite ended. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Those that failed, each in one line: `docs/tests/site.test.ts > every link leads somewhere`. */
  readonly failures: readonly string[];
}

/** A kind of tests, and the files of it that a run is about. */
export interface Suite {
  /** What the reader calls it: "TypeScript (22 files)". */
  readonly title: string;
  /** Streams what happens to standard output, and resolves when all has run. Never rejects for a failed test. */
  readonly run: () => Promise<Counts>;
}

/**
 * What a runner counted, or one failure where it failed without having counted any: a file that does not load, a
 * process that dies, is not a success.
 */
export function settleCounts(counts: Counts | undefined, exitCode: number, title: string): Counts {
  const known = counts ?? { passed: 0, failed: 0, skipped: 0, failures: [] };
  if (exitCode === 0 || known.failed > 0) return known;
  return { ...known, failed: 1, failures: [`${title} > exit code ${exitCode}`] };
}

/** Sums up suites. */
export function addCounts(all: readonly Counts[]): Counts {
  return {
    passed: all.reduce((sum, { passed }) => sum + passed, 0),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
    skipped: all.reduce((sum, { skipped }) => sum + skipped, 0),
    failures: all.flatMap(({ failures }) => failures),
  };
}

/** `12 passed, 0 failed`, and `, 1 skipped` where there are any: the last line of a run. */
export function formatCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** The end of a run: a line for each test that failed, and the counts, which `.ci/run` repeats. */
export function formatEnd(counts: Counts): string {
  const lines = counts.failures.map((failure) => `✗ ${failure.replaceAll(/\s+/g, " ")}`);
  return [...lines, formatCounts(counts)].join("\n");
}
