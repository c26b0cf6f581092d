import { chmod, lstat, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isAlive } from "@workbook/toolchain";

/**
 * Makes a folder for the files of one build, and removes those of builds whose process was killed.
 *
 * @returns its absolute path; the name holds the number of this process
 */
export async function claimScratch(cacheDir: string): Promise<string> {
  const parent = join(cacheDir, "work");
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    if (!isAlive(Number.parseInt(name, 10))) await removeTree(join(parent, name));
  }
  return await mkdtemp(join(parent, `${process.pid}-`));
}

/** Removes a folder, also one with folders in it that forbid writing. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (!["EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    await makeWritable(path);
    await rm(path, { recursive: true, force: true });
  }
}

async function makeWritable(path: string): Promise<void> {
  if (!(await lstat(path)).isDirectory()) return;
  await chmod(path, 0o700);
  for (const name of await readdir(path)) await makeWritable(join(path, name));
}
