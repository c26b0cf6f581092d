import { missingPackages, probeRoom, type NoRoom, type TaskTier } from "@workbook/local-aws";
import { findRunc, UserError, type ToolOptions } from "@workbook/toolchain";

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
