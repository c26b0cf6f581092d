import {
  createWriteStream,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { describe, expect, test } from "vitest";
import { pack, type Header } from "tar-stream";
import { makeFolder } from "../testing/build-folder.ts";
import { unpackLayer } from "./unpack-layer.ts";

type Item = Partial<Header> & { name: string; content?: string };

async function unpack(items: Item[], prepare: (root: string) => void = () => {}) {
  const folder = makeFolder();
  const root = join(folder, "root");
  mkdirSync(root);
  prepare(root);
  const archive = pack();
  for (const { content = "", ...header } of items) archive.entry(header, content);
  archive.finalize();
  await pipeline(
    archive as unknown as NodeJS.ReadableStream,
    createWriteStream(join(folder, "layer.tar")),
  );
  const changes = await unpackLayer(join(folder, "layer.tar"), root, { compressed: false });
  return { folder, root, changes };
}

test("writes files, folders and links with their modes", async () => {
  const { root, changes } = await unpack([
    { name: "a/", type: "directory", mode: 0o500 },
    { name: "a/file", content: "text", mode: 0o750, uid: 5, gid: 6 },
    { name: "link", type: "symlink", linkname: "/etc/passwd" },
    { name: "hard", type: "link", linkname: "a/file" },
  ]);
  expect(readFileSync(join(root, "a/file"), "utf8")).toBe("text");
  expect(lstatSync(join(root, "a/file")).mode & 0o777).toBe(0o750);
  expect(lstatSync(join(root, "a")).mode & 0o777).toBe(0o500);
  expect(readFileSync(join(root, "hard"), "utf8")).toBe("text");
  expect(changes.map(({ path, type }) => [path, type])).toEqual([
    ["a", "directory"],
    ["a/file", "file"],
    ["link", "symlink"],
    ["hard", "file"],
  ]);
});

test("removes what a white-out names, and everything for an opaque one", async () => {
  const { root } = await unpack(
    [{ name: ".wh.gone" }, { name: "d/.wh..wh..opq" }, { name: "d/new", content: "n" }],
    (into) => {
      writeFileSync(join(into, "gone"), "");
      mkdirSync(join(into, "d"));
      writeFileSync(join(into, "d/old"), "");
    },
  );
  expect(readdirSync(root)).toEqual(["d"]);
  expect(readdirSync(join(root, "d"))).toEqual(["new"]);
});

describe("refuses what could touch a file outside of the folder", () => {
  test.each<[string, Item[]]>([
    ["a name with ..", [{ name: "../out", content: "x" }]],
    [
      "a name through its own link",
      [
        { name: "l", type: "symlink", linkname: ".." },
        { name: "l/out", content: "x" },
      ],
    ],
    ["a hard link to the outside", [{ name: "h", type: "link", linkname: "../secret" }]],
    ["a white-out of ..", [{ name: "a/", type: "directory" }, { name: "a/.wh..." }]],
    ["a device", [{ name: "null", type: "character-device", devmajor: 1, devminor: 3 }]],
  ])("%s", async (_, items) => {
    await expect(unpack(items)).rejects.toMatchObject({ code: "BAD_IMAGE" });
  });

  test("a name through a link of a lower layer", async () => {
    const outside = makeFolder();
    const broken = unpack([{ name: "l/out", content: "x" }], (root) =>
      symlinkSync(outside, join(root, "l")),
    );
    await expect(broken).rejects.toMatchObject({ code: "BAD_IMAGE" });
    expect(existsSync(join(outside, "out"))).toBe(false);
  });
});
