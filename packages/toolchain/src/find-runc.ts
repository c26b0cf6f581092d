import { delimiter, join } from "node:path";
import { findOnPath, isExecutable, readOutput } from "./executables.ts";
import { fetchTool, pinnedTool } from "./fetch-tool.ts";
import type { Tool, ToolOptions } from "./tool.ts";
import { findVersion } from "./version.ts";

/** Where Debian has it, which is not on every user's PATH. */
const SYSTEM_FOLDERS = ["/usr/sbin", "/sbin"];

/**
 * runc, which runs containers: this machine's, else the one that was fetched before, else the pinned release, one static program.
 * @param systemFolders where it may be beside the caller's PATH
 * @throws UserError where there is none and it cannot be fetched, or where none is pinned: outside of Linux
 * @see https://github.com/opencontainers/runc
 */
export async function findRunc(
  options: ToolOptions = {},
  systemFolders: readonly string[] = SYSTEM_FOLDERS,
): Promise<Tool> {
  const env = options.env ?? process.env;
  const PATH = [env["PATH"] ?? "", ...systemFolders].join(delimiter);
  for (const path of findOnPath("runc", { PATH })) {
    const version = findVersion((await readOutput(path, ["--version"], { PATH })) ?? "");
    if (version) return { name: "runc", path, version, source: "PATH" };
  }
  const { pin, folder } = pinnedTool("runc", options);
  const path = join(folder, "runc");
  if (!isExecutable(path)) await fetchTool("runc", options);
  return { name: "runc", path, version: pin.version, source: "workbook" };
}
