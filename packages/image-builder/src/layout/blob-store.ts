import { createHash, randomUUID } from "node:crypto";
import { copyFile, link, mkdir, open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The digest of some bytes, as OCI writes it. https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests */
export function digestOf(content: string | Uint8Array): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

/** Files named by the digest of their content, in the `blobs` folder of an OCI image layout. */
export class BlobStore {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  /**
   * @throws {TypeError} if it is not a SHA-256 digest: anything else could name a file outside of the store
   */
  pathOf(digest: string): string {
    const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
    if (hex === undefined) throw new TypeError(`${JSON.stringify(digest)} is not a SHA-256 digest`);
    return join(this.dir, "blobs", "sha256", hex);
  }

  /** The size of a blob in bytes; undefined if it is not here. */
  async sizeOf(digest: string): Promise<number | undefined> {
    try {
      return (await stat(this.pathOf(digest))).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** Stores bytes that are in memory. */
  async put(content: string | Uint8Array): Promise<{ digest: string; size: number }> {
    const { digest, size } = await this.write(async (file) => {
      await file.writeFile(content);
    }, digestOf(content));
    return { digest, size };
  }

  /**
   * Stores what `fill` writes. The blob appears under its name complete or not at all.
   *
   * @param fill writes the content; may return its digest, if it was not known before
   */
  async write(
    fill: (file: FileHandle) => Promise<string | void>,
    known?: string,
  ): Promise<{ digest: string; size: number }> {
    const temporary = join(this.dir, "partial", randomUUID());
    await mkdir(dirname(temporary), { recursive: true });
    try {
      const file = await open(temporary, "wx", 0o644);
      let digest: string | undefined;
      let size: number;
      try {
        digest = (await fill(file)) ?? known;
        size = (await file.stat()).size;
      } finally {
        await file.close();
      }
      if (digest === undefined) throw new TypeError("a blob needs a digest");
      await mkdir(dirname(this.pathOf(digest)), { recursive: true });
      await rename(temporary, this.pathOf(digest));
      return { digest, size };
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** Takes a blob over from another store: as a link where the file system allows, else as a copy. */
  async takeFrom(other: BlobStore, digest: string): Promise<void> {
    if (other.dir === this.dir || (await this.sizeOf(digest)) !== undefined) return;
    const temporary = join(this.dir, "partial", randomUUID());
    await mkdir(dirname(temporary), { recursive: true });
    await mkdir(dirname(this.pathOf(digest)), { recursive: true });
    try {
      await linkOrCopy(other.pathOf(digest), temporary);
      await rename(temporary, this.pathOf(digest));
    } finally {
      await rm(temporary, { force: true }); // still there only if something failed, or both names were one file
    }
  }
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (
      !["EXDEV", "EPERM", "EMLINK", "ENOTSUP"].includes((error as NodeJS.ErrnoException).code ?? "")
    )
      throw error;
    await copyFile(from, to);
  }
}
