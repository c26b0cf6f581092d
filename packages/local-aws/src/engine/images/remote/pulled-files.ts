import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { LayerFiles } from "../../../services/ecr/layer-files.ts";
import { PRIVATE_FILE } from "../../../store/private-files.ts";

/** How many images are kept; those used longest ago go first. */
const KEPT_IMAGES = 20;
const HOUR_MS = 3_600_000;

/** What was pulled from other registries: files by their digest, shared by all images, and which image uses which. */
export class PulledFiles {
  readonly layers: LayerFiles;
  readonly #images: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.layers = new LayerFiles(folder);
    this.#images = join(folder, "images");
    mkdirSync(this.#images, { recursive: true });
  }

  /** Whether all files of an image that was pulled before are there. */
  isComplete(digest: string): boolean {
    const parts = this.#partsOf(nameOf(digest));
    return parts.length > 0 && parts.every((part) => this.layers.has(part));
  }

  /** Keeps the files of an image until others have been used since. */
  keep(digest: string, parts: readonly string[]): void {
    writeFileSync(join(this.#images, nameOf(digest)), JSON.stringify(parts), {
      mode: PRIVATE_FILE,
    });
  }

  /** An image is used again. */
  touch(digest: string): void {
    const now = new Date();
    utimesSync(join(this.#images, nameOf(digest)), now, now);
  }

  /**
   * Removes the images used longest ago, the files that no kept image has, and what broken connections left; answers how many files.
   * @param unfinishedMs how old what is being written has to be
   */
  sweep(unfinishedMs: number): number {
    const byUse = readdirSync(this.#images)
      .map((name) => ({ name, at: statSync(join(this.#images, name)).mtimeMs }))
      .toSorted((a, b) => b.at - a.at);
    for (const { name } of byUse.slice(KEPT_IMAGES)) rmSync(join(this.#images, name));
    const used = new Set(
      byUse.slice(0, KEPT_IMAGES).flatMap(({ name }) => this.#partsOf(name).map(nameOf)),
    );
    const layers = join(this.#folder, "layers");
    return (
      removeOld(layers, Math.min(unfinishedMs, HOUR_MS), (name) => !used.has(name)) +
      removeOld(join(layers, "uploads"), unfinishedMs, () => true)
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
