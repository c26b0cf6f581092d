import { join } from "node:path";
import { both, list } from "@workbook/toolchain";
import { style } from "../output/style.ts";
import { onTarget } from "../command-line/commands.ts";
import type { Session } from "../session.ts";
import { chapterNumber } from "../learn/chapters.ts";
import type { CopiedLab } from "../learn/learner-copy.ts";
import { labFiles } from "@workbook/lab-kit";
import { noteAsked, readProgress } from "../learn/progress-file.ts";
import { nextStep } from "../output/next.ts";
import { chosenLab } from "../learn/chosen-lab.ts";

const HINT_FIRST = [
  "You have not passed this chapter yet, and a hint may be enough:",
  "この章にはまだ合格していません。ヒントで足りるかもしれません:",
] as const;

/** Shows the reference answer, to those who have passed the chapter and to those who ask twice. */
export async function solutionCommand(
  session: Session,
  query: string | undefined,
): Promise<number> {
  const lab = await chosenLab(session, query);
  const number = chapterNumber(lab.id);
  if (!isShown(session, lab.id)) {
    noteAsked(session.learner, lab.id);
    session.result(
      { lab: lab.id, shown: false },
      list(
        [
          both`${HINT_FIRST} ${onTarget(session, "hint")}`,
          "",
          both`${nextStep(`./workbook solution ${number}`)}   ${["shows the answer all the same", "それでも解答を表示します"]}`,
        ],
        "\n",
      ),
    );
    return 0;
  }
  const files = [...labFiles(lab, "solution")].map(([file, content]) => ({
    file,
    content: content.toString("utf8"),
  }));
  session.result(
    { lab: lab.id, shown: true, directory: join(lab.directory, "solution"), files },
    both`${solutionText(lab)}\n${nextStep(`./workbook diff ${number}`)}   ${["where yours differs", "自分のファイルとの違い"]}`,
  );
  return 0;
}

/** The reference answer, for a terminal. */
export function solutionText(lab: CopiedLab): string {
  return [...labFiles(lab, "solution")]
    .flatMap(([file, content]) => [
      style.name(`── labs/${lab.id}/solution/${file}`),
      withoutMarks(content.toString("utf8")),
    ])
    .join("\n");
}

/** Whether the reference answer is shown now: the chapter was passed, or this is the second time of asking. */
export function isShown({ learner }: Pick<Session, "learner">, labId: string): boolean {
  const { passed, asked } = readProgress(learner);
  return passed.has(labId) || asked.has(labId);
}

/** The marks by which pages include parts of a file say nothing to its readers. */
function withoutMarks(source: string): string {
  return source.replace(/^[ \t]*(?:\/\/|#) #(?:end)?region\b.*\n/gm, "");
}
