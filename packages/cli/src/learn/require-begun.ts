import { both, UserError, type Words } from "@workbook/toolchain";
import { onTarget } from "../on-target.ts";
import type { Session } from "../session.ts";
import { chapterNumber } from "./chapters.ts";
import { learnersStack } from "./learner-folder.ts";

/**
 * The learner's `stack.ts` of a lab.
 *
 * @param insist what to say of a way to go on all the same
 * @throws {UserError} where the chapter was not begun
 */
export function requireBegun(
  session: Pick<Session, "learner" | "target">,
  labId: string,
  insist: Words = "",
): string {
  const stack = learnersStack(session.learner, labId);
  if (stack !== undefined) return stack;
  const number = chapterNumber(labId);
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
