import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "@workbook/lab-kit";
import { style } from "../../output/style.ts";
import { onTarget } from "../../on-target.ts";
import type { Session } from "../../session.ts";
import { chapterNumber } from "../chapters.ts";
import { copyDirectory, type LearnerFolder } from "../learner-folder.ts";
import { diffSources, type DiffLine } from "../source-diff.ts";
import { requireBegun } from "../require-begun.ts";

/** Compares the learner's files with the reference answer, as far as it matters. */
export async function diffCommand(session: Session, query: string | undefined): Promise<number> {
  const lab = await session.lab(query);
  requireBegun(session, lab.id);
  const files = compare(session.learner, lab);
  const next = `Next: ${onTarget(session, `check ${chapterNumber(lab.id)}`)}`;
  session.result({ lab: lab.id, files }, `${describe(files)}\n\n${next}`);
  return 0;
}

/** Where the learner's files differ from the reference answer, for a terminal. */
export function diffText({ learner }: Pick<Session, "learner">, lab: ComparedLab): string {
  return describe(compare(learner, lab));
}

function describe(files: ReturnType<typeof compare>): string {
  return files.every(({ lines }) => lines.length === 0)
    ? "Nothing that matters differs from the solution."
    : files.flatMap(({ file, lines }) => formatDiff(file, lines)).join("\n");
}

type ComparedLab = Pick<Lab, "id" | "directory" | "files">;

/** The differences of a lab's files from the reference answer. */
export function compare(
  folder: LearnerFolder,
  lab: ComparedLab,
): readonly { readonly file: string; readonly lines: readonly DiffLine[] }[] {
  return lab.files.map((file) => {
    const yours = join(copyDirectory(folder, lab.id), file);
    const solution = readFileSync(join(lab.directory, "solution", file), "utf8");
    return {
      file,
      lines: diffSources(existsSync(yours) ? readFileSync(yours, "utf8") : "", solution),
    };
  });
}

/** A difference for a terminal: `-` is the learner's, `+` the solution's. */
export function formatDiff(file: string, lines: readonly DiffLine[]): string[] {
  if (lines.length === 0) return [];
  return [
    "",
    `${style.name(file)}  ${style.quiet("- yours  + the solution")}`,
    ...lines.map(({ kind, text }) => {
      if (kind === "yours") return `- ${text}`;
      if (kind === "solution") return style.good(`+ ${text}`);
      return style.quiet(`  ${text}`);
    }),
  ];
}
