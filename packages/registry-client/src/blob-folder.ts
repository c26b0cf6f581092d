import { createHash, randomUUID } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** The content of a file is not what its digest says. */
export class DigestMismatch extends Error {
  override readonly name = "DigestMismatch";
}

/** Where a {@link BlobFolder} keeps what. */
export interface BlobPlaces {
  /** A folder of files by the 64 digits of their digests; it is there. */
  readonly blobs: string;
  /** One on the same file system, for files that are not whole yet; it is there. */
  readonly uploads: string;
  /** What a file may be for whom. */
  readonly mode: number;
}

/**
 * Files by their digest. One that comes is written beside the others, and renamed into place when its digest has been checked.
 * @see https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
 */
export class BlobFolder {
  readonly #places: BlobPlaces;

  constructor(places: BlobPlaces) {
    this.#places = places;
  }

  has(digest: string): boolean {
    return existsSync(this.path(digest));
  }

  size(digest: string): number {
    return statSync(this.path(digest)).size;
  }

  /** @throws Error where `digest` is not one: it becomes part of a path */
  path(digest: string): string {
    if (!DIGEST.test(digest))
      throw new DigestMismatch(`${JSON.stringify(digest)} is not a sha256 digest`);
    return join(this.#places.blobs, digest.slice("sha256:".length));
  }

  text(digest: string): string {
    return readFileSync(this.path(digest), "utf8");
  }

  /** Begins an upload and answers its id. */
  begin(): string {
    const id = randomUUID();
    writeFileSync(this.#upload(id), "", { mode: this.#places.mode });
    return id;
  }

  /** How many bytes an upload has; undefined where there is none of that id. */
  uploaded(id: string): number | undefined {
    const file = this.#upload(id);
    return existsSync(file) ? statSync(file).size : undefined;
  }

  /** Adds `body` to the end of an upload. When this rejects, the upload has what came and nothing is written any more: it may go on there. */
  async append(id: string, body: AsyncIterable<Uint8Array>): Promise<void> {
    const file = await open(this.#upload(id), "a");
    try {
      for await (const chunk of body) await file.writeFile(chunk);
    } finally {
      await file.close();
    }
  }

  /** Ends an upload as `digest`. The upload is gone afterwards either way. @throws DigestMismatch */
  async finish(id: string, digest: string): Promise<number> {
    const file = this.#upload(id);
    try {
      const target = this.path(digest);
      const hash = createHash("sha256");
      await pipeline(createReadStream(file), hash);
      const actual = `sha256:${hash.digest("hex")}`;
      if (actual !== digest)
        throw new DigestMismatch(`the content has digest ${actual}, not ${digest}`);
      renameSync(file, target);
    } catch (error) {
      rmSync(file, { force: true });
      throw error;
    }
    return this.size(digest);
  }

  cancel(id: string): void {
    rmSync(this.#upload(id), { force: true });
  }

  /** Stores `content` and answers its digest. */
  async put(content: Buffer): Promise<string> {
    const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
    if (!this.has(digest)) {
      const id = this.begin();
      const stream = createWriteStream(this.#upload(id));
      await new Promise<void>((resolve, reject) =>
        stream.once("error", reject).end(content, resolve),
      );
      await this.finish(id, digest);
    }
    return digest;
  }

  remove(digest: string): void {
    rmSync(this.path(digest), { force: true });
  }

  #upload(id: string): string {
    if (!/^[0-9a-f-]{36}$/.test(id))
      throw new DigestMismatch(`${JSON.stringify(id)} is not an upload id`);
    return join(this.#places.uploads, id);
  }
}
