import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pack, type Header } from "tar-stream";
import { expect, test } from "vitest";
import { makeFolder } from "../testing/build-folder.ts";
import { MEDIA_TYPES } from "../layout/media-types.ts";
import { unpackLayer } from "./unpack-layer.ts";

async function unpack(header: Header | { name: string }, content: string, cutTo?: number) {
  const folder = makeFolder();
  const root = join(folder, "root");
  mkdirSync(root);
  const archive = pack();
  archive.entry(header, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks).subarray(0, cutTo);
  const blob = join(folder, createHash("sha256").update(bytes).digest("hex"));
  writeFileSync(blob, bytes);
  await unpackLayer(blob, root, { mediaType: MEDIA_TYPES.layer });
  return root;
}

test("a layer is laid over a folder", async () => {
  const root = await unpack({ name: "a/file" }, "text");
  expect(readFileSync(join(root, "a/file"), "utf8")).toBe("text");
});

test("a layer that leaves the folder, or ends early, is a bad image", async () => {
  await expect(unpack({ name: "../out" }, "x")).rejects.toMatchObject({ code: "BAD_IMAGE" });
  await expect(unpack({ name: "a" }, "x".repeat(1000), 700)).rejects.toMatchObject({
    code: "BAD_IMAGE",
    message: expect.stringContaining("unexpected EOF"),
  });
});
