import { UserError } from "@workbook/toolchain";
import type { Config } from "../workspace.ts";
import type { RunningCloud, StartOptions } from "./cloud.ts";

/**
 * A cloud that runs stays where it is: its address is part of image names.
 * @throws {UserError} where it is asked to be somewhere else
 */
export function refuseOtherPlace(
  { endpoint }: Pick<RunningCloud, "endpoint">,
  listeners: Config["listeners"],
  wanted: Pick<StartOptions, "port" | "listeners">,
): void {
  const port = Number(new URL(endpoint).port);
  const other = [
    ...(wanted.port !== undefined && wanted.port !== 0 && wanted.port !== port
      ? [`--port ${wanted.port}`]
      : []),
    ...(wanted.listeners !== undefined && wanted.listeners !== listeners
      ? [`--listeners ${wanted.listeners}`]
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
