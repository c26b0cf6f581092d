import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { BlobFolder, type PulledBlobs } from "@workbook/registry-client";

/** Has a pull put its files among the blobs of an OCI image layout: there they are what they are anywhere. */
export async function pulledBlobs(layout: string): Promise<PulledBlobs> {
  const blobs = join(layout, "blobs", "sha256");
  const uploads = join(layout, "partial");
  for (const folder of [blobs, uploads]) await mkdir(folder, { recursive: true });
  const layers = new BlobFolder({ blobs, uploads, mode: 0o644 });
  // A layout is its owner's: whoever can read it may have what is in it.
  return { layers, keep: () => {}, isForEveryone: (digest) => layers.has(digest) };
}
