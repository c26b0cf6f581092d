import { existsSync } from "node:fs";
import { both, UserError, type Words } from "@workbook/toolchain";
import { onTarget } from "../command-line/commands.ts";
import type { Session } from "../session.ts";
import { chapterNumber } from "./chapters.ts";
import { copyDirectory, learnersStack, readFiles } from "./learner-folder.ts";

/**
 * The learner's `stack.ts` of a lab.
 *
 * @param insist what to say of a way to go on all the same
 * @throws {UserError} where the chapter was not begun, or its stack.ts has another name now
 */
export function requireBegun(
  session: Pick<Session, "learner" | "target">,
  labId: string,
  insist: Words = "",
): string {
  const stack = learnersStack(session.learner, labId);
  if (stack !== undefined) return stack;
  const number = chapterNumber(labId);
  const directory = copyDirectory(session.learner, labId);
  const others = [...readFiles(directory).keys()].filter((name) => name.endsWith(".ts"));
  if (existsSync(directory))
    throw new UserError(
      [
        `There is no stack.ts in ${directory}${others.length > 0 ? `, but ${others.join(", ")}` : ""}: a chapter is read from the file of that name.`,
        `${directory} に stack.ts がありません${others.length > 0 ? ` (あるのは ${others.join("、")})` : ""}。章はその名前のファイルから読み込まれます。`,
      ],
      {
        code: "STACK_FILE_MISSING",
        next: [
          `give it back its name, or ${onTarget(session, `start ${number}`)} for a new one`,
          `名前を元に戻すか、新しいファイルを ${onTarget(session, `start ${number}`)} で`,
        ],
        exitCode: 2,
      },
    );
  throw new UserError(
    both`${[
      `Chapter ${number} has not been begun: there are no files of yours.`,
      `第 ${number} 章はまだ始めていないので、自分のファイルがありません。`,
    ]}${insist}`,
    {
      code: "CHAPTER_NOT_BEGUN",
      next: onTarget(session, `start ${number}`),
      exitCode: 2,
    },
  );
}
