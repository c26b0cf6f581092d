import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { UNPACK_LIMITS, unpackLayer } from "@workbook/image-layers";
import type { PulledImage } from "../../images/puller.ts";
import { unlessAborted } from "../../../ground/unless-aborted.ts";

/** How many unpacked images are kept; those used longest ago go first. */
const KEPT_IMAGES = 20;

/**
 * Images unpacked once, by content: the key is made of the layers' digests, with and without compression. Each container gets a writable copy of its
 * own (copy-on-write where the file system can). Not hard links: a program that writes into a file in place would
 * change the image for every task after it.
 */
export class UnpackedImages {
  readonly #directory: string;
  /** Images being unpacked: tasks that start together wait for one unpacking. */
  readonly #underWay = new Map<string, Promise<string>>();

  /** @param directory where unpacked images are kept; made when it is first needed */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Puts the image's files into `target`, which must not exist.
   * @param signal ends the wait and the copying; the unpacking goes on, for the next task
   * @throws LayerError where a layer is not what it says, tries to leave the root or is too large
   */
  async copyTo(
    image: PulledImage,
    target: string,
    signal = new AbortController().signal,
  ): Promise<void> {
    const source = await unlessAborted(this.#unpacked(image), signal);
    // A process of its own: thousands of small files would keep this one from answering. `cp` clones where it can.
    await promisify(execFile)("cp", ["-RPp", source, target], {
      env: { PATH: "/usr/bin:/bin" },
      signal,
    });
  }

  /** Resolves when nothing is being unpacked any more: until then somebody writes into the directory. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#underWay.values());
  }

  /** Removes half-unpacked images of a dead server, and the least recently used ones beyond what is kept. */
  async prune(): Promise<void> {
    for (const name of await namesIn(this.#directory))
      if (name.includes("."))
        await rm(join(this.#directory, name), { recursive: true, force: true });
    await this.#forgetOldest();
  }

  async #forgetOldest(): Promise<void> {
    const images: { path: string; usedAt: number }[] = [];
    for (const name of await namesIn(this.#directory)) {
      const path = join(this.#directory, name);
      // Another task may be forgetting the same ones.
      const usedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
      if (!name.includes(".") && usedAt !== undefined) images.push({ path, usedAt });
    }
    images.sort((a, b) => b.usedAt - a.usedAt);
    for (const { path } of images.slice(KEPT_IMAGES))
      await rm(path, { recursive: true, force: true });
  }

  async #unpacked(image: PulledImage): Promise<string> {
    const hash = createHash("sha256");
    // An image that says otherwise of the same layers is proved by itself.
    for (const { digest, diffId } of image.layers) hash.update(`${digest} ${diffId ?? ""}\n`);
    const key = hash.digest("hex").slice(0, 32);
    let unpacking = this.#underWay.get(key);
    if (!unpacking) {
      unpacking = this.#unpack(image, join(this.#directory, key));
      this.#underWay.set(key, unpacking);
      void unpacking.finally(() => this.#underWay.delete(key)).catch(() => {});
    }
    return unpacking;
  }

  async #unpack(image: PulledImage, path: string): Promise<string> {
    if (await exists(path)) {
      const now = new Date();
      await utimes(path, now, now);
      return path;
    }
    await mkdir(this.#directory, { recursive: true });
    const unfinished = await mkdtemp(`${path}.`);
    try {
      const budget = { ...UNPACK_LIMITS };
      for (const layer of image.layers)
        await unpackLayer(layer, unfinished, { budget, confined: true });
      const now = new Date();
      // The root's time is when the image was used last; unpacking leaves it as it comes.
      await utimes(unfinished, now, now);
      await rename(unfinished, path);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      throw error;
    }
    await this.#forgetOldest();
    return path;
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
