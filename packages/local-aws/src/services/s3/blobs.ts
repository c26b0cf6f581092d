import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, rmSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Transform, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { openWhole } from "../../store/damaged-data.ts";
import { makePrivate, PRIVATE_FILE } from "../../store/private-files.ts";
import { ChecksumStream } from "./checksums.ts";

/** A file that has been written, and what was learned on the way. */
export interface WrittenBlob {
  readonly blob: string;
  readonly size: number;
  /** Hex. */
  readonly md5: string;
  /** Base64, by algorithm in upper case, for the algorithms asked for. */
  readonly checksums: Readonly<Record<string, string>>;
}

/** The bytes of objects, a file each. A file is in place, whole, before the store speaks of it. */
export class Blobs {
  readonly #dir: string;

  /** @param dataDir the cloud's data directory */
  constructor(dataDir: string) {
    this.#dir = join(dataDir, "objects");
    for (const folder of [this.#dir, join(this.#dir, "incoming")]) makePrivate(folder);
  }

  /** Writes what `bodies` yield, one after the other, as one file. Leaves nothing behind where a body fails. */
  async write(bodies: Iterable<Readable>, algorithms: readonly string[]): Promise<WrittenBlob> {
    const blob = randomUUID();
    const incoming = join(this.#dir, "incoming", blob);
    const md5 = createHash("md5");
    const checks = new ChecksumStream(algorithms);
    let size = 0;
    try {
      const tap = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          md5.update(chunk);
          size += chunk.length;
          done(null, chunk);
        },
      });
      await pipeline(
        concatenate(bodies),
        checks,
        tap,
        createWriteStream(incoming, { mode: PRIVATE_FILE }),
      );
      await rename(incoming, this.path(blob));
    } catch (error) {
      await rm(incoming, { force: true });
      throw error;
    }
    return { blob, size, md5: md5.digest("hex"), checksums: checks.digests() };
  }

  /**
   * Reads a file, from `start` to `end`, both included, where they are given. It is open when this returns: what is
   * removed later is still read to its end.
   * @param size what it has to have, in bytes
   * @throws DamagedData where it has not
   */
  read(blob: string, size: number, range?: { start: number; end: number }): Readable {
    return createReadStream("", { ...range, fd: openWhole(this.path(blob), size) });
  }

  /** Removes a file that nothing speaks of any more. */
  remove(blob: string): void {
    rmSync(this.path(blob), { force: true });
  }

  path(blob: string): string {
    return join(this.#dir, blob);
  }
}

async function* concatenate(bodies: Iterable<Readable>): AsyncGenerator<Buffer> {
  for (const body of bodies) for await (const chunk of body) yield chunk as Buffer;
}
