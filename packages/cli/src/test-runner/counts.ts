/** How the tests of a suite ended. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
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
export function settleCounts(counts: Counts | undefined, exitCode: number): Counts {
  const known = counts ?? { passed: 0, failed: 0, skipped: 0 };
  return exitCode !== 0 && known.failed === 0 ? { ...known, failed: 1 } : known;
}

/** Sums up suites. */
export function addCounts(all: readonly Counts[]): Counts {
  return {
    passed: all.reduce((sum, { passed }) => sum + passed, 0),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
    skipped: all.reduce((sum, { skipped }) => sum + skipped, 0),
  };
}

/** `12 passed, 0 failed`, and `, 1 skipped` where there are any: the last line of a run. */
export function formatCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
