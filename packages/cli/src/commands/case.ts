import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  breakStack,
  type Case,
  casesOf,
  hasHypothesis,
  type Lab,
  labFiles,
  notesIn,
  PLACES,
} from "@workbook/lab-kit";
import { deploy, LabRun } from "@workbook/lab-kit/deploy";
import { both, list, type Text, UserError, type Words } from "@workbook/toolchain";
import { confirmOnAws } from "../aws/confirm.ts";
import { onTarget } from "../command-line/commands.ts";
import { chapterNumber } from "../learn/chapters.ts";
import { chosenLab } from "../learn/chosen-lab.ts";
import { copyDirectory, writeInOneStep } from "../learn/learner-folder.ts";
import { requireBegun } from "../learn/require-begun.ts";
import { saveCopy } from "../learn/saved-copies.ts";
import { NEXT, nextStep } from "../output/next.ts";
import { style } from "../output/style.ts";
import type { Session } from "../session.ts";

/** The chapter that has cases. */
const CHAPTER = "18";

/**
 * Begins a case: breaks one line of the learner's stack, deploys that and says what is reported of it. Without a number: which cases
 * there are, and of which the notebook says something.
 */
export async function caseCommand(session: Session, query: string | undefined): Promise<number> {
  const lab = await chosenLab(session, CHAPTER);
  const stack = requireBegun(session, lab.id);
  const cases = await casesOf(lab);
  const notebook = readFileSync(
    join(copyDirectory(session.learner, lab.id), "notebook.ts"),
    "utf8",
  );
  if (query === undefined) return listCases(session, cases, notebook);
  const chosen = cases.find(({ number }) => String(number) === query);
  if (chosen === undefined)
    throw new UserError(
      [
        `There is no case ${query}: they go from 1 to ${cases.length}.`,
        `事例 ${query} はありません。1 から ${cases.length} までです。`,
      ],
      { code: "CASE_UNKNOWN", next: "./workbook case", exitCode: 2 },
    );
  const saved = putCase(session, lab, stack, chosen);
  const deployment = await session.target.deployment(CHAPTER, stack);
  await confirmOnAws(session, deployment, "deploy");
  await deploy(new LabRun(deployment), session.progress, { waits: false });
  session.result(
    { lab: lab.id, case: chosen.number, saved },
    both`\n${style.name(`${chosen.number}`)}  ${chosen.report}\n\n${whereToLook()}\n\n${next(session, lab)}`,
  );
  return 0;
}

/** The whole stack with the case's line in it, in the place of what the learner had, which is kept. */
function putCase(session: Session, lab: Lab, stack: string, chosen: Case): string | undefined {
  const given = labFiles(lab, "start");
  const saved = saveCopy(session.learner, lab.id, given);
  const whole = given.get("stack.ts")!.toString("utf8");
  writeInOneStep(session.learner, stack, breakStack(whole, chosen));
  return saved?.name;
}

/** From outside, in the order of the diagnosis tree. */
const LOOKS = ["event", "stopped", "container", "log", "target", "balancer"] as const;

function whereToLook(): Text {
  const lines = LOOKS.map((place) => both`  ${PLACES[place].title}: ${PLACES[place].command}`);
  return both`${["Look from outside:", "外から見るもの:"]}\n${list(lines, "\n")}`;
}

function next(session: Session, lab: Lab): Text {
  const file = `workspace/${lab.id}/notebook.ts`;
  const write: Words = [
    `write into ${file} what you take it for, then`,
    `原因だと思うものを ${file} に書いてから`,
  ];
  return both`${NEXT} ${write} ${onTarget(session, `check ${chapterNumber(lab.id)}`)}`;
}

function listCases(session: Session, cases: readonly Case[], notebook: string): number {
  const notes = notesIn(notebook);
  const rows = cases.map(({ number, report }) => ({
    number,
    report,
    isWritten: hasHypothesis(notebook, number),
  }));
  const lines = rows.map(
    ({ number, report, isWritten }) =>
      both`${mark(isWritten)} ${String(number).padStart(2)}  ${report}`,
  );
  const first = rows.find(({ isWritten }) => !isWritten)?.number;
  const then = first === undefined ? `check ${CHAPTER}` : `case ${first}`;
  session.result(
    { cases: rows.map(({ number, isWritten }) => ({ number, isWritten })) },
    both`${list(lines, "\n")}\n\n${tree(notes)}\n\n${nextStep(onTarget(session, then))}`,
  );
  return 0;
}

const mark = (isDone: boolean) => (isDone ? style.good("✓") : style.quiet("·"));

/** The branches of the diagnosis tree, with those ticked at whose end a case was found, and which these were. */
function tree(notes: ReturnType<typeof notesIn>): Text {
  const lines = LOOKS.map((place) => {
    const found = notes.filter(({ seen, cause }) => seen === place && cause !== "");
    const which = found.map((note) => String(note.case)).join(", ");
    return both`${mark(found.length > 0)} ${PLACES[place].title}${which && `: ${which}`}`;
  });
  return both`${["Where you have found something so far:", "これまでに見つけた場所:"]}\n${list(lines, "\n")}`;
}
