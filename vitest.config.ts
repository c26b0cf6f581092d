import { defineConfig } from "vitest/config";

/** Suites that start servers, Terraform or tasks: one file at a time, after everything that is quick. */
const heavy = [
  "packages/*/tests/**/*.test.ts",
  "labs/*/{tests/,}*.test.ts",
  "infra/tests/**/*.test.ts",
];

/** The site in a browser: built once for all of them. */
const site = ["docs/tests/**/*.test.ts"];

/** Whole days of a learner, an instructor, a reader: minutes each. `./workbook test journey` runs them. */
const journeys = ["{docs,packages/*}/tests/**/*.{journey,walk}.test.ts"];

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
          testTimeout: 20_000,
          hookTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "heavy",
          include: heavy,
          exclude: ["**/node_modules/**", ...journeys],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
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
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: "journey",
          include: journeys,
          exclude: ["**/node_modules/**"],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
