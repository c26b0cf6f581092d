import { existsSync, lstatSync, readdirSync, watch, type FSWatcher } from "node:fs";
import { join } from "node:path";
import { fingerprint, NOT_THE_LEARNERS, readFiles } from "../learner-folder.ts";

/** Editors write a file in several steps; this long after the last of them it is read. */
const SETTLE_MS = 40;

/** Tells when the content of a learner's files has changed: not when an editor has touched them. */
export class FileWatcher {
  readonly #directory: string;
  readonly #onChange: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #last: string;
  #timer: NodeJS.Timeout | undefined;

  constructor(directory: string, onChange: () => void) {
    this.#directory = directory;
    this.#onChange = onChange;
    this.#last = fingerprint(readFiles(directory));
    this.#watchFolders(directory);
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #watchFolders(folder: string): void {
    if (!existsSync(folder)) return;
    if (!this.#watchers.has(folder)) {
      const watcher = watch(folder, () => this.#settle());
      // A folder that goes away is noticed by what is not in it any more.
      watcher.on("error", () => this.#forget(folder));
      this.#watchers.set(folder, watcher);
    }
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const isOurs = !NOT_THE_LEARNERS.has(name);
      if (isOurs && lstatSync(path, { throwIfNoEntry: false })?.isDirectory())
        this.#watchFolders(path);
    }
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
    this.#settle();
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), SETTLE_MS);
  }

  #look(): void {
    const now = fingerprint(readFiles(this.#directory));
    if (now === this.#last) return;
    this.#last = now;
    this.#watchFolders(this.#directory);
    this.#onChange();
  }
}
