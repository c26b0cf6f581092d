import { spawn, type ChildProcess } from "node:child_process";
import { chownSync, copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PROGRAMS } from "./inside/messages.ts";
import { rootOutside } from "./map-users.ts";

/**
 * The namespaces are made in two steps: a user namespace, whose users are mapped from outside, and then all others, which belong to it.
 * The shell stays as the first process, because it collects those that nobody waits for.
 */
const ENTER = `read -r _ && exec unshare --net --mount --pid --ipc --fork --kill-child --mount-proc -- \
  /bin/sh -c '"$@"; exit $?' supervisor "$@"`;

/** Nothing of the server's environment goes in but where programs are: those of the room, and of the system. */
const PATH = "/run/cloud/programs:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Makes the folder of a room, with the program that runs containers where the machine's own is not to be used: the way to where that one is
 * may be closed to the room's users.
 */
export function makeFolder(folder: string, runc: string | undefined): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const outside = rootOutside();
  if (outside !== undefined) chownSync(folder, outside, outside);
  const programs = join(folder, PROGRAMS);
  rmSync(programs, { recursive: true, force: true });
  if (runc === undefined) return;
  mkdirSync(programs, { mode: 0o755 });
  copyFileSync(runc, join(programs, "runc"));
}

/** Starts `program` in namespaces of its own, in which it waits for its users and for a line; its channel is open. */
export function spawnRoom(program: string, folder: string): ChildProcess {
  const enter = ["--user", "--keep-caps", "--", "/bin/sh", "-c", ENTER, "enter"];
  return spawn("unshare", [...enter, process.execPath, program], {
    cwd: folder,
    env: { PATH },
    stdio: ["pipe", "ignore", "pipe", "ipc"],
    detached: true,
  });
}
