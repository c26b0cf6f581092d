import { type DeployReporter, inStep } from "@workbook/lab-kit";
import { both, UserError } from "@workbook/toolchain";
import type { Config, Workspace } from "../workspace.ts";
import { findCloud, startCloud, type RunningCloud, type StartOptions } from "./cloud.ts";

/** The cloud of the workspace, started where it does not run. @throws {UserError} where it runs somewhere else than it is wanted */
export function openCloud(
  workspace: Workspace,
  reporter: DeployReporter,
  options: StartOptions,
): Promise<RunningCloud> {
  return inStep(reporter, "Local AWS", async (step) => {
    const running = await findCloud(workspace, options.signal);
    if (running) {
      refuseOtherPlace(running, workspace.config, options);
      return { summary: running.endpoint, value: running };
    }
    step.detail(["starting", "起動しています"]);
    const cloud = await startCloud(workspace, options);
    return { summary: both`${cloud.endpoint}, ${["started", "起動しました"]}`, value: cloud };
  });
}

/**
 * A cloud that runs stays where it is: its address is part of image names.
 * @throws {UserError} where it is asked to be somewhere else
 */
export function refuseOtherPlace(
  { endpoint, health }: Pick<RunningCloud, "endpoint" | "health">,
  { listeners, mirrors }: Pick<Config, "listeners" | "mirrors">,
  wanted: Pick<StartOptions, "port" | "listeners" | "tasks" | "mirrors">,
): void {
  const port = Number(new URL(endpoint).port);
  const { driver } = health["tasks"] as { driver: string };
  const other = [
    ...(wanted.port !== undefined && wanted.port !== 0 && wanted.port !== port
      ? [`--port ${wanted.port}`]
      : []),
    ...(wanted.listeners !== undefined && wanted.listeners !== listeners
      ? [`--listeners ${wanted.listeners}`]
      : []),
    ...(wanted.tasks !== undefined && wanted.tasks !== driver ? [`--tasks ${wanted.tasks}`] : []),
    ...(wanted.mirrors !== undefined && wanted.mirrors.join() !== mirrors.join()
      ? [`--registry-mirror ${wanted.mirrors.join() || "none"}`]
      : []),
  ];
  if (other.length === 0) return;
  throw new UserError(
    [
      `Local AWS runs already, at ${endpoint} with listeners "${listeners}": it has to be stopped first. What it holds is kept.`,
      `Local AWS はすでに ${endpoint} で動いています (リスナーは ${listeners})。先に停止してください。内容は保持されます。`,
    ],
    {
      code: "CLOUD_RUNS",
      next: `./workbook cloud down && ./workbook cloud up ${other.join(" ")}`,
    },
  );
}
