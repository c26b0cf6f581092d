import { spawn, type ChildProcess } from "node:child_process";

/**
 * The namespaces are made in two steps: a user namespace, whose users are mapped from outside, and then all others, which belong to it.
 * The shell stays as the first process, because it collects those that nobody waits for.
 */
const ENTER = `read -r _ && exec unshare --net --mount --pid --ipc --fork --kill-child --mount-proc -- \
  /bin/sh -c '"$@"; exit $?' supervisor "$@"`;

/** Nothing of the server's environment goes in but where programs are: those of the system. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

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
