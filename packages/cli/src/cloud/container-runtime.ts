import type { TaskTier } from "@workbook/local-aws";
import { missingPackages, probeRoom, type NoRoom } from "@workbook/local-aws/room";
import { findRunc, UserError, type ToolOptions, type Words } from "@workbook/toolchain";
import type { Workspace } from "../workspace.ts";
import { describeChosen, describeTier, type TaskFacts } from "./task-tier.ts";

/**
 * The pinned program that runs containers, where that is all that this machine lacks for them; it is fetched once. Undefined where
 * the machine has its own, or lacks more, or the program cannot be had: what the machine lacks is then told with the command that brings it.
 * @param tasks how tasks are to run, where that was chosen
 */
export async function fetchedRunc(
  tasks: TaskTier["driver"] | undefined,
  options: ToolOptions,
): Promise<string | undefined> {
  if (tasks === "process" || tasks === "off") return undefined;
  if (missingPackages().join() !== "runc") return undefined;
  try {
    return (await findRunc(options)).path;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
}

/** Why tasks cannot run as containers in a new cloud of this machine; undefined where they can. */
export async function whyNoContainers(options: ToolOptions): Promise<NoRoom | undefined> {
  return probeRoom(await fetchedRunc(undefined, options));
}

/** How a cloud runs its tasks; where they were once chosen to be processes and need not be any more, with the command that changes it. */
export async function describeTierHere(
  { root }: Pick<Workspace, "root">,
  facts: TaskFacts,
): Promise<Words> {
  const isChosen = facts.driver === "process" && facts.missing === undefined;
  const couldBe = isChosen && (await whyNoContainers({ root })) === undefined;
  return couldBe ? describeChosen() : describeTier(facts);
}
