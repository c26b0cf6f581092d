import { writeFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { build, makeFolder } from "../testing/build-folder.ts";
import { BlobStore, digestOf } from "./blob-store.ts";
import { findImage, listLayers, readLayout } from "./layout.ts";

describe("a blob store", () => {
  test("keeps content under its digest", async () => {
    const blobs = new BlobStore(makeFolder());
    const { digest, size } = await blobs.put("hello");
    expect(digest).toBe("sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    expect(size).toBe(5);
    expect(await blobs.sizeOf(digest)).toBe(5);
    expect(await blobs.sizeOf(digestOf("other"))).toBeUndefined();
  });

  test("leaves nothing of a blob that could not be written to its end", async () => {
    const dir = makeFolder();
    const broken = new BlobStore(dir).write(async (file) => {
      await file.writeFile("half");
      throw new Error("cut off");
    });
    await expect(broken).rejects.toThrow("cut off");
    expect(readdirSync(dir, { recursive: true })).toEqual(["partial"]);
  });

  test("takes no digest that could name another file", () => {
    expect(() => new BlobStore("/x").pathOf("sha256:../../../etc/passwd")).toThrow(TypeError);
  });
});

describe("a layout", () => {
  test("holds several images, each once, and lists their layers with what made them", async () => {
    const outputDir = makeFolder();
    const one = await build(
      "FROM scratch\nCOPY a /a\nENV X=1\nCOPY b /b",
      { a: "1", b: "2" },
      { outputDir },
    );
    await build("FROM scratch\nCOPY a /a\nENV X=1\nCOPY b /b", { a: "1", b: "2" }, { outputDir });
    const two = await build("FROM scratch\nCOPY a /a", { a: "3" }, { outputDir });
    const images = await readLayout(outputDir);
    expect(images.map(({ digest }) => digest).toSorted()).toEqual(
      [one.digest, two.digest].toSorted(),
    );
    const found = await findImage(outputDir, one.contentTag);
    expect(listLayers(found)).toEqual([
      { ...one.layers[0], diffId: one.config.rootfs.diff_ids[0], createdBy: "COPY a /a" },
      { ...one.layers[1], diffId: one.config.rootfs.diff_ids[1], createdBy: "COPY b /b" },
    ]);
    await expect(findImage(outputDir, "other")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("notices a document that was changed", async () => {
    const image = await build("FROM scratch\nCOPY a /a", { a: "1" });
    writeFileSync(new BlobStore(image.layoutDir).pathOf(image.configDigest), "{}");
    await expect(readLayout(image.layoutDir)).rejects.toThrow(/is damaged/);
  });

  test("that is not there has no images", async () => {
    expect(await readLayout(join(makeFolder(), "none"))).toEqual([]);
  });
});
