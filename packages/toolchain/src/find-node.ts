import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { findOnPath, readOutput } from "./executables.ts";
import { fetchTool, pinnedTool } from "./fetch-tool.ts";
import { toolsFolder, type Tool, type ToolOptions } from "./tool.ts";
import { UserError } from "./user-error.ts";

/** The Node that runs this. */
export function findNode(): Tool {
  return {
    name: "node",
    path: process.execPath,
    version: process.versions.node,
    source: "running",
  };
}

/**
 * npm: beside the running Node, else on PATH, else out of the official archive of Node.
 * @throws UserError where there is none and it cannot be fetched
 */
export async function findNpm(options: ToolOptions = {}): Promise<Tool> {
  const env = options.env ?? process.env;
  const beside = join(dirname(process.execPath), "npm");
  for (const path of [...(existsSync(beside) ? [beside] : []), ...findOnPath("npm", env)]) {
    const version = await npmVersion(path, env);
    if (version)
      return {
        name: "npm",
        path,
        version,
        source: path.startsWith(toolsFolder(options)) ? "workbook" : "PATH",
      };
  }
  const path = await fetchedNpm(options);
  const version = await npmVersion(path, env);
  if (!version) {
    throw new UserError(
      [
        `npm is needed to build an image of a Node app, and ${path} does not run.`,
        `Node のアプリのイメージをビルドするには npm が必要ですが、${path} が動きません。`,
      ],
      {
        code: "NPM_MISSING",
        next: ["install npm and put it on PATH", "npm をインストールして PATH に入れてください"],
      },
    );
  }
  return { name: "npm", path, version, source: "workbook" };
}

/** The set-up's Node has no npm where it came from the npm registry: then the archive lies beside it, as set-up.sh does. */
async function fetchedNpm(options: ToolOptions): Promise<string> {
  const { pin, folder } = pinnedTool("node", options);
  const own = join(folder, "bin", "npm");
  if (existsSync(own)) return own;
  const beside = join(toolsFolder(options), `npm-of-node-${pin.version}`);
  return join(await fetchTool("node", options, beside), "bin", "npm");
}

/** Read from its own package: starting npm costs a quarter of a second. A shim is asked. */
async function npmVersion(path: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const manifest = join(dirname(realpathSync(path)), "..", "package.json");
  if (existsSync(manifest)) {
    const { name, version } = JSON.parse(readFileSync(manifest, "utf8")) as {
      name?: string;
      version?: string;
    };
    if (name === "npm" && version) return version;
  }
  return (await readOutput(path, ["--version"], env))?.trim();
}

/**
 * A folder with `node`, `npm` and `npx` in it and nothing else, to put on the PATH of an image whose base is Node: its
 * entrypoint, and its RUN steps, get this runtime and nothing else of the machine.
 * @throws UserError where npm is missing and cannot be fetched
 */
export async function nodeRuntimeFolder(options: ToolOptions = {}): Promise<string> {
  const folder = join(toolsFolder(options), "node-runtime");
  const npm = realpathSync((await findNpm(options)).path);
  mkdirSync(folder, { recursive: true });
  link(process.execPath, join(folder, "node"));
  link(npm, join(folder, "npm"));
  const npx = join(dirname(npm), "npx-cli.js");
  if (existsSync(npx)) link(npx, join(folder, "npx"));
  return folder;
}

function link(target: string, place: string): void {
  if (existsSync(place) && readlinkSync(place) === target) return;
  const temporary = `${place}.${process.pid}`;
  rmSync(temporary, { force: true });
  symlinkSync(target, temporary);
  renameSync(temporary, place);
}
