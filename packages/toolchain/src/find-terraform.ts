import { join } from "node:path";
import { findOnPath, isExecutable, readOutput } from "./executables.ts";
import { fetchTool, pinnedTool } from "./fetch-tool.ts";
import type { Tool, ToolOptions } from "./tool.ts";
import { rememberVersion } from "./version-cache.ts";
import { findVersion, isAtLeast } from "./version.ts";

/** The S3 backend locks by itself (`use_lockfile`) since this one: https://developer.hashicorp.com/terraform/language/backend/s3 */
export const minimumTerraformVersion = "1.10";

/**
 * Terraform: the first on PATH that is new enough, else the one that was fetched before, else the pinned release.
 * @throws UserError where there is none and it cannot be fetched
 */
export async function findTerraform(options: ToolOptions = {}): Promise<Tool> {
  const env = options.env ?? process.env;
  for (const path of findOnPath("terraform", env)) {
    const version = await rememberVersion(path, options, () => terraformVersion(path, env));
    if (version && isAtLeast(version, minimumTerraformVersion))
      return { name: "terraform", path, version, source: "PATH" };
  }
  const { pin, folder } = pinnedTool("terraform", options);
  const path = join(folder, "terraform");
  if (!isExecutable(path)) await fetchTool("terraform", options);
  return { name: "terraform", path, version: pin.version, source: "workbook" };
}

async function terraformVersion(path: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  // Without these, a start looks for a newer release on the network, and stumbles over the user's settings.
  const quiet = { PATH: env["PATH"], HOME: env["HOME"], CHECKPOINT_DISABLE: "1" };
  const output = await readOutput(path, ["version"], quiet);
  return output?.startsWith("Terraform") ? findVersion(output) : undefined;
}
