import { defineConfig } from "vitest/config";

/**
 * Suites that start servers, Terraform or tasks, after everything that is quick. Most of their time they wait for a program:
 * two files side by side use what one leaves idle, and each has a cloud, ports and folders of its own.
 */
const heavy = [
  "packages/*/tests/**/*.test.ts",
  "labs/*/{tests/,}*.test.ts",
  "infra/tests/**/*.test.ts",
];

/** The site in a browser: built once for all of them. */
const site = ["docs/tests/**/*.test.ts"];

/** Whole days of a learner, an instructor, a reader: minutes each. `./workbook test journey` runs them. */
const journeys = ["{docs,packages/*}/tests/**/*.{journey,walk}.test.ts"];

/**
 * When a test is taken to hang, in milliseconds. Whatever is waited for in one (a program that starts, a state that is reached) has a
 * minute: on two cores that others use as well, what takes half a second here has taken twenty.
 */
const LIMITS = { quick: 120_000, heavy: 180_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "quick",
          include: [
            "{infra,packages/*}/src/**/*.test.ts",
            "labs/*/checks/*.test.ts",
            "{docs,scripts}/**/*.test.ts",
          ],
          exclude: ["**/node_modules/**", ...heavy, ...site],
          maxWorkers: 2,
          testTimeout: LIMITS.quick,
          hookTimeout: LIMITS.quick,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "heavy",
          include: heavy,
          exclude: ["**/node_modules/**", ...journeys],
          maxWorkers: 2,
          testTimeout: LIMITS.heavy,
          hookTimeout: LIMITS.heavy,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "site",
          include: site,
          exclude: ["**/node_modules/**", ...journeys],
          globalSetup: "docs/tests/support/provide-site.ts",
          fileParallelism: false,
          testTimeout: LIMITS.heavy,
          hookTimeout: LIMITS.heavy,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: "journey",
          include: journeys,
          exclude: ["**/node_modules/**"],
          fileParallelism: false,
          testTimeout: LIMITS.heavy,
          hookTimeout: LIMITS.heavy,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
