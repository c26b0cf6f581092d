import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, join, sep } from "node:path";
import { BuildError } from "../errors.ts";
import { unwrap } from "./unwrap.ts";

/** Programs that stand in for those of the base images, which are not fetched. */
export interface BuildTools {
  /** An executable, or a folder that holds it (itself or in `bin`). Default: the Node that runs this. */
  node?: string;
  /** Likewise; also `npm-cli.js`. Default: the one on the caller's PATH. */
  npm?: string;
  /** Likewise. Default: the one on the caller's PATH. */
  go?: string;
  /** Further folders, put first on the PATH of a RUN. */
  path?: string[];
}

/** One program of the tools, with its links followed. */
export interface Tool {
  name: string;
  /** The real file. */
  file: string;
  /** The folder that the program needs around itself: where it is installed. */
  installation: string;
  /** Whether `file` is a script for Node, so that it needs `node` before it. */
  isScript: boolean;
}

export interface ResolvedTools {
  programs: Tool[];
  folders: string[];
  /** Changes when a program does. */
  fingerprint: string;
}

/**
 * Finds the programs.
 *
 * @throws {BuildError} `NOT_FOUND` for one that was named and is not there; one that was not named may be absent
 */
export function resolveTools(tools: BuildTools, env: NodeJS.ProcessEnv): ResolvedTools {
  const callerPath = env["PATH"] ?? "";
  const programs: Tool[] = [];
  const add = (name: string, file: string | undefined) => {
    if (file !== undefined) programs.push(toTool(name, file));
  };
  const npm = unwrapped("npm", findNamed("npm", tools.npm) ?? findOnPath("npm", callerPath), env);
  const go = unwrapped("go", findNamed("go", tools.go) ?? findOnPath("go", callerPath), env);
  add("node", findNamed("node", tools.node) ?? process.execPath);
  add("npm", npm);
  add("npx", npm && findNextTo(npm, "npx"));
  add("go", go);
  add("gofmt", go && findNextTo(go, "gofmt"));
  const folders = (tools.path ?? []).map((folder) => {
    if (!isDirectory(folder))
      throw new BuildError("NOT_FOUND", [
        `there is no folder ${folder} for the PATH of RUN`,
        `RUN の PATH にするフォルダー ${folder} がありません`,
      ]);
    return realpathSync(folder);
  });
  const marks = programs.map(
    ({ name, file }) => `${name} ${file} ${statSync(file).size} ${statSync(file).mtimeMs}`,
  );
  return { programs, folders, fingerprint: [...marks, ...folders].join("\n") };
}

function unwrapped(
  name: string,
  file: string | undefined,
  env: NodeJS.ProcessEnv,
): string | undefined {
  return file === undefined ? undefined : unwrap(name, file, env);
}

/** The first executable of a name in the folders of a PATH. */
export function findOnPath(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function findNamed(name: string, given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const found = isDirectory(given)
    ? [join(given, name), join(given, "bin", name)].find(isExecutable)
    : isFile(given)
      ? given
      : undefined;
  if (found === undefined)
    throw new BuildError("NOT_FOUND", [
      `there is no program ${name} at ${given}`,
      `${given} にプログラム ${name} がありません`,
    ]);
  return found;
}

/** A program that is installed together with another: `npx` with `npm`, whether as a link or as `npx-cli.js`. */
function findNextTo(program: string, name: string): string | undefined {
  const candidates = [
    join(dirname(program), name),
    join(dirname(realpathSync(program)), `${name}-cli.js`),
  ];
  return candidates.find(isFile);
}

function toTool(name: string, found: string): Tool {
  const file = realpathSync(found);
  const folder = dirname(file);
  const installation = basename(folder) === "bin" ? dirname(folder) : folder;
  return { name, file, installation, isScript: file.endsWith(".js") };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return isFile(file);
  } catch {
    return false; // absent, or not ours to run
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Whether a path is a folder or in it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
