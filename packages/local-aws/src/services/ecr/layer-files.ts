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
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { openWhole } from "../../store/damaged-data.ts";
import { makePrivate, PRIVATE_FILE } from "../../store/private-files.ts";

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** The content of a file is not what its digest says. */
export class DigestMismatch extends Error {
  override readonly name = "DigestMismatch";
}

/**
 * The files of images by their digest, shared by all repositories: which repository has which is in the store. Uploads
 * are written beside them and renamed into place when their digest has been checked.
 * @see https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
 */
export class LayerFiles {
  readonly #dir: string;

  constructor(dataDir: string) {
    this.#dir = join(dataDir, "layers");
    for (const folder of [this.#dir, join(this.#dir, "uploads")]) makePrivate(folder);
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
    return join(this.#dir, digest.slice("sha256:".length));
  }

  /** @param size what the file has to have, in bytes @throws DamagedData where it has not */
  read(digest: string, size: number, range?: { start: number; end: number }): Readable {
    return createReadStream("", { ...range, fd: openWhole(this.path(digest), size) });
  }

  text(digest: string): string {
    return readFileSync(this.path(digest), "utf8");
  }

  /** Begins an upload and answers its id. */
  begin(): string {
    const id = randomUUID();
    writeFileSync(this.#upload(id), "", { mode: PRIVATE_FILE });
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
    return join(this.#dir, "uploads", id);
  }
}
