import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, realpathSync } from "node:fs";
import { lstat, mkdir, readdir, readFile, readlink, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { pack, type Pack } from "tar-stream";
import type { PulledImage } from "../../images/puller.ts";
import { isExecutable, SYSTEM_PROGRAMS } from "../process/base-tools.ts";

type Layer = PulledImage["layers"][number];

const SYSTEM_DIRECTORIES = ["/bin", "/usr/bin", "/sbin", "/usr/sbin"];
/** Files that programs of a base look for, as far as this machine has them. */
const SYSTEM_FILES = ["/etc/ssl/certs/ca-certificates.crt", "/usr/share/zoneinfo/UTC"];

/** The same machine makes the same layer, which is then unpacked once. */
const EPOCH = new Date(0);

const PASSWD = `root:x:0:0:root:/root:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
node:x:1000:1000::/home/node:/bin/sh
`;
const GROUP = "root:x:0:\nnogroup:x:65534:\nnode:x:1000:\n";
const DIRECTORIES: readonly (readonly [path: string, mode: number, uid?: number])[] = [
  ["root", 0o700],
  ["home/node", 0o755, 1000],
  ["tmp", 0o1777],
  ["var/tmp", 0o1777],
  ["run", 0o755],
];

/**
 * Layers that stand in for a base image which was recorded and not fetched (`FROM node:24-slim`): the workbook's own runtime, and the shell and
 * small programs that every base has, each with the libraries that it needs, copied from this machine.
 */
export class BaseLayers {
  readonly #directory: string;
  readonly #toolsPath: readonly string[];
  readonly #made = new Map<string, Promise<Layer>>();

  /**
   * @param directory where the layers are kept
   * @param toolsPath directories in which `node` is looked for, in order
   */
  constructor(directory: string, toolsPath: readonly string[]) {
    this.#directory = directory;
    this.#toolsPath = toolsPath;
  }

  /** The layer for a base image by its name: distroless ones have a runtime and no system. */
  layerFor(base: string): Promise<Layer> {
    const kind = base.includes("distroless") ? "runtime" : "system";
    let layer = this.#made.get(kind);
    if (!layer) {
      layer = this.#make(kind);
      this.#made.set(kind, layer);
      layer.catch(() => this.#made.delete(kind));
    }
    return layer;
  }

  async #make(kind: "runtime" | "system"): Promise<Layer> {
    await mkdir(this.#directory, { recursive: true });
    const file = join(this.#directory, `${kind}.tar`);
    const unfinished = `${file}.unfinished`;
    const tar = pack();
    const writing = pipeline(tar, createWriteStream(unfinished));
    writing.catch((error: Error) => tar.destroy(error));
    const layer = new LayerWriter(tar);
    for (const [path, mode, uid] of DIRECTORIES) layer.directory(path, mode, uid);
    // One tree, whichever path a program or a library is called by.
    for (const name of ["bin", "sbin", "lib", "lib64"]) layer.link(name, `usr/${name}`);
    layer.text("etc/passwd", PASSWD);
    layer.text("etc/group", GROUP);
    layer.text("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n");
    await this.#addRuntime(layer);
    if (kind === "system") await addSystem(layer);
    tar.finalize();
    await writing;
    await rename(unfinished, file);
    return {
      digest: await digestOf(file),
      mediaType: "application/vnd.oci.image.layer.v1.tar",
      file,
    };
  }

  /** Node.js as its own image has it, with npm where this machine's came with it. */
  async #addRuntime(layer: LayerWriter): Promise<void> {
    const node = this.#toolsPath.map((directory) => join(directory, "node")).find(isExecutable);
    if (node === undefined) return;
    await layer.programs([[node, "usr/local/bin/node"]]);
    const npm = join(dirname(realpathSync(node)), "../lib/node_modules/npm");
    if (!existsSync(npm)) return;
    await layer.tree(npm, "usr/local/lib/node_modules/npm");
    for (const name of ["npm", "npx"])
      layer.link(`usr/local/bin/${name}`, `../lib/node_modules/npm/bin/${name}-cli.js`);
  }
}

async function addSystem(layer: LayerWriter): Promise<void> {
  const programs = SYSTEM_PROGRAMS.flatMap((name) => {
    const found = SYSTEM_DIRECTORIES.map((directory) => join(directory, name)).find(isExecutable);
    return found === undefined ? [] : [[found, `usr/bin/${name}`] as const];
  });
  await layer.programs(programs);
  for (const path of SYSTEM_FILES)
    if (existsSync(path)) await layer.file(realpathSync(path), path.slice(1), 0o644);
}

/** Writes the entries of a layer, each path once. */
class LayerWriter {
  readonly #tar: Pack;
  readonly #written = new Set<string>();

  constructor(tar: Pack) {
    this.#tar = tar;
  }

  directory(name: string, mode: number, uid = 0): void {
    this.#tar.entry({ name, type: "directory", mode, uid, gid: uid, mtime: EPOCH });
  }

  text(name: string, text: string): void {
    this.#tar.entry({ name, mode: 0o644, mtime: EPOCH }, text);
  }

  link(name: string, linkname: string): void {
    this.#tar.entry({ name, type: "symlink", linkname, mtime: EPOCH });
  }

  async file(path: string, name: string, mode: number): Promise<void> {
    if (this.#written.has(name)) return;
    this.#written.add(name);
    const bytes = await readFile(path);
    await new Promise<void>((resolve, reject) => {
      this.#tar.entry({ name, mode, mtime: EPOCH }, bytes, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }

  /** Programs and the libraries that their loader would bring, at their own paths. */
  async programs(list: readonly (readonly [path: string, name: string])[]): Promise<void> {
    for (const [path, name] of list) await this.file(realpathSync(path), name, 0o755);
    const libraries = await librariesOf(list.map(([path]) => realpathSync(path)));
    for (const [from, to] of libraries) await this.file(from, to, 0o755);
  }

  async tree(path: string, name: string): Promise<void> {
    for (const entry of await readdir(path)) {
      const from = join(path, entry);
      const to = `${name}/${entry}`;
      const found = await lstat(from);
      if (found.isDirectory()) await this.tree(from, to);
      else if (found.isSymbolicLink()) this.link(to, await readlink(from));
      else await this.file(from, to, found.mode & 0o777);
    }
  }
}

/**
 * The libraries of programs, with their paths in the layer; none for a static one and for a script.
 * @see https://man7.org/linux/man-pages/man1/ldd.1.html
 */
async function librariesOf(
  programs: readonly string[],
): Promise<readonly (readonly [from: string, to: string])[]> {
  // It complains of those that have none, and tells of the others all the same.
  const { stdout } = await promisify(execFile)("ldd", programs).catch(
    (error: { stdout: string }) => error,
  );
  return Array.from(stdout.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm), ([, path = ""]) => [
    realpathSync(path),
    path.replace(/^\/(?=lib(?:64)?\/)/, "/usr/").slice(1),
  ]);
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest("hex")}`;
}
