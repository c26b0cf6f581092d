import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PulledBlobs } from "@workbook/registry-client";
import { LayerFiles } from "../../services/ecr/layer-files.ts";
import { makePrivate, PRIVATE_FILE } from "../../store/private-files.ts";

/** How many images are kept; those used longest ago go first. */
const KEPT_IMAGES = 20;

/** Where that is, in a cloud's folder. */
export const pulledFolder = (dataDir: string): string => join(dataDir, "pulled");

interface KeptImage {
  /** The digests of its files. */
  readonly parts: readonly string[];
  readonly isPrivate: boolean;
}

/** What was pulled from other registries: files by their digest, shared by all images, and which image uses which. */
export class PulledFiles implements PulledBlobs {
  readonly layers: LayerFiles;
  readonly #images: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.layers = new LayerFiles(folder);
    this.#images = join(folder, "images");
    makePrivate(this.#images);
  }

  /**
   * An image is used, with these files: they stay until so many others have been used since.
   * @param isPrivate whether it was fetched with a password, and is not for everyone
   */
  keep(digest: string, parts: readonly string[], isPrivate: boolean): void {
    const kept: KeptImage = { parts, isPrivate };
    writeFileSync(join(this.#images, nameOf(digest)), JSON.stringify(kept), {
      mode: PRIVATE_FILE,
    });
  }

  /** Whether an image is here for whoever knows its digest: of a private one, its registry says who may have it. */
  isForEveryone(digest: string): boolean {
    return this.layers.has(digest) && !this.#kept(nameOf(digest)).isPrivate;
  }

  /**
   * Removes the images used longest ago, the files that no kept image has, and what broken connections left; answers how many files.
   * @param ageMs how old a file has to be that no kept image has: a pull brings its files before it is an image
   */
  sweep(ageMs: number): number {
    const byUse = readdirSync(this.#images)
      .map((name) => ({ name, at: statSync(join(this.#images, name)).mtimeMs }))
      .toSorted((a, b) => b.at - a.at);
    for (const { name } of byUse.slice(KEPT_IMAGES)) rmSync(join(this.#images, name));
    const used = new Set(
      byUse.slice(0, KEPT_IMAGES).flatMap(({ name }) => this.#kept(name).parts.map(nameOf)),
    );
    const layers = join(this.#folder, "layers");
    return (
      removeOld(layers, ageMs, (name) => !used.has(name)) +
      removeOld(join(layers, "uploads"), ageMs, () => true)
    );
  }

  #kept(name: string): KeptImage {
    const file = join(this.#images, name);
    if (!existsSync(file)) return { parts: [], isPrivate: false };
    const read = JSON.parse(readFileSync(file, "utf8")) as KeptImage | readonly string[];
    // Until there were passwords, a file had the parts alone.
    return "parts" in read ? read : { parts: read, isPrivate: false };
  }
}

const nameOf = (digest: string) => digest.slice("sha256:".length);

function removeOld(folder: string, ageMs: number, isLeft: (name: string) => boolean): number {
  const limit = Date.now() - ageMs;
  const left = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && isLeft(entry.name))
    .map(({ name }) => join(folder, name))
    .filter((file) => statSync(file).ctimeMs <= limit);
  for (const file of left) rmSync(file, { force: true });
  return left.length;
}
