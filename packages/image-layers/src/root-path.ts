import { lstat, readlink, realpath } from "node:fs/promises";
import { join, posix, relative } from "node:path";

/** As many links in one path as Linux follows before it says ELOOP. */
const MAX_LINKS = 40;

/** A layer that cannot be laid down: it is not what it says, would leave the image's root, or makes no sense in it. */
export class LayerError extends Error {
  override readonly name = "LayerError";
}

/**
 * An entry's name as a path relative to the root, without `.` and empty parts; "" is the root itself.
 * @throws LayerError where it climbs out by `..` or holds a NUL
 */
export function toRelativePath(name: string): string {
  if (name.includes("\0")) throw new LayerError(`the path ${JSON.stringify(name)} holds a NUL`);
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw new LayerError(`the path ${name} leaves the image's root`);
  return parts.join("/");
}

/**
 * Where `path` of an image is on this machine, following symbolic links as a process would whose root directory is
 * `root`: an absolute link starts at the root again, and `..` stops there. What does not exist yet resolves to where it
 * would be made. The last part is followed only with `followLast`.
 */
export async function resolveInRoot(
  root: string,
  path: string,
  options: { followLast?: boolean } = {},
): Promise<string> {
  const pending = path.split("/");
  const done: string[] = [];
  let links = 0;
  while (pending.length > 0) {
    const part = pending.shift()!;
    if (part === "" || part === ".") continue;
    if (part === "..") {
      done.pop();
      continue;
    }
    const isLast = pending.every((rest) => rest === "" || rest === ".");
    const target =
      isLast && !options.followLast ? undefined : await linkTarget(join(root, ...done, part));
    if (target === undefined) {
      done.push(part);
      continue;
    }
    if (++links > MAX_LINKS) throw new LayerError(`${path} has too many levels of symbolic links`);
    if (target.startsWith("/")) done.length = 0;
    pending.unshift(...target.split("/"));
  }
  return join(root, ...done);
}

/**
 * The target to write for a symbolic link so that it stays inside the root for processes that are not confined to it:
 * relative, and never climbing above the root.
 *
 * @param file where the link really is, not where its name says: a directory on the way may be a link itself, and each
 * `..` of a target climbs from where the link is
 */
export function confineLinkTarget(root: string, file: string, target: string): string {
  const directory = posix.join("/", posix.dirname(relative(root, file)));
  // Joined to "/", a path cannot climb above it.
  const absolute = target.startsWith("/") ? posix.join("/", target) : posix.join(directory, target);
  return posix.relative(directory, absolute) || ".";
}

/** Whether `path` is what it says, with no symbolic link on the way to it or at its end. @param path absolute, below a real root */
export async function isWithoutLinks(path: string): Promise<boolean> {
  return (await absentAsUndefined(realpath(path))) === path;
}

async function linkTarget(path: string): Promise<string | undefined> {
  const found = await absentAsUndefined(lstat(path));
  return found?.isSymbolicLink() ? await readlink(path) : undefined;
}

/** What the file system tells of a path; undefined where nothing is there. */
export async function absentAsUndefined<T>(told: Promise<T>): Promise<T | undefined> {
  try {
    return await told;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
