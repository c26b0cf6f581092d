import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, stat } from "node:fs/promises";
import { Gzip } from "fflate";
import { pack, type Header, type Pack } from "tar-stream";
import { BuildError } from "../errors.ts";
import { comparePaths, parentOf, type LayerEntry } from "../files/tree.ts";
import type { BlobStore } from "../layout/blob-store.ts";

type PackHeader = Partial<Header> & Pick<Header, "name">;

/** A layer that is in a blob store. */
export interface Layer {
  /** Of the compressed blob. */
  digest: string;
  /** Of the compressed blob, in bytes. */
  size: number;
  /** The digest of the uncompressed archive. */
  diffId: string;
}

/** Where the content of a layer's file comes from. */
export interface FileSource {
  /** Absolute path on this machine. */
  file: string;
  /** The SHA-256 (hex) that the content had when the build decided what to do; checked again while it is packed. */
  sha256?: string;
}

// Compressed output must not depend on how the input happened to be cut: it is always cut here.
const CHUNK_BYTES = 64 * 1024;
const GZIP_LEVEL = 6;

/**
 * Packs entries into a gzip-compressed tar layer whose bytes depend on nothing but the entries and the contents: they are
 * sorted, every time stamp is `epoch`, and the compressor is the same code on every machine.
 * https://github.com/opencontainers/image-spec/blob/main/layer.md
 *
 * @param entries in any order; every path once
 * @param sources by path, one for each entry of type `file`
 * @param epoch seconds since 1970 (SOURCE_DATE_EPOCH)
 * @throws {BuildError} `CONTEXT_CHANGED` if a file is not any more what its source says
 */
export async function writeLayer(
  entries: LayerEntry[],
  sources: ReadonlyMap<string, FileSource>,
  { blobs, epoch, signal }: { blobs: BlobStore; epoch: number; signal?: AbortSignal },
): Promise<Layer> {
  let diffId = "";
  const { digest, size } = await blobs.write(async (file) => {
    const archive = pack();
    const produced = produce(archive, entries.toSorted(comparePaths), sources, epoch, signal);
    // If packing fails, the archive is destroyed with that error, and reading it below fails with it.
    produced.catch((error: Error) => archive.destroy(error));
    const result = await compress(archive, file);
    await produced;
    diffId = result.diffId;
    return result.digest;
  });
  return { digest, size, diffId };
}

async function produce(
  archive: Pack,
  entries: LayerEntry[],
  sources: ReadonlyMap<string, FileSource>,
  epoch: number,
  signal?: AbortSignal,
): Promise<void> {
  for (const entry of entries) {
    signal?.throwIfAborted();
    if (entry.type !== "file") {
      // With a content, even an empty one, an entry is complete at once.
      await finished((done) => archive.entry(toHeader(entry, epoch), "", done));
      continue;
    }
    const source = sources.get(entry.path);
    if (source === undefined) throw new TypeError(`no content for /${entry.path}`);
    await packFile(archive, toHeader(entry, epoch), source);
  }
  archive.finalize();
}

async function packFile(archive: Pack, header: PackHeader, source: FileSource): Promise<void> {
  const { size } = await stat(source.file);
  const hash = createHash("sha256");
  let packed = 0;
  await finished((done) => {
    const sink = archive.entry({ ...header, size }, done);
    const input = createReadStream(source.file, { end: Math.max(size - 1, 0) });
    input.on("data", (chunk) => {
      hash.update(chunk);
      packed += chunk.length;
      if (!sink.write(chunk)) {
        input.pause();
        sink.once("drain", () => input.resume());
      }
    });
    input.once("error", done);
    input.once("end", () => (packed === size ? sink.end(undefined) : done(changed(source))));
  });
  if (source.sha256 !== undefined && hash.digest("hex") !== source.sha256) throw changed(source);
}

function changed({ file }: FileSource): BuildError {
  return new BuildError("CONTEXT_CHANGED", [
    `${file} changed while the image was built; build it again`,
    `${file} がビルド中に変わりました。もう一度ビルドしてください`,
  ]);
}

async function finished(start: (done: (error?: Error | null) => void) => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    start((error) => (error ? reject(error) : resolve()));
  });
}

function toHeader(entry: LayerEntry, epoch: number): PackHeader {
  const common = { mtime: new Date(epoch * 1000) };
  if (entry.type === "whiteout") {
    const parent = parentOf(entry.path);
    const base = entry.path.slice(parent === "" ? 0 : parent.length + 1);
    const name = `${parent === "" ? "" : `${parent}/`}.wh.${base}`;
    return { ...common, name, type: "file", size: 0, mode: 0o644, uid: 0, gid: 0 };
  }
  const { uid, gid, mode } = entry;
  if (entry.type === "directory")
    return { ...common, name: `${entry.path}/`, type: "directory", mode, uid, gid };
  if (entry.type === "symlink") {
    return {
      ...common,
      name: entry.path,
      type: "symlink",
      linkname: entry.target,
      mode: 0o777,
      uid,
      gid,
    };
  }
  return { ...common, name: entry.path, type: "file", mode, uid, gid };
}

async function compress(
  archive: Pack,
  file: FileHandle,
): Promise<{ diffId: string; digest: string }> {
  const plain = createHash("sha256");
  const compressed = createHash("sha256");
  const ready: Uint8Array[] = [];
  const gzip = new Gzip({ level: GZIP_LEVEL, mtime: 0 }, (chunk) => ready.push(chunk));
  for await (const chunk of inChunks(archive)) {
    plain.update(chunk);
    gzip.push(chunk);
    await flush(ready, compressed, file);
  }
  gzip.push(new Uint8Array(0), true);
  await flush(ready, compressed, file);
  return { diffId: `sha256:${plain.digest("hex")}`, digest: `sha256:${compressed.digest("hex")}` };
}

async function flush(ready: Uint8Array[], hash: Hash, file: FileHandle): Promise<void> {
  for (const chunk of ready.splice(0)) {
    hash.update(chunk);
    await file.writeFile(chunk);
  }
}

/** Cuts a stream into pieces of the same size, except the last. */
async function* inChunks(stream: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  let pending: Buffer[] = [];
  let length = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    pending.push(part);
    length += part.length;
    if (length < CHUNK_BYTES) continue;
    const whole = Buffer.concat(pending);
    let at = 0;
    for (; at + CHUNK_BYTES <= whole.length; at += CHUNK_BYTES)
      yield whole.subarray(at, at + CHUNK_BYTES);
    pending = [whole.subarray(at)];
    length = whole.length - at;
  }
  if (length > 0) yield Buffer.concat(pending);
}
