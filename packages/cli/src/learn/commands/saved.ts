import { UserError } from "@workbook/toolchain";
import { style } from "../../output/style.ts";
import { unknownAction } from "../../unknown-action.ts";
import type { Session } from "../../session.ts";
import { chapterNumber } from "../chapters.ts";
import { replaceCopy } from "../learner-copy.ts";
import { readFiles } from "../learner-folder.ts";
import { findSavedCopy, listSavedCopies } from "../saved-copies.ts";

/** Lists the saved copies of the learner's files, or puts one of them back. */
export async function savedCommand(
  session: Session,
  action: string | undefined,
  name: string | undefined,
): Promise<number> {
  if (action === undefined || action === "list") return list(session);
  if (action === "restore" && name !== undefined) return restore(session, name);
  if (action !== "restore") throw unknownAction("saved", action);
  throw new UserError(
    [
      "saved restore takes the name of a saved copy.",
      "saved restore には、保存したものの名前を指定します。",
    ],
    { code: "USAGE", next: "./workbook saved", exitCode: 2 },
  );
}

function list(session: Session): number {
  const copies = listSavedCopies(session.learner);
  const lines = copies.map(
    ({ name, files }) => `  ${style.name(name)}  ${style.quiet(files.join(", "))}`,
  );
  session.result(
    { saved: copies },
    copies.length === 0
      ? "Nothing has been saved: nothing of yours was replaced so far.\n\nNext: ./workbook"
      : [
          "Saved, the newest first:",
          ...lines,
          "",
          `Next: ./workbook saved restore ${copies[0]!.name}`,
        ].join("\n"),
  );
  return 0;
}

async function restore(session: Session, query: string): Promise<number> {
  const copy = findSavedCopy(session.learner, query);
  const lab = await session.lab(copy.lab);
  const { saved, directory } = replaceCopy(
    session.learner,
    session.workspace.root,
    lab,
    readFiles(copy.directory),
  );
  const kept = saved && saved.name !== copy.name ? ` What was there is kept as ${saved.name}.` : "";
  session.result(
    { lab: lab.id, restored: copy.name, directory, saved: saved?.name },
    `Your files of ${style.name(lab.id)} are those of ${copy.name} again.${kept}\n\nNext: ./workbook check ${chapterNumber(lab.id)}`,
  );
  return 0;
}
