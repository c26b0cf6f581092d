import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LayerFiles } from "../../../services/ecr/layer-files.ts";
import { makePrivate, PRIVATE_FILE } from "../../../store/private-files.ts";

/** How many images are kept; those used longest ago go first. */
const KEPT_IMAGES = 20;

/** Where that is, in a cloud's folder. */
export const pulledFolder = (dataDir: string): string => join(dataDir, "pulled");

/** What was pulled from other registries: files by their digest, shared by all images, and which image uses which. */
export class PulledFiles {
  readonly layers: LayerFiles;
  readonly #images: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.layers = new LayerFiles(folder);
    this.#images = join(folder, "images");
    makePrivate(this.#images);
  }

  /** An image is used, with these files: they stay until so many others have been used since. */
  keep(digest: string, parts: readonly string[]): void {
    writeFileSync(join(this.#images, nameOf(digest)), JSON.stringify(parts), {
      mode: PRIVATE_FILE,
    });
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
      byUse.slice(0, KEPT_IMAGES).flatMap(({ name }) => this.#partsOf(name).map(nameOf)),
    );
    const layers = join(this.#folder, "layers");
    return (
      removeOld(layers, ageMs, (name) => !used.has(name)) +
      removeOld(join(layers, "uploads"), ageMs, () => true)
    );
  }

  #partsOf(name: string): readonly string[] {
    const file = join(this.#images, name);
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as string[]) : [];
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
