import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import { promisify } from "node:util";

const LISTEN_STATE = "0A";

/**
 * Names the process that listens on a TCP port of this machine: `nginx (pid 4711)`. Undefined where the system does not
 * tell (another user's process, no `lsof`).
 */
export async function portHolder(port: number): Promise<string | undefined> {
  return process.platform === "linux" ? holderFromProc(port) : holderFromLsof(port);
}

/** https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html */
async function holderFromProc(port: number): Promise<string | undefined> {
  const inodes = new Set<string>();
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    const text = await readFile(table, "utf8").catch(() => "");
    for (const line of text.split("\n").slice(1)) {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      if (state === LISTEN_STATE && Number.parseInt(local.split(":")[1] ?? "", 16) === port)
        inodes.add(`socket:[${inode}]`);
    }
  }
  if (inodes.size === 0) return undefined;
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    // Processes of other users cannot be looked into, and any may end meanwhile: neither is the holder we can name.
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const link = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
      if (!inodes.has(link)) continue;
      const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "a process");
      return `${name.trim()} (pid ${pid})`;
    }
  }
  return undefined;
}

async function holderFromLsof(port: number): Promise<string | undefined> {
  const run = promisify(execFile);
  const { stdout } = await run("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"]).catch(
    () => ({ stdout: "" }),
  );
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  const name = /^c(.+)$/m.exec(stdout)?.[1];
  return pid === undefined ? undefined : `${name ?? "a process"} (pid ${pid})`;
}
