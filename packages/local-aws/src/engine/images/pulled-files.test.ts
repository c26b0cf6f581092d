import { mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { PulledFiles } from "./pulled-files.ts";

test("files stay for as long as an image that was used lately has them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pulled-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files = new PulledFiles(folder);
  const put = (content: string) => files.layers.put(Buffer.from(content));
  const shared = await put("shared");
  const own = await Promise.all(Array.from({ length: 21 }, (_, index) => put(`image ${index}`)));
  for (const [index, digest] of own.entries()) {
    files.keep(digest, [digest, shared], false);
    // The first was used longest ago.
    utimesSync(join(folder, "images", digest.slice(7)), 1000 + index, 1000 + index);
  }
  const loose = await put("of no image");
  files.layers.begin();
  expect(files.sweep(3_600_000)).toBe(0);
  expect(files.sweep(0)).toBe(3);
  expect([own[0]!, loose].some((digest) => files.layers.has(digest))).toBe(false);
  expect([...own.slice(1), shared].every((digest) => files.layers.has(digest))).toBe(true);
});
