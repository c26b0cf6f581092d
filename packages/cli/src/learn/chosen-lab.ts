import { findFullHandsOn, findLab, type Lab, LabNotFoundError, listLabs } from "@workbook/lab-kit";
import { both, UserError } from "@workbook/toolchain";
import { didYouMean, suggest } from "../command-line/suggest.ts";
import type { Session } from "../session.ts";
import { learnersStack } from "./learner-folder.ts";
import { readProgress } from "./progress-file.ts";
import { requireBegun } from "./require-begun.ts";

/** The id of the lab that commands take where none is named. */
export function fullHandsOn({ workspace }: Pick<Session, "workspace">): Promise<string> {
  return findFullHandsOn(workspace.labs);
}

/** The lab that is named, else the chapter that was begun last, else the full hands-on. @throws {UserError} where there is no such lab */
export async function chosenLab(
  session: Pick<Session, "learner" | "workspace">,
  query: string | undefined,
): Promise<Lab> {
  const { learner, workspace } = session;
  const wanted = query ?? readProgress(learner).current ?? (await fullHandsOn(session));
  try {
    return await findLab(workspace.labs, wanted);
  } catch (error) {
    if (!(error instanceof LabNotFoundError)) throw error;
    throw unknownLab(wanted, listLabs(workspace.labs), error);
  }
}

/** The learner's copy of a lab; before any chapter was begun, what `run` deploys. @throws {UserError} where a chapter is named that was not begun */
export function ownVariant(session: Session, query: string | undefined, lab: Lab): string {
  const { learner } = session;
  const isWhatRunDeploys = query === undefined && readProgress(learner).current === undefined;
  return isWhatRunDeploys
    ? (learnersStack(learner, lab.id) ?? "solution")
    : requireBegun(session, lab.id, [
        " With --variant solution the same command takes the reference answer.",
        "--variant solution を付けると、模範解答を使います。",
      ]);
}

function unknownLab(typed: string, labs: readonly string[], cause: Error): UserError {
  const words = labs.map((id) => id.slice(3));
  const word = suggest(typed, [...labs, ...words]);
  const meant = labs.find((id) => id === word || id.slice(3) === word);
  const next = meant === undefined ? "./workbook list" : `./workbook start ${meant}`;
  const known = labs.join(", ");
  return new UserError(
    both`${[
      `There is no chapter "${typed}": choose one of ${known}.`,
      `"${typed}" という章はありません。次から選んでください: ${known}。`,
    ]}${didYouMean(meant)}`,
    { code: "LAB_UNKNOWN", next, exitCode: 2, cause },
  );
}
