import { posix } from "node:path";
import { BuildError } from "../errors.ts";
import { ancestorsOf, toTreePath, type FileTree, type TreeEntry } from "../files/tree.ts";
import type { FileSource } from "../layers/write-layer.ts";
import type { SourceItem } from "./context.ts";

/** One source of a COPY: a path that was named or matched, and what is there. */
export interface CopySource {
  path: string;
  items: SourceItem[];
}

export interface CopyOptions {
  destination: string;
  workdir: string;
  owner: { uid: number; gid: number } | undefined;
  /** Overrides the mode of every file and folder. */
  mode: number | undefined;
  line: number;
}

export interface CopyPlan {
  entries: TreeEntry[];
  sources: Map<string, FileSource>;
}

/**
 * Decides which paths a COPY writes.
 *
 * - A folder's content goes into the destination; a file goes into it if it is a folder or ends with a slash, else it
 *   gets its name.
 * - Missing folders are made.
 * - Modes are those that git keeps (executable or not), whatever the umask of the checkout was, so that every clone gives
 *   the same image; an item of another stage keeps its own.
 *
 * https://docs.docker.com/reference/dockerfile/#copy
 *
 * @throws {BuildError} if several sources go to something that is not a folder
 */
export function planCopy(tree: FileTree, sources: CopySource[], options: CopyOptions): CopyPlan {
  const { destination, workdir, line } = options;
  const target = tree.resolve(toTreePath(destination, workdir));
  const existing = tree.get(target);
  const intoFolder =
    /(^|\/)\.{0,2}$/.test(destination) || target === "" || existing?.type === "directory";
  if (sources.length > 1 && !intoFolder) {
    throw new BuildError(
      "SYNTAX",
      [
        `several files are copied, so the destination "${destination}" must end with a slash`,
        `複数のファイルをコピーするので、コピー先 "${destination}" の最後に / が必要です`,
      ],
      {
        line,
      },
    );
  }
  const plan = new Map<string, TreeEntry>();
  const files = new Map<string, FileSource>();
  for (const { path, items } of sources) {
    const top = items.find((item) => item.path === "");
    const isFolder = top === undefined || top.type === "directory";
    const root = isFolder || !intoFolder ? target : joinPath(target, posix.basename(path));
    for (const item of items) {
      const place = joinPath(root, item.path);
      if (place === "" || (item.path === "" && isFolder && tree.get(place)?.type === "directory"))
        continue;
      addFolders(plan, tree, place, options);
      plan.set(place, toEntry(item, place, options));
      if (item.type === "file") files.set(place, { file: item.file, sha256: item.sha256 });
      else files.delete(place);
    }
  }
  return { entries: [...plan.values()], sources: files };
}

/** Entries for the folders above a path that do not exist yet. */
export function missingFolders(
  tree: FileTree,
  path: string,
  owner: { uid: number; gid: number },
): TreeEntry[] {
  return ancestorsOf(path)
    .filter((folder) => tree.get(folder) === undefined)
    .map((folder) => ({
      path: folder,
      type: "directory",
      mode: 0o755,
      uid: owner.uid,
      gid: owner.gid,
    }));
}

function addFolders(
  plan: Map<string, TreeEntry>,
  tree: FileTree,
  place: string,
  options: CopyOptions,
): void {
  for (const folder of ancestorsOf(place)) {
    const type = plan.get(folder)?.type ?? tree.get(folder)?.type;
    if (type === undefined || type === "directory") continue;
    throw new BuildError(
      "SYNTAX",
      [
        `/${place} cannot be written: /${folder} is a ${type}, not a folder`,
        `/${place} に書けません。/${folder} はフォルダーではなく ${type} です`,
      ],
      options,
    );
  }
  for (const entry of missingFolders(tree, place, options.owner ?? { uid: 0, gid: 0 })) {
    if (!plan.has(entry.path)) plan.set(entry.path, entry);
  }
}

function toEntry(item: SourceItem, path: string, options: CopyOptions): TreeEntry {
  const { uid, gid } = options.owner ?? item.owner ?? { uid: 0, gid: 0 };
  if (item.type === "symlink")
    return { path, type: "symlink", mode: 0o777, uid, gid, target: item.target };
  const mode = options.mode ?? item.mode ?? (item.executable ? 0o755 : 0o644);
  return { path, type: item.type, mode, uid, gid };
}

function joinPath(folder: string, name: string): string {
  if (folder === "" || name === "") return folder + name;
  return `${folder}/${name}`;
}
