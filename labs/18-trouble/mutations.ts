import { defineMutations } from "@workbook/lab-kit";
import { cases } from "./cases.ts";

const file = "notebook.ts";

/** The cases themselves, each caught by what it does to the cloud; and notes that are wrong. */
export const mutations = defineMutations([
  ...cases.map(({ number, entry, replace, by, also }) => ({
    id: `case-${number}`,
    file: "stack.ts",
    replace,
    by,
    ...(also && { also }),
    caughtBy: "services-steady",
    fault: entry,
    tier: "live" as const,
    // Of tasks that are replaced again and again, some are unhealthy at one moment and missing at the next.
    deployed: { caughtBy: ["services-steady", "targets-healthy"] },
  })),
  {
    id: "no-note-of-the-case",
    file: "stack.ts",
    replace: "const CASE: number = 12;",
    by: "const CASE: number = 13;",
    caughtBy: "notebook",
    fault: "no-case",
  },
  {
    id: "note-left-out",
    file,
    replace: "case: 12,",
    by: "case: 11,",
    caughtBy: "notebook",
    fault: "no-note",
  },
  {
    id: "cause-that-looks-alike",
    file,
    replace: `[200]",
    cause: "health-check-matcher",`,
    by: `[404]",
    cause: "health-check-path",`,
    caughtBy: "notebook",
    fault: "another-cause",
  },
  {
    id: "cause-in-ones-own-words",
    file,
    replace: 'cause: "health-check-matcher",',
    by: 'cause: "the matcher is wrong",',
    caughtBy: "notebook",
    fault: "unknown-cause",
  },
  {
    id: "words-of-somewhere-else",
    file,
    replace: "Health checks failed with these codes: [200]",
    by: "it is unhealthy",
    caughtBy: "notebook",
    fault: "no-words",
  },
]);
