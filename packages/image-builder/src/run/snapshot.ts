import type { BigIntStats } from "node:fs";
import { lstat, readdir, readlink, rm } from "node:fs/promises";
import { join } from "node:path";
import { BuildError } from "../errors.ts";
import { parentOf, type FileTree, type LayerEntry, type TreeEntry } from "../files/tree.ts";
import type { FileSource } from "../layers/write-layer.ts";

/** What a folder held at one moment: enough to see afterwards what a command did to it. */
export type Snapshot = Map<string, BigIntStats>;

/** Files that programs leave behind for themselves, different in every run, in the home folder. */
const TRACES = [".config/go/telemetry"];

export async function takeSnapshot(root: string): Promise<Snapshot> {
  const snapshot: Snapshot = new Map();
  const visit = async (folder: string): Promise<void> => {
    for (const name of (await readdir(join(root, folder))).toSorted()) {
      const path = folder === "" ? name : `${folder}/${name}`;
      const found = await lstat(join(root, path), { bigint: true });
      snapshot.set(path, found);
      if (found.isDirectory()) await visit(path);
    }
  };
  await visit("");
  return snapshot;
}

/** Removes what no image should hold, unless it was there before. */
export async function removeTraces(root: string, home: string, before: Snapshot): Promise<void> {
  for (const trace of TRACES) {
    let path = `${home.replace(/^\//, "")}/${trace}`;
    if (before.has(path)) continue;
    await rm(join(root, path), { recursive: true, force: true });
    for (path = parentOf(path); path !== "" && !before.has(path); path = parentOf(path)) {
      const left = await readdir(join(root, path)).catch(() => ["absent"]); // was never made: nothing to remove
      if (left.length > 0) break;
      await rm(join(root, path), { recursive: true });
    }
  }
}

/**
 * The changes between a snapshot and now, as a layer has them.
 *
 * @param tree what the image held before; a changed file keeps its owner
 * @param owner who owns what is new
 * @throws {BuildError} `UNSUPPORTED` if the command made a socket, a pipe or a device
 */
export async function diffSnapshot(
  root: string,
  before: Snapshot,
  { tree, owner, line }: { tree: FileTree; owner: { uid: number; gid: number }; line: number },
): Promise<{ changes: LayerEntry[]; sources: Map<string, FileSource> }> {
  const after = await takeSnapshot(root);
  const changes: LayerEntry[] = [];
  const sources = new Map<string, FileSource>();
  for (const [path, found] of after) {
    if (!isChanged(before.get(path), found)) continue;
    const known = tree.get(path) ?? owner;
    changes.push(await toEntry(root, path, found, known, line));
    if (found.isFile()) sources.set(path, { file: join(root, path) });
  }
  for (const path of before.keys()) {
    // What was in a removed folder goes with it.
    if (!after.has(path) && (parentOf(path) === "" || after.get(parentOf(path))?.isDirectory())) {
      changes.push({ path, type: "whiteout" });
    }
  }
  return { changes, sources };
}

/** A folder's own time changes with what is in it, which is no change of the folder. */
function isChanged(before: BigIntStats | undefined, now: BigIntStats): boolean {
  if (before === undefined || before.mode !== now.mode) return true;
  if (now.isDirectory()) return false;
  return before.ino !== now.ino || before.ctimeNs !== now.ctimeNs || before.size !== now.size;
}

async function toEntry(
  root: string,
  path: string,
  found: BigIntStats,
  { uid, gid }: { uid: number; gid: number },
  line: number,
): Promise<TreeEntry> {
  const mode = Number(found.mode & 0o7777n);
  if (found.isDirectory()) return { path, type: "directory", mode, uid, gid };
  if (found.isFile()) return { path, type: "file", mode, uid, gid };
  if (found.isSymbolicLink()) {
    return {
      path,
      type: "symlink",
      mode: 0o777,
      uid,
      gid,
      target: await readlink(join(root, path)),
    };
  }
  throw new BuildError(
    "UNSUPPORTED",
    [
      `RUN left /${path}, which is neither a file, a folder nor a symbolic link`,
      `RUN が作った /${path} は、ファイルでもフォルダーでもシンボリックリンクでもありません`,
    ],
    { line },
  );
}
