import { readFileSync } from "node:fs";
import { cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { mutate, type Mutation } from "./mutation.ts";

/** The parts of a lab that copying needs. */
export interface CopiedLab {
  readonly directory: string;
  readonly files: readonly string[];
}

/**
 * Where the imports of a lab's files lead: the labs are one package.
 *
 * @param labDirectory the lab's folder
 */
export function dependenciesOf(labDirectory: string): string {
  return join(dirname(labDirectory), "node_modules");
}

/** The files that a lab begins with, or its reference answer, by path in the variant's folder. */
export function labFiles(
  { directory, files }: CopiedLab,
  variant: "start" | "solution",
): ReadonlyMap<string, Buffer> {
  return new Map(files.map((name) => [name, readFileSync(join(directory, variant, name))]));
}

/**
 * Copies what a learner edits into another folder, where its imports resolve as they do in the lab: beside the files
 * lies a link to the labs' `node_modules`.
 *
 * @param variant which files: the ones to start from, or the reference answer
 * @param target a folder that has none of these files yet; made if need be
 * @returns the path of the copied `stack.ts`, for `synthesise`
 * @throws {Error} with code `EEXIST` or `ERR_FS_CP_EEXIST` when something of the copy is there already
 */
export async function copyLab(
  lab: CopiedLab,
  variant: "start" | "solution",
  target: string,
): Promise<string> {
  await mkdir(target, { recursive: true });
  await symlink(dependenciesOf(lab.directory), join(target, "node_modules"), "dir");
  for (const file of lab.files) {
    const options = { force: false, errorOnExist: true };
    await cp(join(lab.directory, variant, file), join(target, file), options);
  }
  return join(target, "stack.ts");
}

/** The solution with one mutation in it, in a folder of its own. @returns the path of its `stack.ts` */
export async function writeMutant(
  lab: CopiedLab,
  mutation: Mutation,
  folder: string,
): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  const stack = await copyLab(lab, "solution", folder);
  const file = join(folder, mutation.file);
  await writeFile(file, mutate(await readFile(file, "utf8"), mutation));
  return stack;
}
