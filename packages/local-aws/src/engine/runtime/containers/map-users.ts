import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { promisify } from "node:util";

/** Root's own namespaces need no helper and no line in `/etc/subuid`: these users belong to nobody on the machine. */
const ROOT_RANGE = { first: 100_000, count: 65_536 };

/** The user of this machine who is root inside, where that is not this one: root's containers are nobody here. */
export function rootOutside(): number | undefined {
  return process.getuid!() === 0 ? ROOT_RANGE.first : undefined;
}

/**
 * Gives the user namespace of a process its users: root and a whole range, so that images may switch users.
 * @throws Error where this user has no range, or there is no `newuidmap`
 * @see https://man7.org/linux/man-pages/man1/newuidmap.1.html
 */
export async function mapUsers(pid: number): Promise<void> {
  await untilInUserNamespace(pid);
  const { uid, gid, username } = userInfo();
  if (uid === 0) {
    const { first, count } = ROOT_RANGE;
    for (const file of ["uid_map", "gid_map"])
      writeFileSync(`/proc/${pid}/${file}`, `0 ${first} ${count}`);
    return;
  }
  const run = promisify(execFile);
  for (const [program, own, file] of [
    ["newuidmap", uid, "/etc/subuid"],
    ["newgidmap", gid, "/etc/subgid"],
  ] as const) {
    const { first, count } = rangeOf(username, uid, file);
    await run(program, [pid, 0, own, 1, 1, first, Math.min(count, 65_535)].map(String));
  }
}

/** The process has its namespace a moment after it was started. */
async function untilInUserNamespace(pid: number): Promise<void> {
  const { readlink } = await import("node:fs/promises");
  const own = await readlink("/proc/self/ns/user");
  while ((await readlink(`/proc/${pid}/ns/user`)) === own)
    await new Promise((resolve) => setImmediate(resolve));
}

function rangeOf(name: string, uid: number, file: string): { first: number; count: number } {
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const [owner, first, count] = line.split(":");
    if ((owner === name || owner === String(uid)) && Number(count) > 0)
      return { first: Number(first), count: Number(count) };
  }
  throw new Error(`${file} has no line for ${name}`);
}
