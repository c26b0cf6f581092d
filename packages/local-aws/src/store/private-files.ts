import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** For the owner alone: keys and objects are in there. */
export const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** Makes a folder, or one that is there, its owner's alone, whatever the umask is. */
export function makePrivate(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
  chmodSync(folder, PRIVATE_FOLDER);
}

/** Makes sure that a file is there and its owner's alone: SQLite gives the files beside it the same rights. */
export function makePrivateFile(file: string): void {
  closeSync(openSync(file, "a", PRIVATE_FILE));
  chmodSync(file, PRIVATE_FILE);
}

/** Takes from everyone else what lies directly in a folder, whoever made it. */
export function makeEntriesPrivate(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) chmodSync(path, PRIVATE_FOLDER);
    else if (entry.isFile() && existsSync(path)) chmodSync(path, PRIVATE_FILE);
  }
}
