import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { FreshWorkspace } from "./fresh-workspace.ts";
import type { ShellBlock } from "./page-blocks.ts";

/** How a block went. */
export interface BlockResult {
  readonly exitCode: number | null;
  /** Standard output and standard error, in the order in which they came. */
  readonly printed: string;
  readonly seconds: number;
  readonly timedOut: boolean;
}

/** A reader's terminal: folder and variables live on from block to block. */
export interface Terminal {
  readonly workspace: FreshWorkspace;
  /** A file that holds the variables and the folder that the last block left. */
  readonly session: string;
  readonly language: "en" | "ja";
  /** The process groups of its blocks, some of whose programs may go on beside the next block (`&`). */
  readonly groups: number[];
}

/** Opens a terminal in the workspace's folder, in which the workbook speaks the language. */
export function openTerminal(
  workspace: FreshWorkspace,
  language: Terminal["language"] = "en",
): Terminal {
  const session = join(dirname(workspace.folder), "session");
  mkdirSync(session, { recursive: true });
  writeFileSync(join(session, "variables"), "");
  writeFileSync(join(session, "folder"), workspace.folder);
  return { workspace, session, language, groups: [] };
}

/** Ends whatever its blocks have left running. */
export function closeTerminal({ groups }: Terminal): void {
  for (const group of groups.splice(0)) endGroup(group);
}

function endGroup(group: number): void {
  try {
    process.kill(-group, "SIGTERM");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/**
 * Runs a block as a reader would, and stops at the first command that fails. All variables are exported, for only those
 * can be handed on to the next block.
 *
 * @param signal ends the block, as the end of its time does
 */
export async function runBlock(
  terminal: Terminal,
  block: ShellBlock,
  signal: AbortSignal,
): Promise<BlockResult> {
  signal.throwIfAborted();
  const { workspace, session, language, groups } = terminal;
  const script = `
    exec 2>&1 </dev/null
    . '${session}/variables'
    cd "$(cat '${session}/folder')"
    trap 'export -p >"${session}/variables"; pwd >"${session}/folder"' EXIT
    set -ea
    ${block.commands}
  `;
  const since = performance.now();
  const child = spawn("bash", ["--norc", "-c", script], {
    cwd: workspace.folder,
    env: { ...workspace.env, WORKBOOK_LANG: language },
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  groups.push(child.pid!);
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  let timedOut = false;
  const end = () => endGroup(child.pid!);
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, block.timeoutSeconds * 1000);
  signal.addEventListener("abort", end);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  clearTimeout(timer);
  signal.removeEventListener("abort", end);
  signal.throwIfAborted();
  return { exitCode, printed, seconds: (performance.now() - since) / 1000, timedOut };
}
