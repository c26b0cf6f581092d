import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { once } from "node:events";

import { copyClone } from "../../../scripts/copy-clone.ts";
import { root } from "../../../scripts/site-pages.ts";
import { programsFolder } from "./listener-ports.ts";

/** Whom the pages are written for: part of every name that they show. */
const OWNER = "hanako";
/** Kept between two pages: none of it is what a reader did. */
const KEPT = new Set(["tools", "terraform", "cache", "images", "cloud"]);
const EMPTY = "pages-empty";

/** A clone of the workbook that no reader has used yet. */
export interface FreshWorkspace {
  readonly folder: string;
  /** The port of its Local AWS: a free one. */
  readonly port: number;
  /** The environment that a reader's shell has, apart from what this machine adds for itself. */
  readonly env: NodeJS.ProcessEnv;
}

/** Copies the workbook as it lies here, uncommitted changes included, to a folder of its own; its cloud is empty. */
export async function makeWorkspace(): Promise<FreshWorkspace> {
  const parent = mkdtempSync(join(tmpdir(), "workbook-pages-"));
  const folder = join(parent, "ecs-workbook");
  copyClone(folder);
  for (const name of ["tools", "terraform"]) {
    const kept = join(root, ".workbook", name);
    mkdirSync(join(folder, ".workbook"), { recursive: true });
    if (existsSync(kept)) symlinkSync(kept, join(folder, ".workbook", name));
  }
  const port = await freePort();
  const workspace = { folder, port, env: readerEnvironment(folder, port) };
  command(workspace, "cloud", "up");
  command(workspace, "cloud", "snapshot", EMPTY);
  command(workspace, "cloud", "down");
  return workspace;
}

/** Puts the workspace back to how {@link makeWorkspace} left it: empty cloud, nothing of the reader's. */
export function resetWorkspace(workspace: FreshWorkspace): void {
  command(workspace, "cloud", "up");
  command(workspace, "cloud", "restore", EMPTY);
  command(workspace, "cloud", "down");
  rmSync(join(workspace.folder, "workspace"), { recursive: true, force: true });
  const state = join(workspace.folder, ".workbook");
  for (const name of readdirSync(state)) {
    if (!KEPT.has(name)) rmSync(join(state, name), { recursive: true, force: true });
  }
}

/** Stops the workspace's cloud and removes the folder. */
export function removeWorkspace(workspace: FreshWorkspace): void {
  command(workspace, "cloud", "down");
  rmSync(dirname(workspace.folder), { recursive: true, force: true });
}

function command({ folder, env }: FreshWorkspace, ...args: readonly string[]): void {
  execFileSync(join(folder, "workbook"), args, {
    cwd: folder,
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
}

function readerEnvironment(folder: string, port: number): NodeJS.ProcessEnv {
  const foreign = /^(?:AWS_|TF_|WORKBOOK_|OWNER$|CI$|VITEST|NODE_ENV$|NODE_OPTIONS$|FORCE_COLOR$)/;
  const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(inherited),
    OWNER,
    WORKBOOK_PORT: String(port),
    WORKBOOK_LISTENERS: "ephemeral",
    PATH: `${programsFolder({ folder })}${delimiter}${process.env["PATH"] ?? ""}`,
    NO_COLOR: "1",
    COLUMNS: "100",
    LC_ALL: "C.UTF-8",
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
