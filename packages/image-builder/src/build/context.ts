import { createHash } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import { lstat, readFile, readdir, readlink, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import dockerignoreModule, { type Ignore } from "@balena/dockerignore";
import { BuildError } from "../errors.ts";

// A CommonJS module whose export is the function itself, while Node's view of its types has that as a member `default`.
const dockerignore = dockerignoreModule as unknown as (options: { ignorecase: boolean }) => Ignore;

/** Something that a COPY or ADD takes: a file, a folder or a symbolic link below the root it takes from. */
export interface SourceItem {
  /** Relative to the item that was named; empty for that item itself. */
  path: string;
  type: "file" | "directory" | "symlink";
  executable: boolean;
  /** Where it is known what the image is to have: an item of another stage. */
  mode?: number;
  owner?: { uid: number; gid: number };
  /** The absolute path of a file. */
  file: string;
  /** Of a file's content, hex. */
  sha256?: string;
  /** Where a symbolic link points. */
  target?: string;
}

/** The folder that a build may take files from. */
export class BuildContext {
  readonly root: string;
  readonly #ignores: (path: string) => boolean;
  readonly #mayPrune: boolean;

  private constructor(root: string, patterns: string[]) {
    const rules = dockerignore({ ignorecase: false }).add(patterns);
    this.root = root;
    this.#ignores = (path) => path !== "" && rules.ignores(path);
    this.#mayPrune = !patterns.some((pattern) => pattern.trim().startsWith("!"));
  }

  /**
   * Opens a folder, with the rules of `<Dockerfile name>.dockerignore` or else `.dockerignore`.
   * https://docs.docker.com/build/concepts/context/#dockerignore-files
   *
   * @throws {BuildError} `NOT_FOUND` if it is not a folder
   */
  static async open(path: string, dockerfile: string): Promise<BuildContext> {
    const found = await stat(path).catch(() => undefined); // whatever the reason, there is no folder to build from
    if (!found?.isDirectory())
      throw new BuildError("NOT_FOUND", [
        `there is no folder ${path} to build from`,
        `ビルドするフォルダー ${path} がありません`,
      ]);
    const root = await realpath(path);
    const own = await readIfPresent(`${dockerfile}.dockerignore`);
    const text = own ?? (await readIfPresent(join(root, ".dockerignore"))) ?? "";
    return new BuildContext(root, text.split(/\r?\n/));
  }

  /**
   * The paths that a source of COPY stands for; several if it has wildcards.
   *
   * @param source as the Dockerfile has it, its variables expanded
   * @returns paths relative to the context, sorted; the empty path is the context itself
   * @throws {BuildError} `NOT_FOUND` if there are none
   */
  async match(source: string, line: number): Promise<string[]> {
    const candidates = await matchPaths(this.root, source);
    const matches: string[] = [];
    for (const path of candidates) {
      // A folder that is left out may still hold something that a later rule takes back.
      if (!this.#ignores(path) || (!this.#mayPrune && (await this.read(path, line)).length > 0))
        matches.push(path);
    }
    if (matches.length > 0) return matches;
    const reason =
      candidates.length > 0
        ? ([
            `"${source}" is left out by .dockerignore`,
            `"${source}" は .dockerignore で除外されています`,
          ] as const)
        : ([
            `"${source}" does not exist in the build context`,
            `"${source}" がビルドコンテキストにありません`,
          ] as const);
    throw new BuildError("NOT_FOUND", reason, { line });
  }

  /** An item and, if it is a folder, all that is in it and is not ignored. */
  async read(path: string, line: number): Promise<SourceItem[]> {
    return await readItems(this.root, path, {
      skip: (candidate) => this.#ignores(candidate),
      mayPrune: this.#mayPrune,
      line,
    });
  }
}

/**
 * Finds the paths below a root that match a pattern of Go's `filepath.Match`: `*`, `?`, `[…]`, and `\` before any of them.
 * A pattern cannot lead out of the root.
 */
async function matchPaths(root: string, source: string): Promise<string[]> {
  const parts: string[] = [];
  for (const part of source.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  let found = [""];
  for (const part of parts) {
    const next: string[] = [];
    for (const parent of found) next.push(...(await matchChildren(root, parent, part)));
    found = next;
  }
  return found.toSorted();
}

async function matchChildren(root: string, parent: string, part: string): Promise<string[]> {
  const toPath = (name: string) => (parent === "" ? name : `${parent}/${name}`);
  const names = await readdir(join(root, parent)).catch(() => []); // not a folder: nothing is in it
  return matchNames(part, names).map(toPath);
}

/** The names that match one part of a pattern of Go's `filepath.Match`. */
export function matchNames(part: string, names: string[]): string[] {
  const pattern = toRegExp(part);
  return names.filter((name) => pattern.test(name));
}

function toRegExp(part: string): RegExp {
  const text = part.replaceAll(
    /\\(.)|\[(\^?)([^\]]+)\]|[*?]|[.+^${}()|[\]\\]/g,
    (match, escaped, not, set) => {
      if (escaped !== undefined) return /\w/.test(escaped) ? escaped : `\\${escaped}`;
      if (set !== undefined) return `[${not}${set.replaceAll(/[\\[]/g, "\\$&")}]`;
      if (match === "*") return "[^/]*";
      return match === "?" ? "[^/]" : `\\${match}`;
    },
  );
  return new RegExp(`^${text}$`);
}

/**
 * Reads an item below a root. The item itself is followed if it is a symbolic link, as Docker does, but not out of the
 * root; links inside a folder are kept as links.
 *
 * @throws {BuildError} `UNSUPPORTED` for a device, a socket or a pipe, or a link that leads out of the root
 */
async function readItems(
  root: string,
  path: string,
  options: { skip: (path: string) => boolean; mayPrune: boolean; line: number },
): Promise<SourceItem[]> {
  const start = await realpath(join(root, path));
  const inside = relative(root, start);
  if (inside === ".." || inside.startsWith(`..${sep}`)) {
    throw new BuildError(
      "UNSUPPORTED",
      [
        `"${path}" is a link that leads out of the build context`,
        `"${path}" は、ビルドコンテキストの外を指すリンクです`,
      ],
      options,
    );
  }
  const items: SourceItem[] = [];
  const visit = async (file: string, below: string): Promise<void> => {
    const ignored = options.skip(below === "" ? path : path === "" ? below : `${path}/${below}`);
    const found = await lstat(file);
    if (ignored && (!found.isDirectory() || options.mayPrune)) return;
    if (!ignored) items.push(await toItem(file, below, found, options.line));
    if (!found.isDirectory()) return;
    for (const name of (await readdir(file)).toSorted()) {
      await visit(join(file, name), below === "" ? name : `${below}/${name}`);
    }
  };
  await visit(start, "");
  return items;
}

async function toItem(file: string, path: string, found: Stats, line: number): Promise<SourceItem> {
  const executable = (found.mode & 0o100) !== 0;
  if (found.isDirectory()) return { path, type: "directory", executable: true, file };
  if (found.isSymbolicLink())
    return { path, type: "symlink", executable, file, target: await readlink(file) };
  if (found.isFile()) return { path, type: "file", executable, file, sha256: await hashFile(file) };
  throw new BuildError(
    "UNSUPPORTED",
    [
      `${file} is neither a file, a folder nor a symbolic link`,
      `${file} はファイルでもフォルダーでもシンボリックリンクでもありません`,
    ],
    {
      line,
    },
  );
}

/** The SHA-256 of a file's content, hex. */
async function hashFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return undefined;
  }
}
