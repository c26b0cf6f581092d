import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { parentOf, type FileTree } from "../files/tree.ts";

/** One thing to do, in order, to make the root that a RUN sees. Paths are absolute inside that root. */
export type MountStep =
  | { do: "bind"; from: string; at: string; readOnly: boolean; isFolder: boolean }
  | { do: "link"; target: string; at: string }
  /** Links to several targets, each under its target's own name, in the folder `at`. */
  | { do: "links"; targets: string[]; at: string }
  | { do: "tmpfs"; at: string }
  | { do: "freeze"; at: string };

/** Where programs and caches of the machine appear inside; taken away after the command. */
export const BUILD_FOLDER = "/.build";

/** Folders of this machine that hold its programs and libraries. */
const SYSTEM_FOLDERS = ["usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "nix"];

/** What a program reads of `/etc` to run and to reach the network: no passwords, no keys. */
const SYSTEM_FILES = [
  "alternatives",
  "ca-certificates",
  "crypto-policies",
  "gai.conf",
  "group",
  "host.conf",
  "hosts",
  "ld.so.cache",
  "ld.so.conf",
  "ld.so.conf.d",
  "localtime",
  "nsswitch.conf",
  "passwd",
  "pki",
  "protocols",
  "resolv.conf",
  "services",
  "ssl",
];

/**
 * Plans a root whose ground is the stage's own file system, writable, with this machine's programs laid over it, read-only.
 * Where both have a folder of the same name, it shows what either has: the stage's sub-folders stay writable, but the folder
 * itself is read-only, because nothing written there could be kept.
 *
 * @param host the root of this machine's file system
 */
export function planMounts(tree: FileTree, rootfs: string, host = "/"): MountStep[] {
  const steps: MountStep[] = [];
  for (const path of SYSTEM_FOLDERS) layOver(steps, { tree, rootfs, host, path });
  steps.push({ do: "tmpfs", at: "/etc" });
  for (const name of SYSTEM_FILES) {
    const file = join(host, "etc", name);
    // Most of these are links to somewhere else (resolv.conf often into /run), so what they lead to is shown.
    if (tree.get(`etc/${name}`) === undefined && existsSync(file))
      steps.push(bind(realpathSync(file), `/etc/${name}`, true));
  }
  for (const name of childrenOf(tree, "etc")) steps.push(showOwn(tree, rootfs, `etc/${name}`));
  steps.push({ do: "freeze", at: "/etc" });
  return steps;
}

/** What a whole system needs of this machine: how names of the network are found. A link of its own is left alone. */
export function planNetworkFiles(tree: FileTree): MountStep[] {
  return ["etc/hosts", "etc/resolv.conf"].flatMap((path) => {
    const own = tree.get(path);
    const file = `/${path}`;
    if (tree.resolve("etc") !== "etc" || own?.type === "symlink" || !existsSync(file)) return [];
    return [bind(realpathSync(file), file, true)];
  });
}

interface Place {
  tree: FileTree;
  rootfs: string;
  host: string;
  path: string;
}

function layOver(steps: MountStep[], place: Place): void {
  const { tree, rootfs, host, path } = place;
  const file = join(host, path);
  const own = tree.get(path);
  const onGround = parentOf(path) === "";
  if (
    !existsSync(file) ||
    (own !== undefined && !(own.type === "directory" && statSync(file).isDirectory()))
  ) {
    // Only the stage has it, or its own hides the machine's. On the ground it is there by itself.
    if (own !== undefined && !onGround) steps.push(showOwn(tree, rootfs, path));
    return;
  }
  if (own === undefined) {
    const isLink = lstatSync(file).isSymbolicLink();
    steps.push(
      isLink
        ? { do: "link", target: readlinkSync(file), at: `/${path}` }
        : bind(file, `/${path}`, true),
    );
    return;
  }
  steps.push({ do: "tmpfs", at: `/${path}` });
  const ownNames = childrenOf(tree, path);
  const plain = readdirSync(file, { withFileTypes: true }).filter(
    (entry) => !entry.isDirectory() && !ownNames.includes(entry.name),
  );
  if (plain.length > 0) {
    // A folder of programs has too many of them to mount each.
    const shown = `${BUILD_FOLDER}/machine/${path}`;
    steps.push(bind(realpathSync(file), shown, true));
    steps.push({
      do: "links",
      targets: plain.map(({ name }) => `${shown}/${name}`),
      at: `/${path}`,
    });
  }
  const linked = new Set(plain.map(({ name }) => name));
  for (const name of new Set([...readdirSync(file), ...ownNames])) {
    if (!linked.has(name)) layOver(steps, { ...place, path: `${path}/${name}` });
  }
  steps.push({ do: "freeze", at: `/${path}` });
}

function showOwn(tree: FileTree, rootfs: string, path: string): MountStep {
  const own = tree.get(path);
  if (own?.type === "symlink") return { do: "link", target: own.target ?? "", at: `/${path}` };
  return bind(join(rootfs, path), `/${path}`, false);
}

function bind(from: string, at: string, readOnly: boolean): MountStep {
  return { do: "bind", from, at, readOnly, isFolder: statSync(from).isDirectory() };
}

function childrenOf(tree: FileTree, path: string): string[] {
  return tree
    .below(path)
    .filter((entry) => parentOf(entry.path) === path && entry.path !== path)
    .map((entry) => entry.path.slice(path.length + 1));
}
