import { posix } from "node:path";

/** What a path of an image is. Paths have no leading and no trailing slash; the root itself is the empty string. */
export interface TreeEntry {
  path: string;
  type: "file" | "directory" | "symlink";
  /** Permission bits, as `0o755`. */
  mode: number;
  uid: number;
  gid: number;
  /** Where a symbolic link points, as written in it. */
  target?: string;
}

/** Says that a path of a lower layer is gone. */
export interface Whiteout {
  path: string;
  type: "whiteout";
}

/** One change that a layer makes, in the order of paths. */
export type LayerEntry = TreeEntry | Whiteout;

const MAX_LINKS = 40;

/**
 * What a stage's file system holds, without the contents: enough to decide where a COPY goes and who owns what.
 */
export class FileTree {
  readonly #entries = new Map<string, TreeEntry>();

  /** One that holds just these, each path once. */
  static of(entries: Iterable<TreeEntry>): FileTree {
    const tree = new FileTree();
    for (const entry of entries) tree.#entries.set(entry.path, entry);
    return tree;
  }

  get(path: string): TreeEntry | undefined {
    return this.#entries.get(path);
  }

  entries(): IterableIterator<TreeEntry> {
    return this.#entries.values();
  }

  /** Sets what a path is, which nothing lies below yet. */
  put(entry: TreeEntry): void {
    this.#entries.set(entry.path, entry);
  }

  /** Adds a layer's changes. */
  apply(changes: LayerEntry[]): void {
    for (const change of changes) {
      if (change.type === "whiteout") {
        this.#remove(change.path);
        continue;
      }
      if (change.type !== "directory") this.#removeBelow(change.path);
      this.#entries.set(change.path, change);
    }
  }

  /** The entries at and below a path, in no particular order. */
  below(path: string): TreeEntry[] {
    const prefix = path === "" ? "" : `${path}/`;
    return [...this.#entries.values()].filter(
      (entry) => entry.path === path || entry.path.startsWith(prefix),
    );
  }

  /**
   * Follows the symbolic links of a path, including the last; a part that does not exist is kept as it is.
   *
   * @throws {Error} if the links go in a circle
   */
  resolve(path: string): string {
    let rest = path.split("/").filter((part) => part !== "");
    let done = "";
    let links = 0;
    while (rest.length > 0) {
      const [part = "", ...later] = rest;
      rest = later;
      if (part === ".") continue;
      if (part === "..") {
        done = parentOf(done);
        continue;
      }
      const here = done === "" ? part : `${done}/${part}`;
      const entry = this.#entries.get(here);
      if (entry?.type !== "symlink") {
        done = here;
        continue;
      }
      if (++links > MAX_LINKS) throw new Error(`too many symbolic links in /${path}`);
      const target = entry.target ?? "";
      if (target.startsWith("/")) done = "";
      rest = [...target.split("/").filter((piece) => piece !== ""), ...rest];
    }
    return done;
  }

  #remove(path: string): void {
    this.#entries.delete(path);
    this.#removeBelow(path);
  }

  #removeBelow(path: string): void {
    if (this.#entries.get(path)?.type === "file") return;
    const prefix = `${path}/`;
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key);
  }
}

/** The path of the folder that a path is in; the root is its own. */
export function parentOf(path: string): string {
  const at = path.lastIndexOf("/");
  return at === -1 ? "" : path.slice(0, at);
}

/** The folders above a path, from the top, without the root and without the path itself. */
export function ancestorsOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** Makes a tree's path out of an absolute one, or of one relative to `directory`. */
export function toTreePath(path: string, directory = "/"): string {
  return posix.resolve("/", directory, path).slice(1);
}

/** Orders paths by their UTF-16 code units, which no locale changes. */
export function comparePaths(one: { path: string }, other: { path: string }): number {
  return one.path < other.path ? -1 : one.path > other.path ? 1 : 0;
}
