import { execFile } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { spawn } from "node:child_process";
import { promisify } from "node:util";
import { extract } from "tar-stream";
import type { Entry, Recipe } from "./recipe.ts";

const run = promisify(execFile);

/** What packages need at their installation, or for what no image here does, and not when they run. */
const NOT_NEEDED =
  /^(?:adduser|debconf.*|debianutils|dpkg|init-system-helpers|iproute2|libpam-.*|libllvm\d+|locales|logrotate|lsb-base|netbase|passwd|perl.*|postgresql-(?:client-)?common|sensible-utils|ssl-cert|sysvinit-utils|tar|tzdata)$/;
/** What nobody reads there. */
const NOT_READ =
  /^usr\/share\/(?:bash-completion|bug|doc|i18n|info|lintian|locale|man|zoneinfo)\/|^usr\/lib\/postgresql\/\d+\/lib\/bitcode\//;

/** What some dozen packages may take to come; then those that are installed do as well. */
const DOWNLOAD_MS = 90_000;

/** The files of Debian packages, with all that they depend on, by path without the first slash. */
export interface DebianFiles {
  readonly entries: ReadonlyMap<string, Entry>;
  /** By package. */
  readonly versions: ReadonlyMap<string, string>;
}

/**
 * Takes packages apart, as `debootstrap` would unpack them and without installing any: from Debian's archive, or where that
 * cannot be reached from this machine, where they are installed.
 * @param recipe its extras are left out where they are not to be had
 * @param scratch a folder for packages; it is made, and removed afterwards
 * @throws Error that says what is missing
 */
export async function debianFiles(
  { packages, extras = [] }: Pick<Recipe, "packages" | "extras">,
  scratch: string,
  signal?: AbortSignal,
): Promise<DebianFiles> {
  const entries = new Map<string, Entry>();
  mkdirSync(scratch, { recursive: true });
  try {
    const apt = { index: join(scratch, "packages.bin"), signal };
    const needed = await closure(packages, apt);
    const all = extras.length === 0 ? needed : await closureWith(needed, extras, apt);
    const unreachable = await download([...all.keys()], scratch, apt);
    if (unreachable !== undefined) {
      await takeInstalled([...needed.keys()], entries, unreachable);
      return { entries, versions: needed };
    }
    const archives = readdirSync(scratch).filter((name) => name.endsWith(".deb"));
    for (const name of archives.toSorted()) await unpack(join(scratch, name), entries, signal);
    return { entries, versions: all };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Whose packages these are: `Debian`, `Ubuntu`. */
export function distribution(): string {
  const file = "/etc/os-release";
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const id = /^ID="?([a-z]+)/m.exec(text)?.[1] ?? "debian";
  return id[0]!.toUpperCase() + id.slice(1);
}

/** How apt is called. */
interface Apt {
  /** Where it keeps what it reads of its lists, which takes most of its time: many machines keep it nowhere. */
  readonly index: string;
  readonly signal: AbortSignal | undefined;
}

const settings = ({ index }: Apt) => [
  "-o",
  `Dir::Cache::pkgcache=${index}`,
  "-o",
  "Dir::Cache::srcpkgcache=",
];

/** Names and versions of packages with all that they need to run. @throws Error where one is not known */
async function closure(packages: readonly string[], apt: Apt) {
  const versions = new Map<string, string>();
  for (let pending = [...packages]; pending.length > 0;) {
    const found = await describe(pending, apt);
    const unknown = pending.filter((name) => !found.some((each) => each.name === name));
    // An alternative, or a virtual package, which another provides: where it is needed, the program says so.
    const wanted = unknown.filter((name) => packages.includes(name));
    if (wanted.length > 0) throw new Error(`Debian's lists have no package ${wanted.join(", ")}`);
    for (const { name, version } of found) versions.set(name, version);
    const next = new Set(found.flatMap(({ depends }) => depends));
    pending = [...next].filter((name) => !versions.has(name) && !unknown.includes(name));
  }
  return versions;
}

/** What is needed, and extras as far as the lists have them. */
async function closureWith(
  needed: ReadonlyMap<string, string>,
  extras: readonly string[],
  apt: Apt,
): Promise<ReadonlyMap<string, string>> {
  const known = (await describe(extras, apt)).map(({ name }) => name);
  return new Map([...needed, ...(known.length > 0 ? await closure(known, apt) : [])]);
}

async function describe(names: readonly string[], apt: Apt) {
  const show = [...settings(apt), "show", "--no-all-versions", ...names];
  const { stdout } = await run("apt-cache", show, {
    signal: apt.signal,
    maxBuffer: 1e8,
    env: { ...process.env, LC_ALL: "C" },
  }).catch((error: Error & { stdout?: string }) => {
    // It ends so where one of them is virtual, and tells of the others all the same.
    if (error.stdout) return { stdout: error.stdout };
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error("this machine has no apt, and it takes packages of Debian or Ubuntu", {
      cause: error,
    });
  });
  return stdout.split(/\n\n+/).flatMap((paragraph) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(paragraph)?.[1];
    const name = field("Package");
    if (name === undefined) return [];
    const depends = [field("Depends"), field("Pre-Depends")]
      .flatMap((list) => list?.split(",") ?? [])
      .map((one) =>
        one
          .split("|")[0]!
          .trim()
          .replace(/[ :(].*/s, ""),
      )
      .filter((one) => one !== "" && !NOT_NEEDED.test(one));
    return [{ name, version: field("Version") ?? "", depends }];
  });
}

/** Fetches packages; answers why not, where they cannot be had. */
async function download(names: readonly string[], folder: string, apt: Apt) {
  const { signal } = apt;
  try {
    const quick = ["-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=10"];
    await run("apt-get", [...settings(apt), "download", "-q", ...quick, ...names], {
      cwd: folder,
      signal,
      timeout: DOWNLOAD_MS,
    });
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    return error as Error;
  }
}

async function unpack(archive: string, entries: Map<string, Entry>, signal?: AbortSignal) {
  const dpkg = spawn("dpkg-deb", ["--fsys-tarfile", archive], {
    stdio: ["ignore", "pipe", "inherit"],
    signal,
  });
  const ended = new Promise<number | null>((resolve, reject) =>
    dpkg.once("error", reject).once("close", resolve),
  );
  const tar = dpkg.stdout.pipe(extract());
  for await (const entry of tar) {
    const { name, type, mode = 0o644, uid = 0, gid = 0, linkname } = entry.header;
    const content = await buffer(entry);
    const owner = { mode: mode & 0o7777, uid, gid };
    if (type === "directory") add(entries, name, { type, ...owner });
    else if (type === "symlink") add(entries, name, { type, target: linkname! });
    else if (type === "link") add(entries, name, { type, target: placeOf(linkname!) });
    else if (type === "file") add(entries, name, { type, content, ...owner });
  }
  const code = await ended;
  if (code !== 0) throw new Error(`dpkg-deb could not unpack ${archive}: exit code ${code}`);
}

/** The same files, as they lie on this machine. */
async function takeInstalled(
  names: readonly string[],
  entries: Map<string, Entry>,
  unreachable: Error,
): Promise<void> {
  const { stdout } = await run("dpkg-query", ["-W", "-f=${Package} ${Status}\\n"], {
    maxBuffer: 1e8,
  });
  const installed = new Set(
    stdout
      .split("\n")
      .flatMap((line) => (line.endsWith(" installed") ? [line.split(" ")[0]!] : [])),
  );
  const missing = names.filter((name) => !installed.has(name));
  if (missing.length > 0) {
    const lines = unreachable.message.trim().split("\n");
    const said = lines.find((line) => line.startsWith("E:")) ?? lines.at(-1);
    throw new Error(`neither installed here nor to be fetched: ${missing.join(", ")} (${said})`);
  }
  for (const name of names) {
    const { stdout: files } = await run("dpkg-query", ["-L", name], { maxBuffer: 1e8 });
    for (const path of files.split("\n")) if (path.startsWith("/")) addInstalled(entries, path);
  }
}

function addInstalled(entries: Map<string, Entry>, path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found || NOT_READ.test(path.slice(1))) return;
  const owner = { mode: found.mode & 0o7777, uid: found.uid, gid: found.gid };
  if (found.isDirectory()) add(entries, path, { type: "directory", ...owner });
  else if (found.isSymbolicLink())
    add(entries, path, { type: "symlink", target: readlinkSync(path) });
  else if (found.isFile())
    add(entries, path, { type: "file", content: readFileSync(path), ...owner });
}

function add(entries: Map<string, Entry>, path: string, entry: Entry): void {
  const place = placeOf(path);
  if (place === "" || NOT_READ.test(place) || /^(?:s?bin|lib|lib32|lib64|libx32)$/.test(place))
    return;
  if (entry.type === "directory" && entries.has(place)) return;
  entries.set(place, entry);
}

/** Where a package's file lies: `/bin` and the like are `/usr`'s since Debian 12. */
function placeOf(path: string): string {
  const bare = path.replace(/^\.?\//, "").replace(/\/$/, "");
  return bare === "." ? "" : bare.replace(/^(?=(?:s?bin|lib|lib32|lib64|libx32)\/)/, "usr/");
}
