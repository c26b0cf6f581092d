import { both, terraformCliConfig } from "@workbook/toolchain";
import { join } from "node:path";
import type { Target } from "@workbook/lab-kit";
import type { RunningCloud } from "../cloud/cloud.ts";
import type { Progress } from "../output/progress.ts";
import { localTarget } from "../target/local-target.ts";
import { ownerOf, type Workspace } from "../workspace.ts";
import { laneFolder } from "./end-lane.ts";
import { SessionLane } from "./session-lane.ts";

/** The workspace's cloud as a target, with the provider that is kept between commands. */
export async function targetWithLane(
  workspace: Workspace,
  cloud: RunningCloud,
  progress: Progress,
): Promise<Target> {
  const target = await localTarget(workspace, cloud);
  const lane = keptLane(workspace, cloud, progress, target);
  return { ...target, ...(lane && { lane }) };
}

/** Starts the provider in the background, where it is on this machine already. */
export async function warmLane(
  workspace: Workspace,
  cloud: RunningCloud,
  progress: Progress,
): Promise<void> {
  const target = await localTarget(workspace, cloud);
  const stacks = join(workspace.state, "stacks", "local", ownerOf(workspace));
  const { mirrors, pluginCache } = terraformCliConfig({ root: workspace.root, env: process.env });
  const plugins = [pluginCache, ...mirrors.map(({ folder }) => folder)];
  await keptLane(workspace, cloud, progress, target)?.warm(stacks, plugins);
}

/** For Local AWS alone, and not where `WORKBOOK_LANE=off` says that each command starts a provider of its own. */
function keptLane(
  workspace: Workspace,
  cloud: RunningCloud,
  progress: Progress,
  { environment }: Target,
): SessionLane | undefined {
  if (process.env["WORKBOOK_LANE"] === "off") return undefined;
  return new SessionLane({
    folder: laneFolder(workspace),
    env: environment,
    cloudPid: cloud.pid,
    onLog: (reason) =>
      progress.print(
        both`  · ${["Terraform starts its provider itself", "Terraform がプロバイダーを自分で起動します"]}: ${reason}`,
      ),
  });
}
