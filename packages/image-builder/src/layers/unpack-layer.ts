import { createReadStream } from "node:fs";
import { chmod, lstat, mkdir, open, readdir, rm, symlink, link } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract, type Header } from "tar-stream";
import { BuildError } from "../errors.ts";
import type { LayerEntry } from "../files/tree.ts";

/** How much one layer may hold when it is unpacked, so that a small hostile blob cannot fill the disk. */
const MAX_LAYER_BYTES = 8 * 1024 ** 3;

/**
 * Unpacks a layer over what is in a folder already; white-outs remove files. Nothing is written outside the folder,
 * whatever the archive says: names with `..` are refused, and so is writing through a symbolic link. Owners are not set.
 * https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets
 *
 * @param blob path of a tar file, compressed with gzip or not
 * @returns what the layer changed
 * @throws {BuildError} `BAD_IMAGE` for a name, a link or a kind of file that cannot be allowed
 */
export async function unpackLayer(
  blob: string,
  root: string,
  { compressed, signal }: { compressed: boolean; signal?: AbortSignal },
): Promise<LayerEntry[]> {
  const changes: LayerEntry[] = [];
  const modes: { file: string; mode: number }[] = [];
  let total = 0;
  const unpack = extract();
  const input = createReadStream(blob);
  const feeding = compressed
    ? pipeline(input, createGunzip(), unpack, { signal })
    : pipeline(input, unpack, { signal });
  const reading = (async () => {
    for await (const entry of unpack) {
      total += entry.header.size ?? 0;
      if (total > MAX_LAYER_BYTES)
        throw new BuildError("BAD_IMAGE", [
          "the layer is too large to be unpacked",
          "レイヤーが大きすぎて展開できません",
        ]);
      const change = await unpackEntry(entry, root);
      if (change === undefined) continue;
      changes.push(change);
      if (change.type === "directory")
        modes.push({ file: join(root, change.path), mode: change.mode });
    }
  })();
  const results = await Promise.allSettled([reading, feeding]);
  for (const result of results) if (result.status === "rejected") throw result.reason;
  // A folder may forbid writing: it gets its mode when all that belongs into it is there.
  for (const { file, mode } of modes.toReversed()) await chmodIfPresent(file, mode);
  return changes;
}

type Entry = AsyncIterable<unknown> & { header: Header; resume: () => unknown };

async function unpackEntry(entry: Entry, root: string): Promise<LayerEntry | undefined> {
  const { header } = entry;
  const path = toSafePath(header.name);
  if (path === "") {
    entry.resume();
    return undefined;
  }
  await checkParents(root, path);
  const file = join(root, path);
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (name.startsWith(".wh.")) {
    entry.resume();
    return await applyWhiteout(root, path, name);
  }
  await mkdir(dirname(file), { recursive: true });
  const owner = {
    uid: header.uid ?? 0,
    gid: header.gid ?? 0,
    mode: (header.mode ?? 0o644) & 0o7777,
  };
  const existing = await lstat(file).catch(ignoreMissing);
  if (existing && !(existing.isDirectory() && header.type === "directory"))
    await rm(file, { recursive: true });
  switch (header.type) {
    case "directory":
      await mkdir(file, { recursive: true });
      entry.resume();
      return { path, type: "directory", ...owner };
    case "symlink":
      await symlink(header.linkname ?? "", file);
      entry.resume();
      return { path, type: "symlink", target: header.linkname ?? "", ...owner };
    case "file":
    case "contiguous-file":
      await writeFileEntry(entry, file, owner.mode);
      return { path, type: "file", ...owner };
    case "link": {
      const target = toSafePath(header.linkname ?? "");
      await checkParents(root, target);
      await link(join(root, target), file);
      entry.resume();
      return { path, type: "file", ...owner };
    }
    default:
      throw new BuildError("BAD_IMAGE", [
        `/${path} is a ${header.type}, which cannot be unpacked here`,
        `/${path} は ${header.type} なので、ここでは展開できません`,
      ]);
  }
}

async function writeFileEntry(entry: Entry, file: string, mode: number): Promise<void> {
  const output = await open(file, "wx", 0o600);
  try {
    for await (const chunk of entry as AsyncIterable<Buffer>) await output.writeFile(chunk);
    await output.chmod(mode);
  } finally {
    await output.close();
  }
}

async function applyWhiteout(
  root: string,
  path: string,
  name: string,
): Promise<LayerEntry | undefined> {
  const folder = dirname(join(root, path));
  if (name === ".wh..wh..opq") {
    for (const child of (await readdir(folder).catch(ignoreMissing)) ?? []) {
      await rm(join(folder, child), { recursive: true, force: true });
    }
    return undefined;
  }
  const hiddenName = name.slice(".wh.".length);
  if (["", ".", ".."].includes(hiddenName)) {
    throw new BuildError("BAD_IMAGE", [
      `the layer removes ${JSON.stringify(hiddenName)}, which is no file`,
      `レイヤーが削除する ${JSON.stringify(hiddenName)} はファイルではありません`,
    ]);
  }
  const hidden = path.slice(0, path.length - name.length) + hiddenName;
  await rm(join(root, hidden), { recursive: true, force: true });
  return { path: hidden, type: "whiteout" };
}

/** https://github.com/opencontainers/image-spec/blob/main/layer.md: names are relative to the root of the file system. */
function toSafePath(name: string): string {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..") || name.includes("\0")) {
    throw new BuildError("BAD_IMAGE", [
      `the layer names a path outside of the image: ${JSON.stringify(name)}`,
      `レイヤーのパスがイメージの外を指しています: ${JSON.stringify(name)}`,
    ]);
  }
  return parts.join("/");
}

/** No folder on the way may be a symbolic link: it could lead out of the root. */
async function checkParents(root: string, path: string): Promise<void> {
  const parts = path.split("/").slice(0, -1);
  let here = root;
  for (const part of parts) {
    here = join(here, part);
    const found = await lstat(here).catch(ignoreMissing);
    if (found === undefined) return;
    if (!found.isDirectory()) {
      throw new BuildError("BAD_IMAGE", [
        `the layer writes /${path} through something that is not a folder`,
        `レイヤーが /${path} に書きますが、途中がフォルダーではありません`,
      ]);
    }
  }
}

async function chmodIfPresent(file: string, mode: number): Promise<void> {
  await chmod(file, mode).catch(ignoreMissing); // a later entry of the layer may have removed it
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
  return undefined;
}
