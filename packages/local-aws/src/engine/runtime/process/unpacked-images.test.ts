import { randomBytes } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unpackLayer } from "@workbook/image-layers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PulledImage } from "../../images/puller.ts";
import { writeTinyLayer, type TinyEntry } from "../testing/tiny-image.ts";
import { UnpackedImages } from "./unpacked-images.ts";

type Entries = Readonly<Record<string, TinyEntry>> | readonly (readonly [string, TinyEntry])[];

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "unpack-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

async function imageOf(...layers: Entries[]): Promise<PulledImage> {
  const written = [];
  for (const entries of layers) written.push(await writeTinyLayer(join(dir, "blobs"), entries));
  return {
    reference: "test:1",
    digest: "sha256:0",
    config: {},
    platform: "linux/amd64",
    base: undefined,
    layers: written,
  };
}

let copies = 0;
async function unpack(...layers: Entries[]): Promise<string> {
  const target = join(dir, `copy-${copies++}`);
  await new UnpackedImages(join(dir, "unpacked")).copyTo(await imageOf(...layers), target);
  return target;
}

describe("unpacking an image", () => {
  test("keeps contents, modes and links", async () => {
    const root = await unpack({
      "app/": { type: "directory", mode: 0o555 },
      "app/run": { content: "#!/bin/sh\n", mode: 0o755 },
      "app/again": { type: "link", linkname: "app/run" },
      "app/latest": { type: "symlink", linkname: "run" },
      "./etc/name": "web",
    });
    expect(readFileSync(join(root, "etc/name"), "utf8")).toBe("web");
    expect(statSync(join(root, "app/run")).mode & 0o777).toBe(0o755);
    expect(readFileSync(join(root, "app/again"), "utf8")).toBe("#!/bin/sh\n");
    expect(readlinkSync(join(root, "app/latest"))).toBe("run");
  });

  test("lets a later layer replace, delete by whiteout, and empty by opaque whiteout", async () => {
    const root = await unpack(
      { "a/one": "1", "a/two": "2", "b/one": "1", "b/deep/one": "1", c: "file" },
      [
        ["a/.wh.one", ""],
        ["a/two", "22"],
        ["b/deep/new", "n"],
        ["b/.wh..wh..opq", ""],
        ["c/", { type: "directory" }],
        ["c/inside", "i"],
      ],
    );
    expect(readdirSync(join(root, "a"))).toEqual(["two"]);
    expect(readFileSync(join(root, "a/two"), "utf8")).toBe("22");
    expect(readdirSync(join(root, "b"))).toEqual(["deep"]);
    expect(readdirSync(join(root, "b/deep"))).toEqual(["new"]);
    expect(readFileSync(join(root, "c/inside"), "utf8")).toBe("i");
  });

  test("writes through a link inside the image, as merged /bin directories need", async () => {
    const root = await unpack(
      { "usr/bin/": { type: "directory" }, bin: { type: "symlink", linkname: "/usr/bin" } },
      { "bin/tool": "t" },
    );
    expect(readFileSync(join(root, "usr/bin/tool"), "utf8")).toBe("t");
    expect(readlinkSync(join(root, "bin"))).toBe("usr/bin");
  });

  test("turns links that point out of the image into links inside it", async () => {
    const root = await unpack([
      ["a/b/up", { type: "symlink", linkname: "../../../../etc/passwd" }],
      ["a/abs", { type: "symlink", linkname: "/etc/passwd" }],
      ["etc/passwd", "the image's own"],
    ]);
    expect(readFileSync(join(root, "a/b/up"), "utf8")).toBe("the image's own");
    expect(readFileSync(join(root, "a/abs"), "utf8")).toBe("the image's own");
  });

  test("puts a file behind an absolute link into the image, never on the machine", async () => {
    const outside = join(dir, "outside");
    const root = await unpack([["evil", { type: "symlink", linkname: outside }]], {
      "evil/file": "x",
    });
    expect(existsSync(outside)).toBe(false);
    expect(readFileSync(join(root, outside, "file"), "utf8")).toBe("x");
  });

  test.each<[string, Entries, string]>([
    ["a path with ..", { "../../escape": "x" }, "the path ../../escape leaves the image's root"],
    [
      "a hard link out of the root",
      [["x", { type: "link", linkname: "../../../etc/passwd" }]],
      "the path ../../../etc/passwd leaves the image's root",
    ],
    [
      "a hard link to nothing",
      [["x", { type: "link", linkname: "missing" }]],
      "x is a hard link to missing, which does not exist",
    ],
    [
      "a device",
      [["x", { type: "character-device", devmajor: 1, devminor: 3 }]],
      "x is a character-device",
    ],
    ["a whiteout of the parent", { "a/.wh...": "" }, "the whiteout .wh... names nothing"],
    [
      "a circle of links",
      [
        ["a", { type: "symlink", linkname: "b" }],
        ["b", { type: "symlink", linkname: "a" }],
        ["a/file", "x"],
      ],
      "too many levels of symbolic links",
    ],
  ])("refuses %s, and keeps nothing", async (_what, entries, message) => {
    await expect(unpack(entries)).rejects.toThrow(message);
    expect(readdirSync(join(dir, "unpacked"))).toEqual([]);
    expect(existsSync(join(dir, "escape"))).toBe(false);
  });

  test("refuses more bytes or entries than the limits", async () => {
    const layer = await writeTinyLayer(join(dir, "blobs"), { a: "12345", b: "67890" });
    const root = mkdtempSync(join(dir, "root-"));
    const budgets = [
      { bytes: 9, entries: 100 },
      { bytes: 100, entries: 1 },
    ];
    for (const budget of budgets)
      await expect(unpackLayer(layer, root, { budget })).rejects.toThrow("too large");
  });

  test("says so when a layer is cut off", async () => {
    const image = await imageOf({ a: "x".repeat(100_000) });
    const { file } = image.layers[0]!;
    writeFileSync(file, readFileSync(file).subarray(0, -20));
    await expect(
      new UnpackedImages(join(dir, "unpacked")).copyTo(image, join(dir, "copy")),
    ).rejects.toThrow(/unexpected EOF/);
  });
});

describe("the kept images", () => {
  test("are not changed by what a task writes", async () => {
    const image = await imageOf({ state: "as built" });
    const images = new UnpackedImages(join(dir, "unpacked"));
    await images.copyTo(image, join(dir, "first"));
    writeFileSync(join(dir, "first/state"), "changed");
    await images.copyTo(image, join(dir, "second"));
    expect(readFileSync(join(dir, "second/state"), "utf8")).toBe("as built");
  });

  test("are unpacked once, also when two tasks start together", async () => {
    const image = await imageOf({ state: "as built" });
    const images = new UnpackedImages(join(dir, "unpacked"));
    await Promise.all([images.copyTo(image, join(dir, "a")), images.copyTo(image, join(dir, "b"))]);
    const [kept, ...others] = readdirSync(join(dir, "unpacked"));
    expect(others).toEqual([]);
    const inode = lstatSync(join(dir, "unpacked", kept!)).ino;
    await new UnpackedImages(join(dir, "unpacked")).copyTo(image, join(dir, "c"));
    expect(lstatSync(join(dir, "unpacked", kept!)).ino).toBe(inode);
  });

  test("are not waited for by a task that stops, and come for those that do not", async () => {
    const image = await imageOf({ large: randomBytes(2_000_000) });
    const images = new UnpackedImages(join(dir, "unpacked"));
    const [first, second] = [new AbortController(), new AbortController()];
    const given = images.copyTo(image, join(dir, "a"), first.signal);
    const stays = images.copyTo(image, join(dir, "b"), second.signal);
    first.abort(new Error("stopped"));
    await expect(given).rejects.toThrow("stopped");
    await stays;
    expect(existsSync(join(dir, "b/large"))).toBe(true);
    expect(existsSync(join(dir, "a"))).toBe(false);
  });

  test("are twenty at most, those that were used last", async () => {
    const images = new UnpackedImages(join(dir, "unpacked"));
    const use = async (number: number, copy: string) =>
      images.copyTo(await imageOf({ number: String(number) }), join(dir, copy));
    for (let number = 0; number < 20; number++) await use(number, `copy-${number}`);
    await use(0, "again");
    await use(20, "copy-20");
    expect(readdirSync(join(dir, "unpacked"))).toHaveLength(20);
    const numbers = readdirSync(join(dir, "unpacked")).map((name) =>
      readFileSync(join(dir, "unpacked", name, "number"), "utf8"),
    );
    expect(numbers).toContain("0");
    expect(numbers).not.toContain("1");
  }, 20_000);

  test("lose what a dead server left half-done", async () => {
    const images = new UnpackedImages(join(dir, "unpacked"));
    await images.copyTo(await imageOf({ a: "1" }), join(dir, "a"));
    writeFileSync(join(dir, "unpacked/abc.tmp"), "");
    await images.prune();
    expect(readdirSync(join(dir, "unpacked")).filter((name) => name.includes("."))).toEqual([]);
    expect(readdirSync(join(dir, "unpacked"))).toHaveLength(1);
  });
});

test("what goes on being unpacked when its task has stopped is done when the images are closed", async () => {
  const images = new UnpackedImages(join(dir, "unpacked"));
  const files = Array.from({ length: 300 }, (_, at) => [`app/${at}/file`, "text"] as const);
  const image = await imageOf(files);
  const stop = new AbortController();
  const copied = images.copyTo(image, join(dir, "copy"), stop.signal);
  stop.abort();
  await expect(copied).rejects.toThrow("aborted");
  await images.close();
  expect(readdirSync(join(dir, "unpacked")).filter((name) => name.includes("."))).toEqual([]);
  expect(readdirSync(join(dir, "unpacked"))).toHaveLength(1);
});
