import { closeSync, openSync, readSync } from "node:fs";
import { lstat, stat } from "node:fs/promises";
import { join, posix } from "node:path";
import { CannotStartError } from "../../cannot-start-error.ts";
import type { BaseTools } from "./base-tools.ts";
import { executableNotFound, notExecutable, noSuchFile } from "../reasons.ts";
import { resolveInRoot } from "@workbook/image-layers";

/** Where a container's program is looked for. */
export interface ProgramScope {
  /** The container's unpacked image. */
  readonly root: string;
  /** The container's own `PATH`, in the image's terms. */
  readonly path: string;
  /** In the image's terms; absolute. */
  readonly workingDirectory: string;
  readonly base: string | undefined;
  readonly tools: BaseTools;
}

/** A program as this machine runs it. */
export interface Program {
  readonly file: string;
  /** With `argv[0]`. */
  readonly argv: readonly string[];
  /** Set where the kernel of a container would refuse the file: what its runtime writes then, before it exits with 1. */
  readonly failure?: string;
}

/** Scripts may name scripts as their interpreters, to this depth; Linux stops there as well. */
const MAX_INTERPRETERS = 4;

/**
 * Finds what a container runs: the word with a slash in the image, any other in the container's PATH, then in what
 * stands in for its base image. Interpreters that a script names (`#!/usr/local/bin/node`) are found the same way.
 * Arguments that name a file of the image by its absolute path are given the file's place on this machine, because the
 * process is not confined to its root.
 * @throws CannotStartError in ECS's words where there is no such program
 */
export async function findProgram(
  command: readonly string[],
  scope: ProgramScope,
): Promise<Program> {
  const [word, ...rest] = command as [string, ...string[]];
  const file = await locate(word, scope);
  const argv = [word];
  for (const argument of rest) argv.push(await toMachinePath(argument, scope.root));
  return interpret({ file, argv }, word, scope);
}

async function locate(word: string, scope: ProgramScope): Promise<string> {
  if (!word.includes("/")) return searchPath(word, scope);
  const path = posix.resolve(scope.workingDirectory, word);
  const file = await resolveInRoot(scope.root, path, { followLast: true });
  const kind = await fileKind(file);
  if (kind === "executable") return file;
  if (kind === "other") throw new CannotStartError(notExecutable(word));
  const lent = scope.tools.find(path, scope.base);
  if (lent === undefined) throw new CannotStartError(noSuchFile(word));
  return lent;
}

async function searchPath(word: string, scope: ProgramScope): Promise<string> {
  for (const directory of scope.path.split(":")) {
    if (!directory.startsWith("/")) continue;
    const file = await resolveInRoot(scope.root, `${directory}/${word}`, { followLast: true });
    if ((await fileKind(file)) === "executable") return file;
  }
  for (const directory of scope.tools.searchPath(scope.base)) {
    const file = join(directory, word);
    if ((await fileKind(file)) === "executable") return file;
  }
  throw new CannotStartError(executableNotFound(word));
}

async function interpret(program: Program, word: string, scope: ProgramScope): Promise<Program> {
  let { file, argv } = program;
  for (let depth = 0; depth <= MAX_INTERPRETERS; depth++) {
    const head = readHead(file);
    if (!head.startsWith("#!")) {
      return isNative(head)
        ? { file, argv }
        : { file, argv, failure: `exec ${word}: exec format error` };
    }
    const [interpreter, argument] = shebang(head);
    const found = await locateInterpreter(interpreter, scope);
    if (found === undefined)
      return { file, argv, failure: `exec ${word}: no such file or directory` };
    argv = [interpreter, ...(argument === undefined ? [] : [argument]), file, ...argv.slice(1)];
    file = found;
    // A program of this machine needs no further look.
    if (!file.startsWith(`${scope.root}/`)) return { file, argv };
  }
  return { file, argv, failure: `exec ${word}: too many levels of symbolic links` };
}

async function locateInterpreter(path: string, scope: ProgramScope): Promise<string | undefined> {
  const file = await resolveInRoot(scope.root, path, { followLast: true });
  return (await fileKind(file)) === "executable" ? file : scope.tools.find(path, scope.base);
}

/** The interpreter and, as one word, what follows it. */
function shebang(head: string): [string, string | undefined] {
  const line = head.slice(2).split("\n", 1)[0]!.trim();
  const space = line.search(/[ \t]/);
  return space === -1 ? [line, undefined] : [line.slice(0, space), line.slice(space).trim()];
}

async function toMachinePath(argument: string, root: string): Promise<string> {
  if (!argument.startsWith("/") || argument.includes("\0")) return argument;
  const place = await resolveInRoot(root, argument);
  try {
    await lstat(place);
  } catch {
    return argument;
  }
  return place === root ? argument : place;
}

async function fileKind(path: string): Promise<"executable" | "other" | "missing"> {
  try {
    const found = await stat(path);
    return found.isFile() && (found.mode & 0o111) !== 0 ? "executable" : "other";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return "missing";
    throw error;
  }
}

/** The beginning of a file, byte for byte. */
function readHead(file: string): string {
  const descriptor = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(256);
    return bytes.toString("latin1", 0, readSync(descriptor, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** ELF machine numbers, by Node's names of architectures. */
const ELF_MACHINES: Readonly<Record<string, number>> = {
  x64: 62,
  arm64: 183,
  ia32: 3,
  arm: 40,
  riscv64: 243,
};
const MACH_O_MAGIC = ["\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe"];

/** Whether the kernel here can run such a file: a binary for this system and architecture. */
function isNative(head: string): boolean {
  if (process.platform === "darwin") return MACH_O_MAGIC.some((magic) => head.startsWith(magic));
  if (!head.startsWith("\x7fELF")) return false;
  const machine = head.charCodeAt(18) | (head.charCodeAt(19) << 8);
  return machine === (ELF_MACHINES[process.arch] ?? machine);
}
