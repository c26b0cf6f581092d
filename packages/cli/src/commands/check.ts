import { writeFileSync } from "node:fs";
import { confirmOnAws } from "../aws/confirm.ts";
import { toJunit } from "../output/junit.ts";
import { formatFailure } from "../output/check-output.ts";
import { afterChecks } from "../learn/after-checks.ts";
import { builtImages, runLabChecks } from "../lab-checks.ts";
import type { Session } from "../session.ts";

/** How a lab is checked. */
export interface CheckOptions {
  /** `start`, `solution`, or the path of a `stack.ts`; the learner's copy where it was begun, else the solution. */
  readonly variant: string | undefined;
  /** Whether to go on after a check that does not pass. */
  readonly keepGoing: boolean;
  /** Gets the report as JUnit's XML too. */
  readonly junitFile: string | undefined;
}

/** Runs a lab's checks against what is deployed. 0 when all pass, 1 when one does not. */
export async function checkCommand(
  session: Session,
  lab: string | undefined,
  { variant, keepGoing, junitFile }: CheckOptions,
): Promise<number> {
  const deployment = await session.deployment(lab, variant);
  await confirmOnAws(session, deployment, "check");
  const images = await builtImages(session, deployment);
  const report = await runLabChecks(session, deployment, images, undefined, keepGoing);
  if (junitFile !== undefined) writeFileSync(junitFile, toJunit(report));
  const next = afterChecks(session, deployment, report);
  session.result(
    report,
    report.passed
      ? `\nAll ${report.checks.length} checks passed.\n\n${next}`
      : `${formatFailure(report)}\n\n${next}`,
  );
  return report.passed ? 0 : 1;
}
