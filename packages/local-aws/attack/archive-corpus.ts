import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { pack, type Header } from "tar-stream";

/** An entry of an archive, as it says it is. */
export type Item = Partial<Header> & { readonly name: string; readonly content?: string | Buffer };

/** Layers that are not what they should be, and what is wrong with them. */
type Known = readonly [name: string, layers: () => Promise<Buffer[]>];

const MIB = 1024 * 1024;

export async function tarOf(items: readonly Item[]): Promise<Buffer> {
  const archive = pack();
  for (const { content = "", ...header } of items) archive.entry(header, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** @param outside a directory that must not be touched, with a file `canary` */
export function archiveCorpus(outside: string): Known[] {
  return [...lies(), ...ways(outside), ...links(outside), ...oddKinds()];
}

/** Archives that end early, or whose sizes and sums are not theirs. */
function lies(): Known[] {
  const noise = randomBytes(50_000);
  const file = () => tarOf([{ name: "a", content: noise }]);
  const cut = (share: number): Known => [
    `ends after ${share * 100} % of its bytes`,
    async () => {
      const whole = gzipSync(await file());
      return [whole.subarray(0, Math.floor(whole.length * share))];
    },
  ];
  return [
    ...[0, 0.01, 0.5, 0.9999].map(cut),
    ["is no gzip", async () => [randomBytes(5000)]],
    ["is a gzip of no archive", async () => [gzipSync(randomBytes(5000))]],
    [
      "has a wrong sum",
      async () => {
        const bytes = await file();
        bytes[10] = 65;
        return [gzipSync(bytes)];
      },
    ],
    ["ends within an entry", async () => [gzipSync((await file()).subarray(0, 20_000))]],
    [
      "says 11 GB and has 1 MB",
      async () => [
        gzipSync(Buffer.concat([header(0x30, "big", 11 * 1024 ** 3), Buffer.alloc(MIB)])),
      ],
    ],
    [
      "says less than nothing",
      async () => [gzipSync(Buffer.concat([header(0x30, "big", -1), Buffer.alloc(MIB)]))],
    ],
  ];
}

/** Small archives that would become large. */
export function archiveBombs(): Known[] {
  return [
    ["has a pax header of 1.5 GB", async () => [paxBomb(0x78)]],
    ["has a global pax header of 1.5 GB", async () => [paxBomb(0x67)]],
    ["has a long name of 1.5 GB", async () => [paxBomb(0x4c)]],
    [
      "has a file of 11 GB of zeros",
      async () => {
        const zeros = gzipSync(Buffer.alloc(64 * MIB), { level: 1 });
        const head = gzipSync(header(0x30, "zeros", 11 * 1024 ** 3));
        return [Buffer.concat([head, ...Array.from({ length: 8 }, () => zeros)])];
      },
    ],
    [
      "has 600,000 entries",
      async () => {
        const part = gzipSync(Buffer.concat(Array(100).fill(header(0x35, "d/", 0))), { level: 1 });
        return [Buffer.concat([...Array<Buffer>(6000).fill(part), gzipSync(Buffer.alloc(1024))])];
      },
    ],
    [
      "has a path of 8,000 bytes",
      async () => [
        gzipSync(await tarOf([{ name: Array(80).fill("d".repeat(99)).join("/"), content: "x" }])),
      ],
    ],
    [
      "has a name of 300 bytes",
      async () => [gzipSync(await tarOf([{ name: "n".repeat(300), content: "x" }]))],
    ],
  ];
}

/** Names that lead out of the root. */
function ways(outside: string): Known[] {
  const up = "../".repeat(30);
  const out = up + outside.slice(1);
  return [
    one("writes by ..", { name: `${out}/p1`, content: "x" }),
    one("writes by an absolute name", { name: `${outside}/p2`, content: "x" }),
    one("writes by a backslash", { name: "..\\..\\p", content: "x" }),
    one("takes away by ..", { name: `${out}/.wh.canary`, content: "" }),
    one("takes away ..", { name: "a/.wh...", content: "" }),
    one("is its own root without rights", { name: ".", type: "directory", mode: 0o000 }),
    one("is a file in the place of the root", { name: "/", content: "x" }),
    one("has a null in a name", { name: "a\0b", content: "x" }),
  ];
}

/** Links that lead out of the root, and what is then done through them. */
function links(outside: string): Known[] {
  const out = "../".repeat(30) + outside.slice(1);
  const deep = [..."abcdefghijklmnopqrst"].join("/");
  const link = (name: string, linkname: string): Item => ({ name, type: "symlink", linkname });
  const hard = (name: string, linkname: string): Item => ({ name, type: "link", linkname });
  const file = (name: string): Item => ({ name, content: "overwritten" });
  const folder = (name: string, mode = 0o777): Item => ({ name, type: "directory", mode });
  return [
    one("writes through a link", link("l", outside), file("l/p3")),
    one("writes through a link by ..", link("l", out), file("l/p4")),
    several("writes in the next layer", [link("l", out)], [file("l/p5")]),
    one("puts a link over a folder", folder("d"), { ...link("d", outside) }, file("d/p6")),
    one("links hard to the outside", hard("h", `${outside}/canary`), file("h")),
    one("links hard by ..", hard("h", `${out}/canary`)),
    one("links hard to a link", link("a", `${outside}/canary`), hard("b", "a"), file("b")),
    one("writes in the place of a link", link("a", `${outside}/canary`), file("a")),
    one("takes away through a link", link("l", outside), file("l/.wh.canary")),
    one("empties through a link", link("l", outside), file("l/.wh..wh..opq")),
    one("has links in a circle", link("a", "b"), link("b", "a"), file("a/x")),
    one(
      "changes rights through a link",
      folder(`${deep}/`),
      link(`${deep}/er`, "/"),
      folder("victim"),
      link(`${deep}/er/victim`, out),
    ),
    one("changes rights through a parent's link", folder("p/outside"), link("p", `${outside}/..`)),
    several("changes rights in the next layer", [link("l", outside)], [folder("l/")]),
    one("changes owners through a link", link("l", outside), {
      ...folder("l/"),
      uid: 4242,
      gid: 4242,
    }),
    one("changes owners through a hard link", hard("h", `${out}/canary`), {
      ...file("h"),
      uid: 4242,
      gid: 4242,
      mode: 0o666,
    }),
  ];
}

function oddKinds(): Known[] {
  return [
    one("has a device", { name: "x", type: "character-device", devmajor: 1, devminor: 3 }),
    one("has a pipe", { name: "x", type: "fifo" }),
    one("has a program of root", {
      name: "su",
      mode: 0o6755,
      uid: 0,
      gid: 0,
      content: "#!/bin/sh\n",
    }),
    one("has a folder over a file", { name: "f", content: "x" }, { name: "f/g", content: "x" }),
  ];
}

const one = (name: string, ...items: Item[]): Known => several(name, items);

const several = (name: string, ...layers: Item[][]): Known => [
  name,
  () => Promise.all(layers.map(async (items) => gzipSync(await tarOf(items)))),
];

/** A header that says what it likes of its size. https://www.gnu.org/software/tar/manual/html_node/Standard.html */
function header(type: number, name: string, size: number): Buffer {
  const bytes = Buffer.alloc(512);
  bytes.write(name, 0, "latin1");
  bytes.write("0000644\0", 100, "latin1");
  bytes.write("0000000\0".repeat(2), 108, "latin1");
  if (size >= 0 && size < 8 ** 11)
    bytes.write(`${size.toString(8).padStart(11, "0")} `, 124, "latin1");
  else {
    // Larger ones, and negative ones, are binary.
    bytes.writeBigInt64BE(BigInt(size), 128);
    bytes.writeUInt32BE(size < 0 ? 0xff_ff_ff_ff : 0x80_00_00_00, 124);
  }
  bytes.write("00000000000 ", 136, "latin1");
  bytes[156] = type;
  bytes.write("ustar\x0000", 257, "latin1");
  let sum = 8 * 32;
  for (const [at, byte] of bytes.entries()) if (at < 148 || at > 155) sum += byte;
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return bytes;
}

/** A header that is to be kept in memory whole, of 1.5 GB in 1.5 MB. */
function paxBomb(type: number): Buffer {
  const part = gzipSync(Buffer.alloc(64 * MIB), { level: 6 });
  const head = gzipSync(header(type, "././@PaxHeader", 1536 * MIB));
  return Buffer.concat([
    head,
    ...Array.from({ length: 24 }, () => part),
    gzipSync(Buffer.alloc(1024)),
  ]);
}
