import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "@workbook/lab-kit";
import { both, list, type Words } from "@workbook/toolchain";
import { style } from "../output/style.ts";
import { onTarget } from "../command-line/commands.ts";
import type { Session } from "../session.ts";
import { chapterNumber } from "../learn/chapters.ts";
import { copyDirectory, type LearnerFolder } from "../learn/learner-folder.ts";
import { diffSources, type DiffLine } from "../learn/source-diff.ts";
import { requireBegun } from "../learn/require-begun.ts";
import { nextStep } from "../output/next.ts";
import { chosenLab } from "../learn/chosen-lab.ts";

/** Compares the learner's files with the reference answer, as far as it matters. */
export async function diffCommand(session: Session, query: string | undefined): Promise<number> {
  const lab = await chosenLab(session, query);
  requireBegun(session, lab.id);
  const files = compare(session.learner, lab);
  const next = nextStep(onTarget(session, `check ${chapterNumber(lab.id)}`));
  session.result({ lab: lab.id, files }, both`${describe(files)}\n\n${next}`);
  return 0;
}

/** Where the learner's files differ from the reference answer, for a terminal. */
export function diffText({ learner }: Pick<Session, "learner">, lab: ComparedLab): Words {
  return describe(compare(learner, lab));
}

function describe(files: ReturnType<typeof compare>): Words {
  return files.every(({ lines }) => lines.length === 0)
    ? ["Nothing that matters differs from the solution.", "解答との重要な違いはありません。"]
    : list(
        files.flatMap(({ file, lines }) => formatDiff(file, lines)),
        "\n",
      );
}

const LEGEND = [style.quiet("- yours  + the solution"), style.quiet("- 自分  + 解答")] as const;

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
export function formatDiff(file: string, lines: readonly DiffLine[]): Words[] {
  if (lines.length === 0) return [];
  return [
    "",
    both`${style.name(file)}  ${LEGEND}`,
    ...lines.map(({ kind, text }) => {
      if (kind === "yours") return `- ${text}`;
      if (kind === "solution") return style.good(`+ ${text}`);
      return style.quiet(`  ${text}`);
    }),
  ];
}
