import { createReadStream } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { BlobFolder } from "@workbook/registry-client";
import { openWhole } from "../../store/damaged-data.ts";
import { makePrivate, PRIVATE_FILE } from "../../store/private-files.ts";

/** The files of images by their digest, shared by all repositories: which repository has which is in the store. */
export class LayerFiles extends BlobFolder {
  constructor(dataDir: string) {
    const blobs = join(dataDir, "layers");
    const uploads = join(blobs, "uploads");
    for (const folder of [blobs, uploads]) makePrivate(folder);
    super({ blobs, uploads, mode: PRIVATE_FILE });
  }

  /** @param size what the file has to have, in bytes @throws DamagedData where it has not */
  read(digest: string, size: number, range?: { start: number; end: number }): Readable {
    return createReadStream("", { ...range, fd: openWhole(this.path(digest), size) });
  }
}
