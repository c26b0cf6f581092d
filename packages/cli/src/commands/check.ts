import type { CheckReport } from "@workbook/lab-kit";
import { type Deployment, LabRun } from "@workbook/lab-kit/deploy";
import { writeFileSync } from "node:fs";
import { both, type Words } from "@workbook/toolchain";
import { confirmOnAws } from "../aws/confirm.ts";
import { toJunit } from "../output/junit.ts";
import { failuresOf, formatFailures } from "../output/check-output.ts";
import { afterChecks } from "../learn/after-checks.ts";
import { learnersStack } from "../learn/learner-folder.ts";
import { noteQuestion } from "../learn/progress-file.ts";
import { runLabChecks } from "../lab-checks.ts";
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
  const deployment = await session.target.deployment(lab, variant);
  await confirmOnAws(session, deployment, "check");
  const report = await runLabChecks(session, new LabRun(deployment), undefined, keepGoing);
  if (junitFile !== undefined) writeFileSync(junitFile, toJunit(report, session.language));
  const next = afterChecks(session, deployment, report);
  session.result(
    report,
    report.passed
      ? both`\n${allPassed(report.checks.length)}\n\n${next}`
      : both`${formatFailures(report, session.language)}\n\n${next}`,
  );
  if (!session.json) noteQuestions(session, deployment, report);
  return report.passed ? 0 : 1;
}

/** The questions that were printed are not asked again by `hint`. */
function noteQuestions(
  { learner }: Session,
  { lab, variant }: Deployment,
  report: CheckReport,
): void {
  if (variant !== learnersStack(learner, lab.id)) return;
  for (const { id, hint } of failuresOf(report))
    if (hint) noteQuestion(learner, { lab: lab.id, check: id, fault: hint.fault });
}

function allPassed(count: number): Words {
  return [`All ${count} checks passed.`, `${count} 件のチェックすべてに合格しました。`];
}
