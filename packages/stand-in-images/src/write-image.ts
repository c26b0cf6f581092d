import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { pack } from "tar-stream";
import type { Entry } from "./recipe.ts";

/** https://github.com/opencontainers/image-spec/blob/main/media-types.md */
const TYPES = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
} as const;

/** A document or a file of an image. https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Writes an image of one layer into a layout; the same files and settings give the same digest. */
export async function writeImage(
  layout: string,
  entries: ReadonlyMap<string, Entry>,
  config: Readonly<Record<string, unknown>>,
): Promise<Descriptor> {
  const archive = await toTar(entries);
  const diffId = digestOf(archive);
  const layer = writeBlob(layout, TYPES.layer, await promisify(gzip)(archive, { level: 1 }));
  const configuration = writeBlob(
    layout,
    TYPES.config,
    JSON.stringify({
      architecture: process.arch === "x64" ? "amd64" : process.arch,
      os: "linux",
      config,
      rootfs: { type: "layers", diff_ids: [diffId] },
    }),
  );
  const manifest = {
    schemaVersion: 2,
    mediaType: TYPES.manifest,
    config: configuration,
    layers: [layer],
  };
  return writeBlob(layout, TYPES.manifest, JSON.stringify(manifest));
}

async function toTar(entries: ReadonlyMap<string, Entry>): Promise<Buffer> {
  const tar = pack();
  const archive = buffer(tar);
  const mtime = new Date(0);
  // A hard link comes behind what it leads to.
  const rank = ([, { type }]: [string, Entry]) => (type === "link" ? 1 : 0);
  const sorted = [...entries].toSorted((a, b) => rank(a) - rank(b) || (a[0] < b[0] ? -1 : 1));
  for (const [name, entry] of sorted) {
    if (entry.type === "file") {
      const { mode, uid = 0, gid = 0, content } = entry;
      tar.entry({ name, type: "file", mode, uid, gid, mtime }, content as string);
    } else if (entry.type === "directory") {
      const { mode, uid = 0, gid = 0 } = entry;
      tar.entry({ name: `${name}/`, type: "directory", mode, uid, gid, mtime });
    } else {
      tar.entry({ name, type: entry.type, linkname: entry.target, mode: 0o777, mtime });
    }
  }
  tar.finalize();
  return archive;
}

function writeBlob(layout: string, mediaType: string, content: Buffer | string): Descriptor {
  const bytes = Buffer.from(content);
  const digest = digestOf(bytes);
  const file = blobFile(layout, digest);
  mkdirSync(join(layout, "blobs", "sha256"), { recursive: true });
  if (!existsSync(file)) {
    writeFileSync(`${file}.partial`, bytes);
    renameSync(`${file}.partial`, file);
  }
  return { mediaType, digest, size: bytes.length };
}

/** Where a layout has the file of a digest. https://github.com/opencontainers/image-spec/blob/main/image-layout.md */
export function blobFile(layout: string, digest: string): string {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new TypeError(`${digest} is no digest`);
  return join(layout, "blobs", digest.replace(":", "/"));
}

const digestOf = (bytes: Buffer) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
