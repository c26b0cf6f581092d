import { constants, copyFileSync, existsSync, linkSync } from "node:fs";

/** Where a file system has no hard links, or the two are not on the same one. */
const NO_LINK = new Set(["EXDEV", "EPERM", "ENOTSUP", "EOPNOTSUPP", "EMLINK", "ENOSYS"]);

/** Puts the file `from` at `to` as well, without copying where that is possible. It must never be changed in place. */
export function linkFile(from: string, to: string): void {
  if (existsSync(to)) return;
  try {
    linkSync(from, to);
  } catch (error) {
    if (!NO_LINK.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    copyFileSync(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  }
}
