import { execFile } from "node:child_process";
import { mkdir, readdir, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { resolveInRoot } from "@workbook/image-layers";
import type { Operations } from "./messages.ts";

/**
 * Makes a directory below `root`. Containers write there as they like: their links lead nowhere but below it.
 * @returns its path
 */
export async function makeDirectory({
  root,
  path,
}: Operations["directory"]["request"]): Promise<string> {
  const directory = await resolveInRoot(root, path, { followLast: true });
  await mkdir(directory, { recursive: true, mode: 0o755 });
  return directory;
}

/**
 * A volume that is empty begins as what the image has at the path, as Docker's do.
 * @see https://docs.docker.com/engine/storage/volumes/#mounting-a-volume-over-existing-data
 */
export async function fillVolume({
  rootfs,
  path,
  volume,
}: Operations["fill"]["request"]): Promise<null> {
  const source = await resolveInRoot(rootfs, path, { followLast: true });
  const found = await stat(source).catch(() => undefined); // The image has nothing there.
  if (!found?.isDirectory() || (await readdir(volume)).length > 0) return null;
  await promisify(execFile)("cp", ["-a", "--", `${source}/.`, volume]);
  return null;
}
