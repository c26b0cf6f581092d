import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";

import type { FreshWorkspace } from "./fresh-workspace.ts";

const run = promisify(execFile);

/** A reader's browser and terminal: `./workbook site`, and commands that are typed beside it. */
export class LiveSite {
  readonly #workspace: FreshWorkspace;
  readonly #server: ChildProcess;
  /** Where the pages are. */
  readonly origin: string;
  /** What the pages need to act on the cloud. */
  readonly token: string;

  private constructor(workspace: FreshWorkspace, server: ChildProcess, address: URL) {
    this.#workspace = workspace;
    this.#server = server;
    this.origin = address.origin;
    this.token = address.hash.replace("#token=", "");
  }

  /** Starts the site of a workspace. @throws Error with what it has printed, where it ends */
  static async start(workspace: FreshWorkspace): Promise<LiveSite> {
    const { folder, env } = workspace;
    const args = ["site", "--port", "0", "--no-open", "--json"];
    const stdio = ["ignore", "pipe", "inherit"] as const;
    const server = spawn(join(folder, "workbook"), args, { cwd: folder, env, stdio: [...stdio] });
    let printed = "";
    for await (const chunk of server.stdout!) {
      printed += String(chunk);
      const address = /"url":\s*"([^"]+)"/.exec(printed)?.[1];
      if (address !== undefined) return new LiveSite(workspace, server, new URL(address));
    }
    throw new Error(`The site has ended: ${printed}`);
  }

  /** Runs a command of the workbook to its end. @throws where it ends with another code than 0 */
  async type(args: readonly string[]): Promise<void> {
    const { folder, env } = this.#workspace;
    await run(join(folder, "workbook"), args, { cwd: folder, env });
  }

  /** Interrupts the site, as Ctrl-C does. */
  async stop(): Promise<void> {
    if (this.#server.kill("SIGINT")) await once(this.#server, "exit");
  }
}
