import { buildApps, nameApps } from "@workbook/lab-kit/deploy/images";
import { formatFailure } from "../output/check-output.ts";
import { afterChecks } from "../learn/after-checks.ts";
import { runLabChecks } from "../lab-checks.ts";
import type { Session } from "../session.ts";

/** Runs a lab's checks against what is deployed. 0 when all pass, 1 when one does not. */
export async function checkCommand(
  session: Session,
  lab: string | undefined,
  variant: string | undefined,
  keepGoing: boolean,
): Promise<number> {
  const deployment = await session.deployment(lab, variant);
  const images = await nameApps(deployment, await buildApps(deployment));
  const report = await runLabChecks(session, deployment, images, undefined, keepGoing);
  const next = afterChecks(session, deployment, report);
  session.result(
    report,
    report.passed
      ? `\nAll ${report.checks.length} checks passed.\n\n${next}`
      : `${formatFailure(report)}\n\n${next}`,
  );
  return report.passed ? 0 : 1;
}
