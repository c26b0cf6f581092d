import type { CheckReport, Tier } from "@workbook/lab-kit";
import { CheckRun, type LabRun } from "@workbook/lab-kit/deploy";
import { filesLike, publishReport } from "./learn/publish-report.ts";
import { formatCheck } from "./output/check-output.ts";
import type { Session } from "./session.ts";

/** What came of a lab's checks, and whose they are: what `check --json` prints. */
export type LabReport = CheckReport & { readonly owner: string };

/** Runs a lab's checks against the target, telling of each as it ends, and pages that watch of all when they have. */
export async function runLabChecks(
  { workspace, progress, language }: Session,
  run: LabRun,
  tiers?: readonly Tier[],
  keepGoing = false,
): Promise<LabReport> {
  const { lab, target, variant } = run.deployment;
  const files = filesLike(workspace, lab, variant);
  const { version, ...rest } = await new CheckRun(run, {
    ...(tiers && { tiers }),
    keepGoing,
    reporter: progress,
    onEnd: (entry) => progress.print(formatCheck(entry, language)),
  }).start();
  if (target.name === "local") await publishReport(workspace, lab, { checks: rest.checks, files });
  return { version, owner: target.owner, ...rest };
}
