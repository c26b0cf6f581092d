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
  const destroyed = held.map(({ id }) => id).filter((id) => !wanted?.lab.stacks.includes(id));
  if (!wanted && destroyed.length === 0) return;
  const intent = wanted ? "deploy" : "destroy";
  await confirmOnAws(session, wanted ?? full, intent, { held, destroyed });
  if (destroyed.length > 0)
    await destroy({ ...full, lab: { ...full.lab, stacks: destroyed } }, session.progress);
  if (wanted) await deploy(new LabRun(wanted), session.progress);
}
