import { constants } from "node:fs";
import {
  chmod,
  lchown,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  rm,
  symlink,
  type FileHandle,
} from "node:fs/promises";
import { dirname, join, posix, relative } from "node:path";
import type { Header } from "tar-stream";
import {
  absentAsUndefined,
  confineLinkTarget,
  isWithoutLinks,
  LayerError,
  resolveInRoot,
  toRelativePath,
} from "./root-path.ts";
import type { UnpackBudget } from "./unpack-layer.ts";

type Body = AsyncIterable<unknown> & { resume(): unknown };

interface LayDownOptions {
  readonly confined: boolean;
  readonly owners: boolean;
  readonly budget: UnpackBudget;
}

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";
/** What the file system says of a name that cannot be: too long, or through something that is no directory. */
const BAD_NAME = new Set(["ENAMETOOLONG", "ENOTDIR", "EEXIST", "ELOOP", "EINVAL"]);

/** Lays the entries of one layer down, in their order. */
export class LayDown {
  readonly #root: string;
  readonly #options: LayDownOptions;
  /** What this layer put down: an opaque whiteout spares it, wherever in the layer it stands. */
  readonly #own = new Set<string>();
  /** Modes of directories, set at the end: a read-only one could not be filled. */
  readonly #directoryModes = new Map<string, number>();
  /** Directories of entries, and where they really are: for as long as nothing was removed, that cannot change. */
  readonly #parents = new Map<string, string>();

  /** @param root a real path */
  constructor(root: string, options: LayDownOptions) {
    this.#root = root;
    this.#options = options;
  }

  /** @throws LayerError where the entry would land outside of the root, cannot be made, or is too much */
  async apply(header: Header, body: Body): Promise<void> {
    const path = toRelativePath(header.name);
    this.#charge(header, path);
    // Only files have a body to keep; what is left of the others has to flow, or the next entry never comes.
    if (!isFile(header)) body.resume();
    if (path === "") return void body.resume();
    try {
      await this.#applyAt(header, body, path);
    } catch (error) {
      if (!BAD_NAME.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
      const { code } = error as NodeJS.ErrnoException;
      throw new LayerError(`${path} cannot be made (${code})`, { cause: error });
    }
  }

  /** Gives the directories their modes: only those that are still what the layer made, and never through a link. */
  async finish(): Promise<void> {
    // The innermost first: an outer one may forbid to go in.
    for (const [path, mode] of [...this.#directoryModes].reverse())
      if (await isWithoutLinks(path)) await chmod(path, mode);
  }

  #charge(header: Header, path: string): void {
    const { budget } = this.#options;
    budget.entries -= 1;
    budget.bytes -= isFile(header) ? (header.size ?? 0) : 0;
    if (budget.entries < 0 || budget.bytes < 0)
      throw new LayerError(`the image is too large to unpack (at ${path})`);
  }

  async #applyAt(header: Header, body: Body, path: string): Promise<void> {
    const name = posix.basename(path);
    const parent = await this.#parentOf(path);
    if (!name.startsWith(WHITEOUT)) return this.#put(header, body, path, join(parent, name));
    body.resume();
    if (name === OPAQUE) await this.#empty(parent);
    else await this.#whiteOut(parent, name.slice(WHITEOUT.length));
  }

  /** The directory that `path` goes into, made where it is missing: a real path inside of the root. */
  async #parentOf(path: string): Promise<string> {
    const directory = posix.dirname(path);
    const known = this.#parents.get(directory);
    if (known !== undefined) return known;
    const parent = await resolveInRoot(this.#root, directory, { followLast: true });
    await mkdir(parent, { recursive: true });
    if (!(await isWithoutLinks(parent))) throw new LayerError(`${path} is reached through a link`);
    for (let own = parent; own.length > this.#root.length; own = dirname(own)) this.#own.add(own);
    this.#parents.set(directory, parent);
    return parent;
  }

  async #empty(directory: string): Promise<void> {
    for (const name of await readdir(directory)) {
      const child = join(directory, name);
      if (!this.#own.has(child)) await this.#remove(child);
      else if (await isDirectory(child)) await this.#empty(child);
    }
  }

  async #whiteOut(directory: string, name: string): Promise<void> {
    if (name === "" || name === "." || name === "..")
      throw new LayerError(`the whiteout ${WHITEOUT}${name} names nothing`);
    await this.#remove(join(directory, name));
  }

  /** Removes what is there; a link itself, not what it leads to. */
  async #remove(path: string): Promise<void> {
    this.#parents.clear();
    await rm(path, { recursive: true, force: true });
    for (const made of this.#directoryModes.keys())
      if (made === path || made.startsWith(`${path}/`)) this.#directoryModes.delete(made);
  }

  async #put(header: Header, body: Body, path: string, target: string): Promise<void> {
    // Files are the many, and seldom is one there already.
    if (isFile(header)) return this.#putFile(target, body, header);
    if (header.type !== "directory" || !(await isDirectory(target))) await this.#remove(target);
    this.#own.add(target);
    switch (header.type) {
      case "directory":
        await mkdir(target, { recursive: true });
        await this.#giveTo(target, header);
        this.#directoryModes.set(target, this.#mode(header, 0o700));
        return;
      case "symlink":
        await symlink(this.#linkTarget(target, header.linkname ?? ""), target);
        await this.#giveTo(target, header);
        return;
      case "link":
        await this.#hardLink(header.linkname ?? "", path, target);
        return;
      default:
        if (!path.startsWith("dev/"))
          throw new LayerError(`${path} is a ${header.type}, which cannot be made`);
    }
  }

  /** With `confined`, the owner keeps its rights, so that the copy of a task can be made and removed. */
  #mode({ mode = 0o644 }: Header, owners: number): number {
    return this.#options.confined ? (mode & 0o777) | owners : mode & 0o7777;
  }

  /** Of what is at `target` itself, never of what it leads to. */
  async #giveTo(target: string, { uid = 0, gid = 0 }: Header): Promise<void> {
    if (this.#options.owners) await lchown(target, uid, gid);
  }

  async #putFile(target: string, body: Body, header: Header): Promise<void> {
    const file = await create(target).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
      await this.#remove(target);
      return create(target);
    });
    this.#own.add(target);
    try {
      for await (const chunk of body) await file.writeFile(chunk as Buffer);
      if (this.#options.owners) await file.chown(header.uid ?? 0, header.gid ?? 0);
      // After its owner: a new one takes the special bits off.
      await file.chmod(this.#mode(header, 0o600));
    } finally {
      await file.close();
    }
  }

  #linkTarget(file: string, target: string): string {
    return this.#options.confined ? confineLinkTarget(this.#root, file, target) : target;
  }

  async #hardLink(linkname: string, path: string, target: string): Promise<void> {
    const source = await resolveInRoot(this.#root, toRelativePath(linkname));
    const found = await absentAsUndefined(lstat(source));
    if (!found) throw new LayerError(`${path} is a hard link to ${linkname}, which does not exist`);
    if (found.isDirectory()) throw new LayerError(`${path} is a hard link to a directory`);
    if (!found.isSymbolicLink()) return link(source, target);
    // Each `..` of a link climbs from where the link is: the same text elsewhere could lead out.
    const text = await readlink(source);
    const { confined } = this.#options;
    const meant = confined ? posix.join("/", relative(this.#root, dirname(source)), text) : text;
    await symlink(this.#linkTarget(target, meant), target);
  }
}

/** A new file, whatever stands in its place: what is there is neither opened nor followed. */
function create(path: string): Promise<FileHandle> {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  return open(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o600);
}

function isFile({ type }: Header): boolean {
  return type === "file" || type === "contiguous-file";
}

async function isDirectory(path: string): Promise<boolean> {
  return (await absentAsUndefined(lstat(path)))?.isDirectory() ?? false;
}
