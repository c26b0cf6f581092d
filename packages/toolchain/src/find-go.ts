import { join } from "node:path";
import { findOnPath, isExecutable, readOutput } from "./executables.ts";
import { fetchTool, pinnedTool } from "./fetch-tool.ts";
import type { Tool, ToolOptions } from "./tool.ts";
import { findVersion, isAtLeast } from "./version.ts";

/** `net/http` has patterns with methods since this one: https://go.dev/doc/go1.22 */
export const minimumGoVersion = "1.22";

/**
 * Go: the first on PATH that is new enough, else the one that was fetched before, else the pinned release.
 * @throws UserError where there is none and it cannot be fetched
 */
export async function findGo(options: ToolOptions = {}): Promise<Tool> {
  const env = options.env ?? process.env;
  for (const path of findOnPath("go", env)) {
    const output = await readOutput(path, ["env", "GOVERSION"], {
      ...env,
      GOTOOLCHAIN: "local",
      GOFLAGS: "",
    });
    const version = output?.startsWith("go") ? findVersion(output) : undefined;
    if (version && isAtLeast(version, minimumGoVersion))
      return { name: "go", path, version, source: "PATH" };
  }
  const { pin, folder } = pinnedTool("go", options);
  const path = join(folder, "bin", "go");
  if (!isExecutable(path)) await fetchTool("go", options);
  return { name: "go", path, version: pin.version, source: "workbook" };
}
