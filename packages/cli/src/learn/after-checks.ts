import type { CheckReport } from "@workbook/lab-kit";
import type { Deployment } from "@workbook/lab-kit/deploy/stack";
import type { Session } from "../session.ts";
import { chapterNumber, nextChapter } from "./chapters.ts";
import { learnersStack } from "./learner-folder.ts";
import { notePassed } from "./progress-file.ts";

/** Keeps that a learner has passed a chapter, and says what to type after the checks. */
export function afterChecks(
  { learner, workspace }: Session,
  { lab, variant }: Pick<Deployment, "lab" | "variant">,
  report: CheckReport,
): string {
  const number = chapterNumber(lab.id);
  const isTheLearners = variant === learnersStack(learner, lab.id);
  if (!report.passed)
    return isTheLearners ? "Next: ./workbook hint" : `Next: ./workbook check ${number}`;
  if (isTheLearners) notePassed(learner, lab.id);
  const following = nextChapter(workspace.labs, lab.id);
  return following && isTheLearners
    ? `Next: ./workbook start ${chapterNumber(following)}, or ./workbook solution ${number}`
    : "Next: ./workbook status";
}
