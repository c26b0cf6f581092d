import { execFileSync } from "node:child_process";
import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import type { TinyEntry } from "../../src/engine/runtime/testing/tiny-image.ts";

/** What packages need at their installation and not when they run: there where it is asked for. */
const NOT_NEEDED =
  /^(?:debconf|perl.*|lsb-base|init-system-helpers|sysvinit-utils|adduser|dpkg|tar|passwd|libpam.*)$/;
/** What no test reads. */
const NOT_READ =
  /^\/usr\/share\/(?:doc|man|locale|lintian|info|bash-completion|bug|zoneinfo|i18n)\//;

/**
 * The files of a whole image that knows nothing of this project, made of Debian packages that are installed on this machine, with
 * all that they depend on: as `debootstrap` would unpack them, without the network.
 */
export function debianFiles(...packages: readonly string[]): (readonly [string, TinyEntry])[] {
  const entries = new Map<string, TinyEntry>();
  for (const directory of ["bin", "sbin", "lib", "lib64"])
    entries.set(directory, { type: "symlink", linkname: `usr/${directory}` });
  for (const [path, mode] of [
    ["tmp/", 0o1777],
    ["run/", 0o755],
    ["root/", 0o700],
    ["var/log/", 0o755],
    ["var/tmp/", 0o1777],
  ] as const)
    entries.set(path, { type: "directory", mode });
  for (const name of closure(packages)) for (const path of query("-L", name)) add(entries, path);
  for (const file of ["/etc/passwd", "/etc/group"])
    entries.set(file.slice(1), readFileSync(`/usr/share/base-passwd${file.slice(4)}.master`));
  return [...entries];
}

function closure(packages: readonly string[]): Set<string> {
  const found = new Set<string>();
  const pending = [...packages];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (found.has(name) || (NOT_NEEDED.test(name) && !packages.includes(name))) continue;
    found.add(name);
    const [depends = ""] = query("-W", "-f=${Depends}, ${Pre-Depends}\n", name);
    for (const alternatives of depends.split(",")) {
      const names = alternatives.split("|").map((text) => text.trim().replace(/[ :(].*/s, ""));
      const installed = names.find((each) => each !== "" && isInstalled(each));
      if (installed !== undefined) pending.push(installed);
    }
  }
  return found;
}

function query(...args: string[]): string[] {
  return execFileSync("dpkg-query", args, { encoding: "utf8" }).split("\n").filter(Boolean);
}

function isInstalled(name: string): boolean {
  try {
    return query("-W", "-f=${Status}\n", name).some((status) => status.endsWith(" installed"));
  } catch {
    return false; // A virtual one, which another provides.
  }
}

function add(entries: Map<string, TinyEntry>, path: string): void {
  if (!path.startsWith("/") || path === "/." || NOT_READ.test(path)) return;
  const name = path.replace(/^\/(?=(?:s?bin|lib|lib64)\/)/, "/usr/").slice(1);
  if (/^(?:s?bin|lib|lib64)$/.test(name)) return;
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  const mode = found.mode & 0o7777;
  if (found.isDirectory()) entries.set(`${name}/`, { type: "directory", mode });
  else if (found.isSymbolicLink())
    entries.set(name, { type: "symlink", linkname: readlinkSync(path) });
  else if (found.isFile())
    entries.set(name, { mode, content: readFileSync(path) as unknown as string });
}
