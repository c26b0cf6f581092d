import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./processes.ts";

const run = promisify(execFile);
/** Who deploys here: part of every name. */
export const OWNER = "bench";
const LARGEST_OUTPUT = 256 * 1024 * 1024;

/** Terraform with the environment of a workbook's cloud. */
export interface Terraform {
  readonly terraform: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Runs commands of a workbook that keeps everything in `state` and has ports of its own. */
export async function workbookAt(
  root: string,
  state: string,
): Promise<(...args: readonly string[]) => Promise<string>> {
  const env = {
    ...process.env,
    WORKBOOK_DIR: state,
    WORKBOOK_PORT: String(await freePort()),
    WORKBOOK_LISTENERS: "ephemeral",
    OWNER,
  };
  return async (...args) => {
    const options = { cwd: root, env, maxBuffer: LARGEST_OUTPUT };
    const { stdout } = await run(join(root, "workbook"), [...args], options);
    return stdout;
  };
}

/** Runs Terraform in a folder. @returns what it said */
export async function terraformIn(
  cwd: string,
  { terraform, env }: Terraform,
  ...args: readonly string[]
): Promise<string> {
  const options = { cwd, env, maxBuffer: LARGEST_OUTPUT };
  const { stdout } = await run(terraform, [...args], options);
  return stdout;
}
