import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import type { LayerEntry } from "../files/tree.ts";
import type { Layer } from "../layers/write-layer.ts";
import type { BlobStore } from "../layout/blob-store.ts";

/** What an instruction did to the file system. */
export interface StepResult {
  /** Undefined if it changed nothing. */
  layer: Layer | undefined;
  changes: LayerEntry[];
}

/**
 * Remembers what instructions did, by a key made of everything that they depend on.
 */
export class StepCache {
  readonly #dir: string;
  readonly #blobs: BlobStore;

  /** @param dir where the records are kept; the layers are in `blobs` */
  constructor(dir: string, blobs: BlobStore) {
    this.#dir = join(dir, "steps");
    this.#blobs = blobs;
  }

  /** What is known under a key; undefined if nothing is, or if its layer has gone. */
  async get(key: string): Promise<StepResult | undefined> {
    let result: StepResult;
    try {
      result = JSON.parse(await readFile(this.#pathOf(key), "utf8")) as StepResult;
    } catch (error) {
      // A record is renamed into place whole, so one that is not JSON was damaged from outside: it counts as absent.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" && !(error instanceof SyntaxError))
        throw error;
      return undefined;
    }
    if (result.layer === undefined) return result;
    return (await this.#blobs.sizeOf(result.layer.digest)) === result.layer.size
      ? result
      : undefined;
  }

  async set(key: string, result: StepResult): Promise<void> {
    await mkdir(this.#dir, { recursive: true });
    const temporary = join(this.#dir, `.${randomUUID()}`);
    try {
      await writeFile(temporary, JSON.stringify(result));
      await rename(temporary, this.#pathOf(key));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  #pathOf(key: string): string {
    return join(this.#dir, `${key}.json`);
  }
}
