import { execFile, spawn, type ChildProcessByStdio } from "node:child_process";
import { join } from "node:path";
import type { Readable } from "node:stream";
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

/** A workbook that keeps everything in a folder of its own, on ports of its own. */
export class Workbook {
  readonly #root: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(root: string, env: NodeJS.ProcessEnv) {
    this.#root = root;
    this.#env = env;
  }

  /** @param state where it keeps what it keeps */
  static async at(root: string, state: string): Promise<Workbook> {
    return new Workbook(root, {
      ...process.env,
      WORKBOOK_DIR: state,
      WORKBOOK_PORT: String(await freePort()),
      WORKBOOK_LISTENERS: "ephemeral",
      OWNER,
    });
  }

  /** The same one, whose commands each start a provider of their own. */
  get ordinary(): Workbook {
    return new Workbook(this.#root, { ...this.#env, WORKBOOK_LANE: "off" });
  }

  /** Runs a command to its end. @returns what it printed */
  async run(...args: readonly string[]): Promise<string> {
    const options = { cwd: this.#root, env: this.#env, maxBuffer: LARGEST_OUTPUT };
    const { stdout } = await run(join(this.#root, "workbook"), [...args], options);
    return stdout;
  }

  /** How long a command takes, in seconds. */
  async seconds(...args: readonly string[]): Promise<number> {
    const since = performance.now();
    await this.run(...args);
    return (performance.now() - since) / 1000;
  }

  /** Starts a command that goes on until it is told to stop. */
  start(...args: readonly string[]): ChildProcessByStdio<null, Readable, null> {
    return spawn(join(this.#root, "workbook"), [...args], {
      cwd: this.#root,
      env: this.#env,
      stdio: ["ignore", "pipe", "ignore"],
    });
  }
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
