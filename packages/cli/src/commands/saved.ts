import { both, list, UserError, type Words } from "@workbook/toolchain";
import { style } from "../output/style.ts";
import type { Session } from "../session.ts";
import { chapterNumber } from "../learn/chapters.ts";
import { replaceCopy } from "../learn/learner-copy.ts";
import { readFiles } from "../learn/learner-folder.ts";
import { findSavedCopy, listSavedCopies } from "../learn/saved-copies.ts";
import { nextStep } from "../output/next.ts";
import { chosenLab } from "../learn/chosen-lab.ts";

const NOTHING_SAVED = [
  "Nothing has been saved: nothing of yours was replaced so far.",
  "保存されたコピーはありません。自分のファイルが置き換えられたことはまだありません。",
] as const;

/** Lists the saved copies of the learner's files, or puts one of them back. */
export async function savedCommand(
  session: Session,
  action: string | undefined,
  name: string | undefined,
): Promise<number> {
  if (action !== "restore") return listCopies(session);
  if (name !== undefined) return restore(session, name);
  throw new UserError(
    [
      "saved restore takes the name of a saved copy.",
      "saved restore には、保存したものの名前を指定します。",
    ],
    { code: "USAGE", next: "./workbook saved", exitCode: 2 },
  );
}

function listCopies(session: Session): number {
  const copies = listSavedCopies(session.learner);
  const lines = copies.map(
    ({ name, files }) => `  ${style.name(name)}  ${style.quiet(files.join(", "))}`,
  );
  session.result(
    { saved: copies },
    copies.length === 0
      ? both`${NOTHING_SAVED}\n\n${nextStep("./workbook")}`
      : list(
          [
            ["Saved, the newest first:", "保存されたコピー (新しい順):"],
            ...lines,
            "",
            nextStep(`./workbook saved restore ${copies[0]!.name}`),
          ],
          "\n",
        ),
  );
  return 0;
}

async function restore(session: Session, query: string): Promise<number> {
  const copy = findSavedCopy(session.learner, query);
  const lab = await chosenLab(session, copy.lab);
  const { saved, directory } = replaceCopy(
    session.learner,
    session.workspace.root,
    lab,
    readFiles(copy.directory),
  );
  const kept: Words =
    saved && saved.name !== copy.name
      ? [
          ` What was there is kept as ${saved.name}.`,
          `それまでのファイルは ${saved.name} として保存しました。`,
        ]
      : "";
  const id = style.name(lab.id);
  const again: Words = [
    `Your files of ${id} are those of ${copy.name} again.`,
    `${id} のファイルを ${copy.name} の内容に戻しました。`,
  ];
  session.result(
    { lab: lab.id, restored: copy.name, directory, saved: saved?.name },
    both`${again}${kept}\n\n${nextStep(`./workbook check ${chapterNumber(lab.id)}`)}`,
  );
  return 0;
}
