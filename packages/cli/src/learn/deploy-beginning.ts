import { deploy, deployedStacks, destroy, LabRun } from "@workbook/lab-kit/deploy";
import { confirmOnAws } from "../aws/confirm.ts";
import type { Session } from "../session.ts";
import { chapterNumber, type Beginning } from "./chapters.ts";
import { fullHandsOn } from "./chosen-lab.ts";

/** Deploys what comes before a chapter, and takes away what does not. */
export async function deployBeginning(
  session: Session,
  beginning: Beginning | undefined,
): Promise<void> {
  if (beginning) {
    const number = chapterNumber(beginning.lab);
    session.progress.print(
      beginning.variant === "solution"
        ? [
            `Before this chapter comes the solution of chapter ${number}: it is deployed now, this once.`,
            `この章の前提になる 第 ${number} 章の解答をデプロイします (最初の 1 回だけです)。`,
          ]
        : [
            "What the chapter begins with is deployed now, this once.",
            "この章の開始時点の状態をデプロイします (最初の 1 回だけです)。",
          ],
    );
  }
  const full = await session.target.deployment(await fullHandsOn(session), "solution");
  const wanted = beginning
    ? await session.target.deployment(beginning.lab, beginning.variant)
    : undefined;
  const held = await deployedStacks(full.target);
  const destroyed = doomed(
    held.map(({ id }) => id),
    full.lab.stacks,
    wanted?.lab.stacks ?? [],
  );
  if (!wanted && destroyed.length === 0) return;
  const intent = wanted ? "deploy" : "destroy";
  await confirmOnAws(session, wanted ?? full, intent, { held, destroyed });
  if (destroyed.length > 0) await destroy(full, session.progress, destroyed);
  if (wanted) await deploy(new LabRun(wanted), session.progress, { moves: true });
}

/** What is in the way of a chapter's beginning. Where one stack was split into several, none of them is what it was. */
function doomed(
  held: readonly string[],
  usual: readonly string[],
  wanted: readonly string[],
): readonly string[] {
  const strange = held.filter((id) => !wanted.includes(id));
  return strange.some((id) => !usual.includes(id)) ? held : strange;
}
