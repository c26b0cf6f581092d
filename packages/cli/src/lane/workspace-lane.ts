import { join } from "node:path";
import type { Target } from "@workbook/lab-kit/deploy/target";
import type { RunningCloud } from "../cloud/cloud.ts";
import type { Progress } from "../output/progress.ts";
import { localTarget } from "../target.ts";
import type { Workspace } from "../workspace.ts";
import { laneFolder } from "./end-lane.ts";
import { SessionLane } from "./session-lane.ts";

/** The workspace's cloud as a target, with the provider that is kept between commands. For Local AWS alone. */
export async function targetWithLane(
  workspace: Workspace,
  cloud: RunningCloud,
  progress: Progress,
): Promise<Target & { readonly lane: SessionLane }> {
  const target = await localTarget(workspace, cloud);
  const lane = new SessionLane({
    folder: laneFolder(workspace),
    env: target.environment,
    cloudPid: cloud.pid,
    onLog: (reason) =>
      progress.print([
        `  · Terraform starts its provider itself: ${reason}.`,
        `  · Terraform がプロバイダーを自分で起動します (${reason})。`,
      ]),
  });
  return { ...target, lane };
}

/** Starts the provider in the background, where an earlier command has met it. */
export async function warmLane(
  workspace: Workspace,
  cloud: RunningCloud,
  progress: Progress,
): Promise<void> {
  const { lane } = await targetWithLane(workspace, cloud, progress);
  await lane.warm(join(workspace.state, "stacks", "local", workspace.config.owner));
}
