import { dependenciesOf, type Lab, labFiles, learnerCompilerOptions } from "@workbook/lab-kit";
import { existsSync, lstatSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import {
  copyDirectory,
  type Files,
  type LearnerFolder,
  readFiles,
  writeFolderInOneStep,
  writeInOneStep,
} from "./learner-folder.ts";
import { saveCopy, type SavedCopy } from "./saved-copies.ts";

/** The parts of a lab that its copy needs. */
export type CopiedLab = Pick<Lab, "id" | "directory" | "files">;

/** What became of the learner's copy. */
export interface PutCopy {
  readonly directory: string;
  /** `made`: it was not there. `completed`: files of it were missing. `kept`: it is as it was. `replaced`: as given again. */
  readonly outcome: "made" | "completed" | "kept" | "replaced";
  /** Where what the learner had is kept, where there was anything. */
  readonly saved: SavedCopy | undefined;
}

/**
 * Makes the learner's copy of a lab, or completes it: a file that is there is never changed. Imports resolve as in the
 * lab, because the labs' own dependencies are linked beside the files.
 */
export function ensureCopy(folder: LearnerFolder, root: string, lab: CopiedLab): PutCopy {
  const directory = copyDirectory(folder, lab.id);
  const given = labFiles(lab, "start");
  writeProjectFiles(folder, root);
  if (!existsSync(directory)) {
    writeFolderInOneStep(folder, directory, given, (temporary) =>
      symlinkSync(dependencies(folder, lab), join(temporary, "node_modules"), "dir"),
    );
    return { directory, outcome: "made", saved: undefined };
  }
  const saved = saveCopy(folder, lab.id, given);
  const missing = [...given].filter(([name]) => !existsSync(join(directory, name)));
  for (const [name, content] of missing) writeInOneStep(folder, join(directory, name), content);
  linkDependencies(folder, lab);
  return { directory, outcome: missing.length > 0 ? "completed" : "kept", saved };
}

/**
 * Puts files in place of the learner's, after these have been saved: the ones that the chapter begins with, or a saved
 * copy's. Files that are not among them are taken away.
 */
export function replaceCopy(
  folder: LearnerFolder,
  root: string,
  lab: CopiedLab,
  files: Files = labFiles(lab, "start"),
): PutCopy {
  const directory = copyDirectory(folder, lab.id);
  writeProjectFiles(folder, root);
  const before = readFiles(directory);
  const saved = saveCopy(folder, lab.id, labFiles(lab, "start"));
  for (const [name, content] of files) {
    if (!before.get(name)?.equals(content)) writeInOneStep(folder, join(directory, name), content);
  }
  for (const name of before.keys()) {
    if (!files.has(name)) rmSync(join(directory, name));
  }
  linkDependencies(folder, lab);
  return { directory, outcome: "replaced", saved };
}

function linkDependencies(folder: LearnerFolder, lab: CopiedLab): void {
  const link = join(copyDirectory(folder, lab.id), "node_modules");
  if (existsSync(link)) return;
  if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link);
  symlinkSync(dependencies(folder, lab), link, "dir");
}

/** By a relative path, which still leads there when the clone is moved. */
function dependencies(folder: LearnerFolder, { id, directory }: CopiedLab): string {
  return relative(copyDirectory(folder, id), dependenciesOf(directory));
}

/**
 * Puts beside the learner's copies what makes modules of them for Node, and a project for editors. What a learner has made
 * of these files stays; a tsconfig.json that an earlier workbook wrote is brought up to date.
 *
 * @param root the clone
 */
export function writeProjectFiles(folder: LearnerFolder, root: string): void {
  const there = relative(folder.root, root).replaceAll("\\", "/") || ".";
  const settings = {
    compilerOptions: learnerCompilerOptions(`${there}/node_modules/@types`),
    include: ["**/*.ts"],
    exclude: ["**/node_modules", "**/cdktf.out"],
  };
  write(folder, "package.json", { private: true, type: "module" }, []);
  write(folder, "tsconfig.json", settings, [
    { extends: `${there}/tsconfig.json`, include: ["*/"], exclude: settings.exclude },
  ]);
}

/** @param outdated what earlier versions wrote */
function write(
  folder: LearnerFolder,
  name: string,
  value: object,
  outdated: readonly object[],
): void {
  const file = join(folder.root, name);
  const isTheirs = existsSync(file) && !outdated.map(toJson).includes(readFileSync(file, "utf8"));
  if (!isTheirs) writeInOneStep(folder, file, toJson(value));
}

function toJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
