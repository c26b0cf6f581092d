import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { gunzipSync } from "node:zlib";
import { extract, type Header } from "tar-stream";
import { buildImage } from "../build-image.ts";
import type { BuildImageOptions, BuiltImage } from "../build/options.ts";
import { findImage } from "../layout/layout.ts";
import type { ImageConfig, Manifest } from "../layout/media-types.ts";

/** A folder that is gone when the test ends. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "image-builder-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Files to put into a build context; the value of a folder that stays empty is `null`. */
export type Files = Record<string, string | null>;

export function makeContext(files: Files): string {
  const folder = makeFolder();
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    if (content === null) {
      mkdirSync(file, { recursive: true });
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return folder;
}

/** An image, with its documents and what its layers hold. */
export interface InspectedImage extends BuiltImage {
  config: ImageConfig;
  manifest: Manifest;
  /** Header by path, of all layers; later layers win. */
  entries: Map<string, Header & { content: string }>;
}

/** Builds a Dockerfile in a context of these files, and reads the result. */
export async function build(
  dockerfile: string,
  files: Files = {},
  options: Partial<BuildImageOptions> = {},
): Promise<InspectedImage> {
  const context = makeContext({ ...files, Dockerfile: dockerfile });
  return await inspect(
    await buildImage({ context, outputDir: join(makeFolder(), "layout"), ...options }),
  );
}

export async function inspect(image: BuiltImage): Promise<InspectedImage> {
  const { config, manifest } = await findImage(image.layoutDir, image.digest);
  const entries: InspectedImage["entries"] = new Map();
  for (const { digest } of image.layers) {
    for (const entry of await readTar(
      join(image.layoutDir, "blobs", "sha256", digest.slice("sha256:".length)),
    )) {
      entries.set(entry.name.replace(/\/$/, ""), entry);
    }
  }
  return { ...image, config, manifest, entries };
}

async function readTar(file: string): Promise<(Header & { content: string })[]> {
  const found: (Header & { content: string })[] = [];
  const unpack = extract();
  unpack.end(gunzipSync(readFileSync(file)));
  for await (const entry of unpack) {
    const parts: Buffer[] = [];
    for await (const part of entry as AsyncIterable<unknown>) parts.push(part as Buffer);
    found.push({ ...entry.header, content: Buffer.concat(parts).toString() });
  }
  return found;
}
