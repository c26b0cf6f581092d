import { join } from "node:path";
import { findOnPath, isExecutable, readOutput } from "./executables.ts";
import { fetchTool, pinnedTool } from "./fetch-tool.ts";
import type { Tool, ToolOptions } from "./tool.ts";
import { findVersion } from "./version.ts";

/**
 * ecspresso, version 2: the first on PATH, else the one that was fetched before, else the pinned release.
 * @throws UserError where there is none and it cannot be fetched
 * @see https://github.com/kayac/ecspresso
 */
export async function findEcspresso(options: ToolOptions = {}): Promise<Tool> {
  const env = options.env ?? process.env;
  for (const path of findOnPath("ecspresso", env)) {
    // One that somebody has built says no version; version 1 has other commands.
    const output = await readOutput(path, ["version"], { PATH: env["PATH"], HOME: env["HOME"] });
    const version = findVersion(output ?? "") ?? "2";
    if (output?.startsWith("ecspresso") && version.startsWith("2"))
      return { name: "ecspresso", path, version, source: "PATH" };
  }
  const { pin, folder } = pinnedTool("ecspresso", options);
  const path = join(folder, "ecspresso");
  if (!isExecutable(path)) await fetchTool("ecspresso", options);
  return { name: "ecspresso", path, version: pin.version, source: "workbook" };
}
