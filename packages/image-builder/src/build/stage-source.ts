import { join } from "node:path";
import { BuildError } from "../errors.ts";
import { toTreePath, type FileTree } from "../files/tree.ts";
import { matchNames, type SourceItem } from "./context.ts";

/**
 * The paths of a stage that a source of `COPY --from` stands for.
 *
 * @throws {BuildError} `NOT_FOUND` if there are none
 */
export function matchInStage(tree: FileTree, source: string, line: number): string[] {
  let found = [""];
  for (const part of toTreePath(source)
    .split("/")
    .filter((piece) => piece !== "")) {
    found = found.flatMap((parent) => {
      const folder = tree.resolve(parent);
      const names = tree.below(folder).flatMap(({ path }) => childName(folder, path) ?? []);
      return matchNames(part, names).map((name) => (folder === "" ? name : `${folder}/${name}`));
    });
  }
  if (found.length === 0)
    throw new BuildError(
      "NOT_FOUND",
      [`"${source}" does not exist in the stage`, `"${source}" がステージにありません`],
      { line },
    );
  return found.toSorted();
}

/** An item of a stage and, if it is a folder, all that is in it; the item itself is followed if it is a link. */
export function readFromStage(tree: FileTree, rootfs: string, path: string): SourceItem[] {
  const start = tree.resolve(path);
  const items = tree.below(start).map((entry): SourceItem => ({
    path: entry.path.slice(start.length).replace(/^\//, ""),
    type: entry.type,
    executable: (entry.mode & 0o100) !== 0,
    mode: entry.mode,
    owner: { uid: entry.uid, gid: entry.gid },
    file: join(rootfs, entry.path),
    target: entry.target,
  }));
  return items.toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

function childName(folder: string, path: string): string | undefined {
  const below =
    folder === "" ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : "";
  return below === "" || below.includes("/") ? undefined : below;
}
