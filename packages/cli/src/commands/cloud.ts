import { both, type Words } from "@workbook/toolchain";
import { createReadStream, existsSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { logFile, stopCloud, type StartOptions } from "../cloud/cloud.ts";
import type { Session } from "../session.ts";
import { paceCommand } from "./pace.ts";
import { restoreCommand, snapshotCommand, snapshotsCommand } from "./snapshots.ts";
import { statusCommand } from "./status.ts";
import { nextStep } from "../output/next.ts";

/** What `cloud` was given beside its action. */
export interface CloudOptions extends StartOptions {
  /** Of a snapshot, or of a pace. */
  readonly name?: string;
  readonly delete: boolean;
}

/** Starts, stops and looks at Local AWS; keeps what it holds and brings it back. */
export async function cloudCommand(
  session: Session,
  action: string,
  options: CloudOptions,
): Promise<number> {
  switch (action) {
    case "up": {
      const { endpoint, pid, dataDir } = await session.target.cloud(options);
      session.result(
        { endpoint, pid, dataDir },
        both`${["Local AWS answers at", "Local AWS のエンドポイント:"]} ${endpoint}\n\n${nextStep("./workbook run")}`,
      );
      return 0;
    }
    case "down": {
      const stopped = await stopCloud(session.workspace);
      const said: Words = stopped
        ? [
            "Local AWS has stopped. What it holds is kept.",
            "Local AWS を停止しました。内容は保持されます。",
          ]
        : ["Local AWS was not running.", "Local AWS は動いていませんでした。"];
      session.result({ stopped }, both`${said}\n\n${nextStep("./workbook cloud up")}`);
      return 0;
    }
    case "status":
      return statusCommand(session);
    case "logs": {
      const file = logFile(session.workspace);
      if (existsSync(file)) await pipeline(createReadStream(file), process.stdout, { end: false });
      return 0;
    }
    case "pace":
      return paceCommand(session, options.name);
    case "snapshot":
      return snapshotCommand(session, options.name, options.delete);
    case "restore":
      return restoreCommand(session, options.name);
    case "snapshots":
      return snapshotsCommand(session);
    default:
      throw new RangeError(`cloud has no action ${action}`);
  }
}
