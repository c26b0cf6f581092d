import { relative } from "node:path";
import { both, type Words } from "@workbook/toolchain";
import { style } from "../output/style.ts";
import { wrap } from "../output/wrap.ts";
import { onTarget } from "../command-line/commands.ts";
import type { Session } from "../session.ts";
import { prepareCloud } from "../learn/chapter-cloud.ts";
import { chapterNumber, nextChapter } from "../learn/chapters.ts";
import { ensureCopy, type PutCopy } from "../learn/learner-copy.ts";
import { beginningInWords, keepDeployed } from "../learn/leave-chapter.ts";
import { requireContainers } from "../learn/need-containers.ts";
import { noteStarted, readProgress } from "../learn/progress-file.ts";
import { NEXT } from "../output/next.ts";
import { chosenLab } from "../learn/chosen-lab.ts";

/** Begins a chapter: the learner's copy of its files, and a cloud in the state that it begins from. */
export async function startCommand(session: Session, query: string | undefined): Promise<number> {
  const lab = await chosenLab(session, query ?? chapterToStart(session));
  await requireContainers(session, lab);
  const number = chapterNumber(lab.id);
  session.progress.print(
    `${style.name(session.say([`Chapter ${number}`, `第 ${number} 章`]))}  ${session.say(lab.title)}\n`,
  );
  const left = await keepDeployed(session, beginningInWords(lab.id));
  // The files come first: should the cloud take long, or be interrupted, there is something to read and write already.
  const copy = ensureCopy(session.learner, session.workspace.root, lab);
  noteStarted(session.learner, lab.id);
  await prepareCloud(session, lab);
  const width = process.stdout.columns ?? 80;
  const files = lab.files.map((file) => relative(process.cwd(), `${copy.directory}/${file}`));
  session.result(
    {
      lab: lab.id,
      directory: copy.directory,
      files,
      copy: copy.outcome,
      saved: copy.saved?.name,
      left,
    },
    [
      "",
      wrap(session.say(lab.summary), width),
      "",
      wrap(session.say(describeCopy(session, copy)), width),
      ...files.map((file) => `  ${style.name(file)}`),
      "",
      session.say(both`${NEXT} ${["read and write there, then", "ここを読んで書いてから"]}`),
      session.say(
        both`  ${onTarget(session, "watch").padEnd(19)}   ${["checks each time you save", "保存するたびにチェックします"]}`,
      ),
      session.say(
        both`  ${onTarget(session, `check ${number}`)}   ${["or once, by hand", "または手動で 1 回"]}`,
      ),
    ].join("\n"),
  );
  return 0;
}

/** Where nothing is named: the chapter that is under way, the one after it when it was passed, or the first. */
function chapterToStart({ learner, workspace }: Session): string {
  const { current, passed } = readProgress(learner);
  if (current === undefined) return nextChapter(workspace.labs, "")!;
  return passed.has(current) ? (nextChapter(workspace.labs, current) ?? current) : current;
}

/** What became of the learner's files, in a sentence. */
export function describeCopy(session: Pick<Session, "target">, { outcome, saved }: PutCopy): Words {
  const kept: Words = saved
    ? [
        ` What you had is kept as ${saved.name}.`,
        `それまでのファイルは ${saved.name} として保存しました。`,
      ]
    : "";
  return both`${describeOutcome(session, outcome)}${kept}`;
}

function describeOutcome(session: Pick<Session, "target">, outcome: PutCopy["outcome"]): Words {
  const reset = onTarget(session, "reset");
  switch (outcome) {
    case "made":
      return ["Your copy:", "自分のファイル:"];
    case "completed":
      return [
        "Your copy; files that were missing are there again.",
        "自分のファイル (なくなっていたファイルを元に戻しました)。",
      ];
    case "kept":
      return [
        `Your copy, as you left it (${reset} puts it back).`,
        `自分のファイル (前回のまま。${reset} で初めに戻せます)。`,
      ];
    case "replaced":
      return ["Your copy, as the chapter gives it.", "自分のファイル (章の初めの状態)。"];
  }
}
