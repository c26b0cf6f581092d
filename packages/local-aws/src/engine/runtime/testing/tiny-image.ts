import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pack, type Header } from "tar-stream";
import type { PulledImage } from "../../images/puller.ts";

/** A file's content, or a tar entry in full. */
export type TinyEntry = string | Buffer | (Partial<Header> & { content?: string | Buffer });

/** For tests: writes a gzip layer of `entries` into `directory`, in their order, exactly as they are named. */
export async function writeTinyLayer(
  directory: string,
  entries: Readonly<Record<string, TinyEntry>> | readonly (readonly [string, TinyEntry])[],
): Promise<PulledImage["layers"][number]> {
  const tar = pack();
  for (const [name, entry] of Array.isArray(entries) ? entries : Object.entries(entries)) {
    const { content, ...header } =
      typeof entry === "string" || Buffer.isBuffer(entry) ? { content: entry } : entry;
    tar.entry({ mode: name.endsWith("/") ? 0o755 : 0o644, ...header, name }, content as string);
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  const archive = Buffer.concat(chunks);
  const diffId = `sha256:${createHash("sha256").update(archive).digest("hex")}`;
  const bytes = gzipSync(archive);
  const hash = createHash("sha256").update(bytes).digest("hex");
  mkdirSync(directory, { recursive: true });
  const file = join(directory, hash);
  writeFileSync(file, bytes);
  const mediaType = "application/vnd.oci.image.layer.v1.tar+gzip";
  return { digest: `sha256:${hash}`, mediaType, file, diffId };
}

/** For tests: an image of one layer that holds `files`. */
export async function writeTinyImage(
  directory: string,
  files: Readonly<Record<string, TinyEntry>>,
  config: PulledImage["config"] = {},
  base = "node:24-slim",
): Promise<PulledImage> {
  const layer = await writeTinyLayer(directory, files);
  return {
    reference: "tiny:latest",
    digest: layer.digest,
    config,
    platform: `linux/${process.arch === "x64" ? "amd64" : process.arch}`,
    base,
    layers: [layer],
  };
}
