import type { ReportMessage } from "@workbook/local-aws/live";

import type { LabChecks } from "../../data/lab-checks.ts";
import type { Language } from "../page-words.ts";

type Reported = ReportMessage["checks"][number];

/** A check as the page shows it. */
export interface CheckRow extends Pick<Reported, "id" | "status"> {
  readonly title: string;
  readonly expected: string | null;
  readonly actual: string | null;
}

/** A lab's checks with their last outcome, in the page's language. Before a report, none has run. */
export function toRows(
  checks: LabChecks["checks"],
  report: ReportMessage | undefined,
  language: Language,
): readonly CheckRow[] {
  const titles = new Map(checks.map(({ id, title }) => [id, title[language]]));
  const all: readonly Reported[] =
    report?.checks ??
    checks.map(({ id, tier, title }) => {
      return { id, tier, title, status: "not-run", expected: null, actual: null };
    });
  return all.map(({ id, status, title, expected, actual }) => ({
    id,
    status,
    title: titles.get(id) ?? title[language],
    expected: expected && expected[language],
    actual: actual && actual[language],
  }));
}
