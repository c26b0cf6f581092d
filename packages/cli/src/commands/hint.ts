import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  caseIn,
  casesOf,
  type CheckReport,
  type CheckReportEntry,
  hasHypothesis,
  type Lab,
  synthesise,
} from "@workbook/lab-kit";
import { LabRun } from "@workbook/lab-kit/deploy";
import type { Language } from "@workbook/toolchain";
import { both, say, UserError, type Words } from "@workbook/toolchain";
import { confirmOnAws } from "../aws/confirm.ts";
import { findCloud } from "../cloud/cloud.ts";
import { runLabChecks } from "../lab-checks.ts";
import { HINT_LEVELS, SEEN } from "../output/check-output.ts";
import { style } from "../output/style.ts";
import { wrap } from "../output/wrap.ts";
import { onTarget } from "../command-line/commands.ts";
import type { Session } from "../session.ts";
import { chapterNumber } from "../learn/chapters.ts";
import { raiseHint } from "../learn/progress-file.ts";
import { requireBegun } from "../learn/require-begun.ts";
import { checkFiles } from "../learn/check-files.ts";
import { nextStep } from "../output/next.ts";
import { chosenLab } from "../learn/chosen-lab.ts";

/** Helps with the first check that does not pass: each time it is asked, a little more. */
export async function hintCommand(session: Session, query: string | undefined): Promise<number> {
  const lab = await chosenLab(session, query);
  const number = chapterNumber(lab.id);
  const variant = requireBegun(session, lab.id);
  await requireHypothesis(lab, variant);
  const quick = await checkFiles(
    session.workspace,
    lab,
    variant,
    (options) => synthesise({ ...options, labDirectory: lab.directory }),
    session.signal,
  );
  const report = quick.passed ? await runDeployed(session, query, variant) : quick;
  const failure = report?.checks.find(({ status }) => status === "failed" || status === "error");
  if (!failure) {
    session.result(
      { lab: lab.id, hint: null },
      report
        ? both`${nothingToHint(report.checks.length)}\n\n${nextStep(onTarget(session, `check ${number}`))}`
        : both`${FILES_RIGHT}\n\n${nextStep(onTarget(session, `deploy ${number}`))}`,
    );
    return 0;
  }
  const level = failure.hint
    ? raiseHint(session.learner, { lab: lab.id, check: failure.id, fault: failure.hint.fault })
    : 0;
  session.result(
    { lab: lab.id, check: failure.id, level, hint: failure.hint },
    both`${formatHint(failure, level, session.language)}\n\n${whatNext(session, level, number)}`,
  );
  return 0;
}

/**
 * A case is helped with once somebody has said what they take it for.
 *
 * @throws {UserError} where the notebook says nothing of the case that is under way
 */
async function requireHypothesis(lab: Lab, stack: string): Promise<void> {
  if ((await casesOf(lab)).length === 0) return;
  const number = caseIn(readFileSync(stack, "utf8"));
  const notebook = join(dirname(stack), "notebook.ts");
  if (number === 0 || hasHypothesis(readFileSync(notebook, "utf8"), number)) return;
  throw new UserError(
    [
      `There is no hint for case ${number} yet: notebook.ts does not say what you take it for. A wrong guess will do; write it down first.`,
      `事例 ${number} のヒントはまだ出せません。notebook.ts に、原因だと思うものが書かれていません。間違っていてもかまいません。まず書いてください。`,
    ],
    { code: "NO_HYPOTHESIS", next: "./workbook check 18", exitCode: 1 },
  );
}

/** All checks, where something runs that they could look at. */
async function runDeployed(
  session: Session,
  query: string | undefined,
  variant: string,
): Promise<CheckReport | undefined> {
  if (session.target.name === "local" && !(await findCloud(session.workspace))) return undefined;
  const deployment = await session.target.deployment(query, variant);
  await confirmOnAws(session, deployment, "check");
  return runLabChecks(session, new LabRun(deployment));
}

/**
 * A check that did not pass, with as much help as the level says.
 *
 * @param level 0 none, 1 the question, 2 the pointer as well, 3 the line to write as well
 */
export function formatHint(
  { title, id, actual, hint }: CheckReportEntry,
  level: number,
  language: Language,
  width: number = process.stdout.columns ?? 80,
): string {
  const lines = ["", `${style.name(title[language])}  ${style.quiet(id)}`];
  const add = (name: Words, text: string) =>
    lines.push("", style.quiet(say(name, language)), wrap(text, width, "  "));
  if (actual !== null) add(SEEN, actual[language]);
  if (hint && level >= 1) add(HINT_LEVELS[0], hint.question[language]);
  if (hint && level >= 2) add(HINT_LEVELS[1], hint.pointer[language]);
  if (hint && level >= 3) add(HINT_LEVELS[2], hint.line[language]);
  return lines.join("\n");
}

const FILES_RIGHT = [
  "Your files are right, as far as can be seen without deploying them.",
  "ファイルは、デプロイせずに分かる範囲では正しく書けています。",
] as const;

function nothingToHint(count: number): Words {
  return [
    `All ${count} checks pass: there is nothing to hint at.`,
    `${count} 件のチェックすべてに合格しているので、ヒントはありません。`,
  ];
}

function whatNext(session: Session, level: number, number: string): Words {
  if (level === 1 || level === 2)
    return both`${nextStep(onTarget(session, "hint"))}   ${["again, for more", "もう一度実行すると詳しくなります"]}`;
  return nextStep(onTarget(session, `check ${number}`));
}
