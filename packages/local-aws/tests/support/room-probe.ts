import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SystemClock } from "../../src/clock/system-clock.ts";
import { Room, RoomError } from "../../src/engine/runtime/containers/room.ts";

/** Why this machine cannot hold containers; undefined where it can. Found out by making a room. */
export async function whyNoRoom(): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "room-"));
  const logger = { info: () => {}, error: () => {} };
  const room = new Room({ clock: new SystemClock(1), logger, folder: join(folder, "room") });
  try {
    await room.start();
    return undefined;
  } catch (error) {
    if (error instanceof RoomError) return error.message;
    throw error;
  } finally {
    await room.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
