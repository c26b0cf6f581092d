import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@workbook/toolchain";
import {
  copyDirectory,
  fingerprint,
  readFiles,
  writeFolderInOneStep,
  type Files,
  type LearnerFolder,
} from "./learner-folder.ts";

/** A kept copy of what a learner had. */
export interface SavedCopy {
  /** `08-two-services/20261121-153000`: what `saved restore` takes. */
  readonly name: string;
  readonly lab: string;
  readonly directory: string;
  readonly savedAt: Date;
  readonly files: readonly string[];
}

/**
 * Keeps a copy of the learner's files of a lab, unless that would keep nothing new: they are not there, are as they
 * were given, or are in a saved copy already.
 *
 * @param given the files that the chapter begins with
 * @returns the copy that holds these files now; undefined where there is nothing of the learner's
 */
export function saveCopy(
  folder: LearnerFolder,
  labId: string,
  given: Files,
  now: Date = new Date(),
): SavedCopy | undefined {
  const files = readFiles(copyDirectory(folder, labId));
  const isTheLearners = [...files].some(([name, content]) => !given.get(name)?.equals(content));
  if (!isTheLearners) return undefined;
  const wanted = fingerprint(files);
  const known = listSavedCopies(folder, labId).find(
    ({ directory }) => fingerprint(readFiles(directory)) === wanted,
  );
  if (known) return known;
  const directory = freeName(join(folder.saved, labId), stamp(now));
  writeFolderInOneStep(folder, directory, files);
  return describe(labId, directory);
}

/** The saved copies, newest first; of one lab, or of all. */
export function listSavedCopies(folder: LearnerFolder, labId?: string): readonly SavedCopy[] {
  if (!existsSync(folder.saved)) return [];
  const labs = labId === undefined ? readdirSync(folder.saved) : [labId];
  return labs
    .filter((lab) => existsSync(join(folder.saved, lab)))
    .flatMap((lab) =>
      readdirSync(join(folder.saved, lab)).map((name) =>
        describe(lab, join(folder.saved, lab, name)),
      ),
    )
    .toSorted((a, b) => stampOf(b).localeCompare(stampOf(a)));
}

/**
 * Finds a saved copy by its name, or the newest one of a lab.
 *
 * @throws {UserError} where there is none of that name
 */
export function findSavedCopy(folder: LearnerFolder, query: string): SavedCopy {
  const all = listSavedCopies(folder);
  const found = all.find(
    ({ name, lab }) =>
      name === query || lab === query || lab.slice(0, 2) === query.padStart(2, "0"),
  );
  if (found) return found;
  const names = all.map(({ name }) => name).join(", ");
  throw new UserError(
    [
      `There is no saved copy "${query}": there are ${names || "none"}.`,
      `保存されたコピー "${query}" はありません。あるのは: ${names || "なし"}`,
    ],
    { code: "SAVED_COPY_UNKNOWN", next: "./workbook saved", exitCode: 2 },
  );
}

function describe(lab: string, directory: string): SavedCopy {
  const stampName = directory.slice(directory.lastIndexOf(lab) + lab.length + 1);
  return {
    name: `${lab}/${stampName}`,
    lab,
    directory,
    savedAt: statSync(directory).mtime,
    files: [...readFiles(directory).keys()],
  };
}

function stampOf({ name }: SavedCopy): string {
  return name.slice(name.indexOf("/") + 1);
}

/** `20261121-153000`, in the learner's own time. */
function stamp(now: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  return `${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}

function freeName(parent: string, name: string): string {
  let path = join(parent, name);
  for (let number = 2; existsSync(path); number += 1) path = join(parent, `${name}-${number}`);
  return path;
}
