import { createReadStream } from "node:fs";
import { posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { extract, type Header } from "tar-stream";
import { FileTree, parentOf, toTreePath, type TreeEntry } from "../files/tree.ts";

/** A layer's blob on this machine. */
export interface LayerFile {
  readonly file: string;
  /** Its end says how it is compressed. */
  readonly mediaType: string;
}

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";

/**
 * What layers hold together, lowest first, without the contents: who owns what, and where a link leads.
 * https://github.com/opencontainers/image-spec/blob/main/layer.md
 */
export async function readTree(
  layers: readonly LayerFile[],
  signal: AbortSignal | undefined,
): Promise<TreeEntry[]> {
  const tree = new FileTree();
  for (const layer of layers) {
    const headers = await readHeaders(layer, signal);
    // An opaque whiteout is about what lies below, wherever it stands in its own layer.
    for (const { name } of headers)
      if (posix.basename(name) === OPAQUE) empty(tree, placeOf(tree, parentOf(bare(name))));
    for (const header of headers) apply(tree, header);
  }
  return [...tree.entries()];
}

function empty(tree: FileTree, folder: string): void {
  for (const { path } of tree.below(folder))
    if (path !== folder) tree.apply([{ path, type: "whiteout" }]);
}

function apply(tree: FileTree, { name, type, mode = 0, uid = 0, gid = 0, linkname }: Header): void {
  const given = bare(name);
  const base = posix.basename(given);
  if (given === "" || base === OPAQUE) return;
  const folder = placeOf(tree, parentOf(given));
  const inFolder = (entry: string) => (folder === "" ? entry : `${folder}/${entry}`);
  const path = inFolder(base);
  const common = { path, mode: mode & 0o7777, uid, gid };
  if (base.startsWith(WHITEOUT))
    tree.apply([{ path: inFolder(base.slice(WHITEOUT.length)), type: "whiteout" }]);
  else if (type === "directory") put(tree, { ...common, type });
  else if (type === "symlink") put(tree, { ...common, mode: 0o777, type, target: linkname ?? "" });
  else if (type === "file" || type === "contiguous-file") put(tree, { ...common, type: "file" });
  else if (type === "link") {
    const target = tree.get(placeOf(tree, bare(linkname ?? "")));
    if (target !== undefined) put(tree, { ...target, path });
  }
}

/** What takes the place of a folder takes that of all that was in it. */
function put(tree: FileTree, entry: TreeEntry): void {
  const isFolders = tree.get(entry.path)?.type === "directory" && entry.type !== "directory";
  if (isFolders) tree.apply([entry]);
  else tree.put(entry);
}

const bare = (name: string) => toTreePath(name);
/** Where a folder really is: a layer may name it by a link of a lower one. */
const placeOf = (tree: FileTree, folder: string) => tree.resolve(folder);

async function readHeaders(
  { file, mediaType }: LayerFile,
  signal: AbortSignal | undefined,
): Promise<Header[]> {
  const headers: Header[] = [];
  const tar = extract();
  const feeding = pipeline([createReadStream(file), ...decompress(mediaType), tar], { signal });
  feeding.catch((error: Error) => tar.destroy(error));
  for await (const entry of tar) {
    headers.push(entry.header);
    entry.resume();
  }
  await feeding;
  return headers;
}

function decompress(mediaType: string) {
  if (/[+.]gzip$/.test(mediaType)) return [createGunzip()];
  if (/[+.]zstd$/.test(mediaType)) return [createZstdDecompress()];
  return [];
}
