import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { SystemClock } from "../../../clock/system-clock.ts";
import { isExecutable } from "../process/base-tools.ts";
import { Room } from "./room.ts";

/** Why this machine cannot run tasks as containers, in a form that whoever tells a reader can put into words. */
export type NoRoom =
  /** Not a Linux. */
  | { readonly why: "system" }
  /** Debian's packages that bring the programs which are missing. */
  | { readonly why: "programs"; readonly packages: readonly string[] }
  /** The user has no range of users to give to containers. */
  | { readonly why: "users"; readonly user: string }
  /** The kernel's setting with this name refuses user namespaces to this user; `value` would allow them. */
  | { readonly why: "setting"; readonly name: string; readonly value: number }
  /** This is itself a container, whose runtime keeps the needed calls back. */
  | { readonly why: "container"; readonly said: string }
  | { readonly why: "other"; readonly said: string };

/** Programs, each with Debian's package; the helper that maps users is not root's matter. */
const PROGRAMS: readonly (readonly [program: string, packageName: string])[] = [
  ["unshare", "util-linux"],
  ["ip", "iproute2"],
  ["nft", "nftables"],
  ["runc", "runc"],
];
const USER_PROGRAMS = [["newuidmap", "uidmap"]] as const;

/** What containers can do without: the way to the internet, and init processes. */
const EXTRA_PROGRAMS = [
  ["pasta", "passt"],
  ["tini-static", "tini"],
] as const;

/** Where programs of the system are beside the caller's own PATH. */
const SYSTEM_PATH = ["/usr/sbin", "/sbin"];

/** Settings that distributions close user namespaces by. https://ubuntu.com/blog/ubuntu-23-10-restricted-unprivileged-user-namespaces */
const SETTINGS: readonly (readonly [name: string, closed: number, open: number])[] = [
  ["kernel.apparmor_restrict_unprivileged_userns", 1, 0],
  ["kernel.unprivileged_userns_clone", 0, 1],
  ["user.max_user_namespaces", 0, 15_000],
];

/** Debian's packages, not there, without whose programs tasks cannot run as containers; none where this is no Linux. */
export function missingPackages(): readonly string[] {
  if (process.platform !== "linux") return [];
  return [...PROGRAMS, ...(process.getuid!() === 0 ? [] : USER_PROGRAMS)]
    .filter(([program]) => !isOnPath(program))
    .map(([, packageName]) => packageName);
}

/**
 * Finds out whether tasks can run as containers here, by making a room for a moment; undefined where they can.
 * @param runc the program, where the machine's own is not to be used
 */
export async function probeRoom(runc?: string): Promise<NoRoom | undefined> {
  if (process.platform !== "linux") return { why: "system" };
  const isRoot = process.getuid!() === 0;
  const packages = missingPackages().filter((name) => name !== "runc" || runc === undefined);
  if (packages.length > 0) return { why: "programs", packages };
  const { username, uid } = userInfo();
  if (!isRoot && !hasRange(username, uid)) return { why: "users", user: username };
  const said = await whyRefused(runc);
  if (said === undefined) return undefined;
  for (const [name, closed, value] of SETTINGS)
    if (!isRoot && readSetting(name) === closed) return { why: "setting", name, value };
  const isContainer = existsSync("/.dockerenv") || existsSync("/run/.containerenv");
  return { why: isContainer ? "container" : "other", said };
}

/** Debian's packages, not there, without which containers go without the internet or init processes. */
export function missingExtras(): readonly string[] {
  return EXTRA_PROGRAMS.filter(([program]) => !isOnPath(program)).map(([, name]) => name);
}

async function whyRefused(runc: string | undefined): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "room-"));
  const logger = { info: () => {}, error: () => {} };
  const clock = new SystemClock(1);
  const room = new Room({ clock, logger, folder: join(folder, "room"), runc });
  try {
    await room.start();
    await room.script("ip netns add probe; nft list ruleset; runc --version");
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await room.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function isOnPath(program: string): boolean {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...SYSTEM_PATH];
  return folders.some((folder) => isExecutable(join(folder, program)));
}

function hasRange(name: string, uid: number): boolean {
  const lines = ["/etc/subuid", "/etc/subgid"].map((file) =>
    existsSync(file) ? readFileSync(file, "utf8").split("\n") : [],
  );
  return lines.every((all) =>
    all.some((line) => line.startsWith(`${name}:`) || line.startsWith(`${uid}:`)),
  );
}

function readSetting(name: string): number | undefined {
  const file = `/proc/sys/${name.replaceAll(".", "/")}`;
  return existsSync(file) ? Number(readFileSync(file, "utf8")) : undefined;
}
