import { relative } from "node:path";
import { style } from "../../output/style.ts";
import { wrap } from "../../output/wrap.ts";
import { onTarget } from "../../on-target.ts";
import type { Session } from "../../session.ts";
import { prepareCloud } from "../chapter-cloud.ts";
import { chapterNumber, nextChapter } from "../chapters.ts";
import { ensureCopy, type PutCopy } from "../learner-copy.ts";
import { beginningInWords, keepDeployed } from "../leave-chapter.ts";
import { noteStarted, readProgress } from "../progress-file.ts";

/** Begins a chapter: the learner's copy of its files, and a cloud in the state that it begins from. */
export async function startCommand(session: Session, query: string | undefined): Promise<number> {
  const lab = await session.lab(query ?? chapterToStart(session));
  const number = chapterNumber(lab.id);
  session.progress.print(`${style.name(`Chapter ${number}`)}  ${lab.title[session.language]}\n`);
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
      wrap(lab.summary.en, width),
      "",
      wrap(describeCopy(session, copy), width),
      ...files.map((file) => `  ${style.name(file)}`),
      "",
      "Next: read and write there, then",
      `  ${onTarget(session, "watch").padEnd(19)}   checks each time you save`,
      `  ${onTarget(session, `check ${number}`)}   or once, by hand`,
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
export function describeCopy(
  session: Pick<Session, "target">,
  { outcome, saved }: PutCopy,
): string {
  const kept = saved ? ` What you had is kept as ${saved.name}.` : "";
  switch (outcome) {
    case "made":
      return "Your copy:";
    case "completed":
      return `Your copy; files that were missing are there again.${kept}`;
    case "kept":
      return `Your copy, as you left it (${onTarget(session, "reset")} puts it back).${kept}`;
    case "replaced":
      return `Your copy, as the chapter gives it.${kept}`;
  }
}
