import { createReadStream, createWriteStream } from "node:fs";
import { chmod, link, lstat, mkdir, readdir, rm, symlink } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { extract, type Extract, type Header } from "tar-stream";
import type { PulledImage } from "../../images/pulled-image.ts";
import { confineLinkTarget, resolveInRoot, toRelativePath, UnsafePathError } from "./root-path.ts";

type Layer = PulledImage["layers"][number];
type Body = Extract extends AsyncIterable<infer Entry> ? Entry : never;

/** What an image may still take up; shared by all of its layers. */
export interface UnpackBudget {
  bytes: number;
  entries: number;
}

/** Fargate gives a task 20 GiB of disk; an image that needs half of it for itself, or this many files, is refused. */
export const UNPACK_LIMITS: Readonly<UnpackBudget> = { bytes: 10 * 1024 ** 3, entries: 500_000 };

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";

/**
 * Lays a layer over `root`, as https://github.com/opencontainers/image-spec/blob/main/layer.md says: files replace, a
 * whiteout deletes, an opaque whiteout empties a directory of what lower layers put there. Owners and special bits are
 * not kept: tasks run as this user. Device nodes under /dev are left out, the runtime provides those.
 * @throws UnsafePathError where an entry would land outside of `root`, is of a kind that cannot be made, or is too much
 */
export async function unpackLayer(root: string, layer: Layer, budget: UnpackBudget): Promise<void> {
  const tar = extract();
  const feeding = pipeline([createReadStream(layer.file), ...decompress(layer.mediaType), tar]);
  // The loop below throws the same error; without a handler Node would also see it as unhandled.
  feeding.catch(() => {});
  const unpacking = new LayerUnpacking(root, budget);
  try {
    for await (const entry of tar) await unpacking.apply(entry.header, entry);
  } catch (error) {
    tar.destroy();
    if (error instanceof UnsafePathError)
      throw new UnsafePathError(`layer ${layer.digest}: ${error.message}`);
    throw error;
  }
  await feeding;
  await unpacking.finish();
}

function decompress(mediaType: string) {
  if (/[+.]gzip$/.test(mediaType)) return [createGunzip()];
  if (/[+.]zstd$/.test(mediaType)) return [createZstdDecompress()];
  return [];
}

class LayerUnpacking {
  readonly #root: string;
  readonly #budget: UnpackBudget;
  /** What this layer put down: an opaque whiteout spares it, wherever in the layer it stands. */
  readonly #own = new Set<string>();
  /** Modes of directories, set at the end: a read-only one could not be filled. */
  readonly #directoryModes = new Map<string, number>();

  constructor(root: string, budget: UnpackBudget) {
    this.#root = root;
    this.#budget = budget;
  }

  async apply(header: Header, body: Body): Promise<void> {
    const path = toRelativePath(header.name);
    this.#charge(header, path);
    // Only files have a body to keep; what is left of the others has to flow, or the next entry never comes.
    if (header.type !== "file" && header.type !== "contiguous-file") body.resume();
    if (path === "") return;
    const name = posix.basename(path);
    const parent = await this.#parentOf(path);
    if (name.startsWith(WHITEOUT)) {
      body.resume();
      if (name === OPAQUE) await this.#empty(parent);
      else await this.#whiteOut(parent, name.slice(WHITEOUT.length));
    } else await this.#put(header, body, path, join(parent, name));
  }

  async finish(): Promise<void> {
    for (const [path, mode] of this.#directoryModes) await chmod(path, mode);
  }

  #charge(header: Header, path: string): void {
    this.#budget.entries -= 1;
    this.#budget.bytes -=
      header.type === "file" || header.type === "contiguous-file" ? (header.size ?? 0) : 0;
    if (this.#budget.entries < 0 || this.#budget.bytes < 0)
      throw new UnsafePathError(`the image is too large to unpack (at ${path})`);
  }

  /** The directory that `path` goes into, made where it is missing. */
  async #parentOf(path: string): Promise<string> {
    const parent = await resolveInRoot(this.#root, posix.dirname(path), { followLast: true });
    await mkdir(parent, { recursive: true });
    for (let own = parent; own.length > this.#root.length; own = dirname(own)) this.#own.add(own);
    return parent;
  }

  async #empty(directory: string): Promise<void> {
    for (const name of await readdir(directory)) {
      const child = join(directory, name);
      if (!this.#own.has(child)) await rm(child, { recursive: true, force: true });
      else if ((await lstat(child)).isDirectory()) await this.#empty(child);
    }
  }

  async #whiteOut(directory: string, name: string): Promise<void> {
    if (name === "" || name === "." || name === "..")
      throw new UnsafePathError(`the whiteout ${WHITEOUT}${name} names nothing`);
    await rm(join(directory, name), { recursive: true, force: true });
  }

  async #put(header: Header, body: Body, path: string, target: string): Promise<void> {
    const mode = (header.mode ?? 0o644) & 0o777;
    if (header.type !== "directory" || !(await isDirectory(target)))
      await rm(target, { recursive: true, force: true });
    this.#own.add(target);
    switch (header.type) {
      case "directory":
        await mkdir(target, { recursive: true });
        // The owner keeps all rights, so that the copy of a task can be made and removed.
        this.#directoryModes.set(target, mode | 0o700);
        return;
      case "file":
      case "contiguous-file":
        await pipeline(body, createWriteStream(target, { flags: "wx", mode: mode | 0o600 }));
        // A second time: the first is cut by the umask.
        await chmod(target, mode | 0o600);
        return;
      case "symlink":
        await symlink(confineLinkTarget(path, header.linkname ?? ""), target);
        return;
      case "link":
        await this.#hardLink(header.linkname ?? "", path, target);
        return;
      default:
        if (!path.startsWith("dev/"))
          throw new UnsafePathError(`${path} is a ${header.type}, which cannot be made`);
    }
  }

  async #hardLink(linkname: string, path: string, target: string): Promise<void> {
    const source = await resolveInRoot(this.#root, toRelativePath(linkname));
    if (await isDirectory(source))
      throw new UnsafePathError(`${path} is a hard link to a directory`);
    try {
      await link(source, target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      throw new UnsafePathError(`${path} is a hard link to ${linkname}, which does not exist`);
    }
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
