import { relative } from "node:path";
import { list } from "@workbook/toolchain";
import { style } from "../output/style.ts";
import { onTarget } from "../command-line/commands.ts";
import type { Session } from "../session.ts";
import { prepareCloud } from "../learn/chapter-cloud.ts";
import { replaceCopy } from "../learn/learner-copy.ts";
import { beginningInWords, keepDeployed } from "../learn/leave-chapter.ts";
import { noteStarted } from "../learn/progress-file.ts";
import { requireBegun } from "../learn/require-begun.ts";
import { describeCopy } from "./start.ts";
import { nextStep } from "../output/next.ts";
import { chosenLab } from "../learn/chosen-lab.ts";

/** Puts a chapter's files and cloud back to where the chapter begins; what the learner had is saved first. */
export async function resetCommand(session: Session, query: string | undefined): Promise<number> {
  const lab = await chosenLab(session, query);
  requireBegun(session, lab.id);
  const left = await keepDeployed(session, beginningInWords(lab.id), false);
  const copy = replaceCopy(session.learner, session.workspace.root, lab);
  noteStarted(session.learner, lab.id);
  await prepareCloud(session, lab);
  const files = lab.files.map((file) => relative(process.cwd(), `${copy.directory}/${file}`));
  session.result(
    { lab: lab.id, directory: copy.directory, files, saved: copy.saved?.name, left },
    list(
      [
        "",
        describeCopy(session, copy),
        ...files.map((file) => `  ${style.name(file)}`),
        "",
        copy.saved
          ? nextStep(onTarget(session, "watch"), [
              `./workbook saved restore ${copy.saved.name} to have it back`,
              `./workbook saved restore ${copy.saved.name} (元に戻す)`,
            ])
          : nextStep(onTarget(session, "watch")),
      ],
      "\n",
    ),
  );
  return 0;
}
