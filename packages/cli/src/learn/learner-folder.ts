import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { isAlive } from "@workbook/toolchain";

/** Where a learner's own files are: `workspace/` of the clone. */
export interface LearnerFolder {
  readonly root: string;
  /** Copies of what was there before something else was put in its place. */
  readonly saved: string;
}

/** A lab's files as text or bytes, by their path relative to the folder. */
export type Files = ReadonlyMap<string, Buffer>;

/** What lies in a learner's copy without being the learner's: links and output. */
export const NOT_THE_LEARNERS = new Set(["node_modules", "cdktf.out", ".DS_Store"]);

/** The learner's folder of a workspace. Nothing is made. */
export function learnerFolder({ learner }: { readonly learner: string }): LearnerFolder {
  return { root: learner, saved: join(learner, ".saved") };
}

/** The learner's copy of a lab, there or not. */
export function copyDirectory({ root }: LearnerFolder, labId: string): string {
  return join(root, labId);
}

/** The learner's `stack.ts` of a lab, where the chapter was begun. */
export function learnersStack(folder: LearnerFolder, labId: string): string | undefined {
  const file = join(copyDirectory(folder, labId), "stack.ts");
  return existsSync(file) ? file : undefined;
}

/** Reads all files of a folder and of those below it, without what is not the learner's; empty where there is none. */
export function readFiles(directory: string): Files {
  const files = new Map<string, Buffer>();
  if (!existsSync(directory)) return files;
  for (const path of walk(directory))
    files.set(relative(directory, path).replaceAll("\\", "/"), readFileSync(path));
  return new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function* walk(directory: string): Generator<string> {
  for (const name of readdirSync(directory)) {
    if (NOT_THE_LEARNERS.has(name)) continue;
    const path = join(directory, name);
    const stat = lstatSync(path);
    if (stat.isDirectory()) yield* walk(path);
    else if (stat.isFile()) yield path;
  }
}

/** One value for the names and contents of files. */
export function fingerprint(files: Files): string {
  const hash = createHash("sha256");
  for (const [name, content] of files) hash.update(`${name}\0${content.length}\0`).update(content);
  return hash.digest("hex").slice(0, 16);
}

/**
 * Puts a file in place in one step: whoever reads it, or ends this process, finds the old content or the new one.
 *
 * @param folder its `.tmp/` is on the same file system
 */
export function writeInOneStep(
  folder: LearnerFolder,
  file: string,
  content: Buffer | string,
): void {
  const scratch = makeScratch(folder);
  const temporary = join(scratch, basename(file));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(temporary, content);
  renameSync(temporary, file);
  rmSync(scratch, { recursive: true, force: true });
}

/**
 * Puts a folder of files in place in one step.
 *
 * @param directory must not exist
 * @param complete adds what the folder needs beside its files, before it is in place
 */
export function writeFolderInOneStep(
  folder: LearnerFolder,
  directory: string,
  files: Files,
  complete: (temporary: string) => void = () => {},
): void {
  const scratch = makeScratch(folder);
  const temporary = join(scratch, basename(directory));
  mkdirSync(temporary);
  for (const [name, content] of files) {
    mkdirSync(dirname(join(temporary, name)), { recursive: true });
    writeFileSync(join(temporary, name), content);
  }
  complete(temporary);
  mkdirSync(dirname(directory), { recursive: true });
  renameSync(temporary, directory);
  rmSync(scratch, { recursive: true, force: true });
}

/** A folder for this process alone; those that dead processes have left are taken away. */
function makeScratch({ root }: LearnerFolder): string {
  const all = join(root, ".tmp");
  mkdirSync(all, { recursive: true });
  for (const name of readdirSync(all)) {
    const pid = Number(name.split("-")[0]);
    if (pid !== process.pid && !isAlive(pid))
      rmSync(join(all, name), { recursive: true, force: true });
  }
  const scratch = join(all, `${process.pid}-${performance.now().toString(36)}`);
  mkdirSync(scratch);
  return scratch;
}
