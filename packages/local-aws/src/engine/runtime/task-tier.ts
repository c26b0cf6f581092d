import { probeRoom, type NoRoom } from "./containers/probe-room.ts";

/** How a cloud runs its tasks. */
export interface TaskTier {
  readonly driver: "containers" | "process" | "off";
  /** Why it is not containers, where nobody has chosen otherwise. */
  readonly missing?: NoRoom;
}

/**
 * What was chosen by hand, or else containers where this machine can run them, and processes elsewhere: found out by doing it.
 * @param runc the program that runs containers, where the machine's own is not to be used
 */
export async function chooseTaskTier(
  chosen: TaskTier["driver"] | undefined,
  runc?: string,
): Promise<TaskTier> {
  if (chosen !== undefined) return { driver: chosen };
  const missing = await probeRoom(runc);
  return missing ? { driver: "process", missing } : { driver: "containers" };
}
