import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pack, type Header } from "tar-stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { unpackLayer, type UnpackOptions } from "./unpack-layer.ts";

type Item = Partial<Header> & { name: string; content?: string | Buffer };

let dir: string;
let root: string;
/** A directory of this machine that no image may touch. */
let outside: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), "image-layers-")));
  root = join(dir, "root");
  outside = join(dir, "outside");
  for (const folder of [root, outside]) mkdirSync(folder, { mode: 0o700 });
  writeFileSync(join(outside, "canary"), "canary", { mode: 0o600 });
});
afterEach(() => rmSync(dir, { recursive: true }));

async function tarOf(items: readonly Item[]): Promise<Buffer> {
  const archive = pack();
  for (const { content = "", ...header } of items) archive.entry(header, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function lay(blob: Buffer, options: UnpackOptions = {}, kind = ".tar+gzip"): Promise<void> {
  const digest = `sha256:${createHash("sha256").update(blob).digest("hex")}`;
  const file = join(dir, "blob");
  writeFileSync(file, blob);
  const mediaType = `application/vnd.oci.image.layer.v1${kind}`;
  return unpackLayer({ file, digest, mediaType }, root, options);
}

test("is laid down each time, however soon its entries come", async () => {
  const blob = await tarOf([{ name: "a", content: "1" }]);
  for (let count = 0; count < 300; count++) await lay(blob, {}, ".tar");
  expect(readFileSync(join(root, "a"), "utf8")).toBe("1");
});

const unpack = async (items: readonly Item[], options?: UnpackOptions) =>
  lay(gzipSync(await tarOf(items)), options);

function expectUntouched(): void {
  expect(readdirSync(outside)).toEqual(["canary"]);
  expect(readFileSync(join(outside, "canary"), "utf8")).toBe("canary");
  expect((statSync(outside).mode & 0o7777).toString(8)).toBe("700");
  const { mode, nlink } = statSync(join(outside, "canary"));
  expect([(mode & 0o7777).toString(8), nlink]).toEqual(["600", 1]);
}

test("files, folders and links come with the modes of the layer", async () => {
  await unpack([
    { name: "a/", type: "directory", mode: 0o500 },
    { name: "a/file", content: "text", mode: 0o4750, uid: 5, gid: 6 },
    { name: "link", type: "symlink", linkname: "/etc/passwd" },
    { name: "hard", type: "link", linkname: "a/file" },
  ]);
  expect(readFileSync(join(root, "hard"), "utf8")).toBe("text");
  expect(lstatSync(join(root, "a/file")).mode & 0o7777).toBe(0o4750);
  expect(lstatSync(join(root, "a")).mode & 0o7777).toBe(0o500);
  expect(readlinkSync(join(root, "link"))).toBe("/etc/passwd");
});

test("confined, links stay inside, the owner keeps its rights and special bits go", async () => {
  const items: Item[] = [
    { name: "a/", type: "directory", mode: 0o500 },
    { name: "a/file", content: "text", mode: 0o6555 },
    { name: "a/link", type: "symlink", linkname: "/a/file" },
  ];
  await unpack(items, { confined: true });
  expect(lstatSync(join(root, "a/file")).mode & 0o7777).toBe(0o755);
  expect(lstatSync(join(root, "a")).mode & 0o7777).toBe(0o700);
  expect(readlinkSync(join(root, "a/link"))).toBe("file");
});

describe.each([{ confined: true }, { confined: false }])("with %o", (options) => {
  const out = () => `${"../".repeat(30)}${outside.slice(1)}`;
  const deep = [..."abcdefghij"].join("/");

  test.each<[string, () => Item[][]]>([
    [
      "a mode, through a link that is put over the directory",
      () => [
        [
          { name: `${deep}/`, type: "directory" },
          { name: `${deep}/er`, type: "symlink", linkname: "/" },
          { name: "victim/", type: "directory", mode: 0o777 },
          { name: `${deep}/er/victim`, type: "symlink", linkname: out() },
        ],
      ],
    ],
    [
      "a mode, through a link that comes in the place of a parent",
      () => [
        [
          { name: "p/outside/", type: "directory", mode: 0o777 },
          { name: "p", type: "symlink", linkname: dir },
        ],
      ],
    ],
    [
      "a mode, by a later layer's directory of the link's name",
      () => [
        [{ name: "l", type: "symlink", linkname: outside }],
        [{ name: "l/", type: "directory", mode: 0o777 }],
      ],
    ],
    [
      "a link that is linked again nearer to the root",
      () => [
        [
          { name: `${deep}/l`, type: "symlink", linkname: out() },
          { name: "h", type: "link", linkname: `${deep}/l` },
          { name: "h/p", content: "x" },
        ],
      ],
    ],
    [
      "a hard link and a write to it",
      () => [
        [
          { name: "s", type: "symlink", linkname: join(outside, "canary") },
          { name: "h", type: "link", linkname: "s" },
          { name: "h", content: "overwritten" },
        ],
      ],
    ],
    [
      "a write through a link, in one layer and in the next",
      () => [
        [
          { name: "l", type: "symlink", linkname: outside },
          { name: "l/p", content: "x" },
        ],
        [{ name: "l/q", content: "x" }],
      ],
    ],
    [
      "whiteouts through a link",
      () => [
        [{ name: "l", type: "symlink", linkname: out() }],
        [{ name: "l/.wh.canary" }],
        [{ name: "l/.wh..wh..opq" }],
      ],
    ],
  ])("nothing outside is touched by %s", async (_what, layers) => {
    for (const items of layers()) await unpack(items, options);
    expectUntouched();
    if (options.confined)
      for (const name of readdirSync(root, { recursive: true, encoding: "utf8" })) {
        const path = join(root, name);
        if (lstatSync(path).isSymbolicLink() && existsSync(path))
          expect(`${realpathSync(path)}/`.startsWith(`${root}/`), name).toBe(true);
      }
  });

  test.each<[string, () => Item[], string]>([
    ["a name with ..", () => [{ name: "../out", content: "x" }], "leaves the image's root"],
    [
      "a hard link to the outside",
      () => [{ name: "h", type: "link", linkname: "../outside/canary" }],
      "leaves the image's root",
    ],
    ["a whiteout of ..", () => [{ name: "a/.wh..." }], "names nothing"],
    [
      "a device",
      () => [{ name: "null", type: "character-device", devmajor: 1, devminor: 3 }],
      "null is a character-device",
    ],
    [
      "a name through a file",
      () => [
        { name: "f", content: "x" },
        { name: "f/g", content: "x" },
      ],
      "f/g cannot be made",
    ],
    ["a name of 300 bytes", () => [{ name: "n".repeat(300), content: "x" }], "cannot be made"],
  ])("%s is refused", async (_what, items, message) => {
    await expect(unpack(items(), options)).rejects.toThrow(message);
    expectUntouched();
  });
});

test("a link of the machine that is in the way already is not followed", async () => {
  symlinkSync(outside, join(root, "l"));
  await unpack([{ name: "l/out", content: "x" }]);
  expectUntouched();
  expect(readFileSync(join(root, outside, "out"), "utf8")).toBe("x");
});

test("a directory that is taken away again leaves no mode behind", async () => {
  chmodSync(outside, 0o700);
  await unpack([
    { name: "d/", type: "directory", mode: 0o777 },
    { name: ".wh.d" },
    { name: "e/", type: "directory", mode: 0o711 },
  ]);
  expect(readdirSync(root)).toEqual(["e"]);
  expect(lstatSync(join(root, "e")).mode & 0o777).toBe(0o711);
});

describe("a layer that is not what it says", () => {
  const noise = randomBytes(200_000);

  test.each([0, 1, 10, 600, 20_000, 150_000, -1, -9])("ends early, at byte %i", async (end) => {
    const whole = gzipSync(await tarOf([{ name: "a", content: noise }]));
    await expect(lay(whole.subarray(0, end))).rejects.toThrow("unexpected EOF");
  });

  test.each([100, 700, 100_000])("is a bare archive that ends early, at byte %i", async (end) => {
    const whole = await tarOf([{ name: "a", content: noise }]);
    await expect(lay(whole.subarray(0, end), {}, ".tar")).rejects.toThrow("unexpected EOF");
  });

  test("says a larger size than it has", async () => {
    const whole = await tarOf([{ name: "a", size: 6, content: "x".repeat(6) }]);
    whole.write("77777777777 ", 124, "latin1");
    let sum = 8 * 32;
    for (const [at, byte] of whole.subarray(0, 512).entries())
      if (at < 148 || at > 155) sum += byte;
    whole.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
    await expect(lay(gzipSync(whole))).rejects.toThrow("unexpected EOF");
  });

  test.each<[string, () => Promise<Buffer>, string]>([
    ["no gzip", async () => noise, "incorrect header check"],
    ["no archive", async () => gzipSync(noise), "Invalid tar header"],
    [
      "a header with a wrong sum",
      async () => {
        const bytes = await tarOf([{ name: "a", content: "x" }]);
        bytes[10] = 65;
        return gzipSync(bytes);
      },
      "Invalid tar header",
    ],
  ])("is %s", async (_what, blob, message) => {
    await expect(lay(await blob())).rejects.toThrow(message);
  });

  test("has another digest", async () => {
    const file = join(dir, "blob");
    writeFileSync(file, gzipSync(await tarOf([{ name: "a", content: "x" }])));
    const digest = `sha256:${"0".repeat(64)}`;
    await expect(unpackLayer({ file, digest, mediaType: "x.tar+gzip" }, root)).rejects.toThrow(
      `layer ${digest}: the content has digest sha256:`,
    );
  });
});

test("unpacking ends with its signal", async () => {
  const stop = new AbortController();
  const unpacking = unpack([{ name: "a", content: randomBytes(30_000_000) }], {
    signal: stop.signal,
  });
  stop.abort(new Error("stopped"));
  await expect(unpacking).rejects.toThrow("stopped");
});

test.skipIf(process.getuid!() !== 0)(
  "with owners, each entry belongs to whom the layer says",
  async () => {
    await unpack(
      [
        { name: "a/", type: "directory", uid: 7, gid: 8 },
        { name: "a/file", content: "text", mode: 0o4755, uid: 5, gid: 6 },
        { name: "link", type: "symlink", linkname: outside, uid: 9, gid: 9 },
      ],
      { owners: true },
    );
    const owner = (path: string) => {
      const { uid, gid } = lstatSync(join(root, path));
      return [uid, gid];
    };
    expect(owner("a")).toEqual([7, 8]);
    expect(owner("a/file")).toEqual([5, 6]);
    expect(owner("link")).toEqual([9, 9]);
    expect(lstatSync(join(root, "a/file")).mode & 0o7777).toBe(0o4755);
    expectUntouched();
  },
);
