import { chmod, lstat, mkdir, rmdir, symlink, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Places that a command finds in its root although the image does not have them, because the base image or the machine
 * gives them: `/tmp`, `/proc`, a mount's target. Those that are still empty afterwards are taken away again.
 */
export class Skeleton {
  readonly #rootfs: string;
  readonly #made: { file: string; isFolder: boolean }[] = [];

  constructor(rootfs: string) {
    this.#rootfs = rootfs;
  }

  /** @param path of the tree, as `var/cache/x`; folders above it are made too */
  async addFolder(path: string, mode = 0o755): Promise<void> {
    let file = this.#rootfs;
    for (const part of path.split("/").filter((piece) => piece !== "")) {
      file = join(file, part);
      if (await isThere(file)) continue;
      await mkdir(file);
      this.#made.push({ file, isFolder: true });
    }
    if (this.#made.at(-1)?.file === file) await chmod(file, mode); // mkdir's own mode is cut by the umask
  }

  async addFile(path: string): Promise<void> {
    await this.addFolder(dirname(path));
    const file = join(this.#rootfs, path);
    if (await isThere(file)) return;
    await writeFile(file, "");
    this.#made.push({ file, isFolder: false });
  }

  async addLink(path: string, target: string): Promise<void> {
    const file = join(this.#rootfs, path);
    if (await isThere(file)) return;
    await symlink(target, file);
    this.#made.push({ file, isFolder: false });
  }

  /** Takes away what was added and has nothing in it. */
  async remove(): Promise<void> {
    for (const { file, isFolder } of this.#made.splice(0).toReversed()) {
      try {
        await (isFolder ? rmdir(file) : unlink(file));
      } catch (error) {
        if (
          !["ENOTEMPTY", "EEXIST", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")
        )
          throw error;
      }
    }
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
