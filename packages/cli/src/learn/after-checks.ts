import type { CheckReport } from "@workbook/lab-kit";
import type { Deployment } from "@workbook/lab-kit/deploy";
import type { Text } from "@workbook/toolchain";
import { onTarget } from "../command-line/commands.ts";
import type { Session } from "../session.ts";
import { chapterNumber, nextChapter } from "./chapters.ts";
import { learnersStack } from "./learner-folder.ts";
import { notePassed } from "./progress-file.ts";
import { nextStep } from "../output/next.ts";

/** Keeps that a learner has passed a chapter, and says what to type after the checks. */
export function afterChecks(
  session: Session,
  { lab, variant }: Pick<Deployment, "lab" | "variant">,
  report: CheckReport,
): Text {
  const { learner, workspace } = session;
  const number = chapterNumber(lab.id);
  const isTheLearners = variant === learnersStack(learner, lab.id);
  if (!report.passed)
    return nextStep(onTarget(session, isTheLearners ? "hint" : `check ${number}`));
  if (isTheLearners) notePassed(learner, lab.id);
  const following = nextChapter(workspace.labs, lab.id);
  if (following && isTheLearners)
    return nextStep(
      onTarget(session, `start ${chapterNumber(following)}`),
      `./workbook solution ${number}`,
    );
  if (session.target.name === "local") return nextStep("./workbook status");
  return nextStep(onTarget(session, "logs"), onTarget(session, `destroy ${number}`));
}
