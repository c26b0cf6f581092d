import { execFile } from "node:child_process";
import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { promisify } from "node:util";
import { text, type Text } from "@workbook/toolchain";

/** Says who listens on a TCP port of this machine, as far as the system lets us know: `node (process 123)`. */
export async function describeHolder(port: number): Promise<Text | undefined> {
  const pid = process.platform === "linux" ? holderOnLinux(port) : await holderByLsof(port);
  if (pid === undefined) return undefined;
  const command = commandOf(pid);
  return text([
    `${command ?? "a program"} (process ${pid})`,
    `${command ?? "プログラム"} (プロセス ${pid})`,
  ]);
}

/** https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html */
function holderOnLinux(port: number): number | undefined {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  const inodes = new Set<string>();
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of readText(table).split("\n").slice(1)) {
      const fields = line.trim().split(/\s+/);
      const isListening = fields[3] === "0A";
      if (isListening && fields[1]?.endsWith(`:${wanted}`)) inodes.add(`socket:[${fields[9]}]`);
    }
  }
  if (inodes.size === 0) return undefined;
  for (const entry of readdirSync("/proc")) {
    if (/^\d+$/.test(entry) && holdsOne(entry, inodes)) return Number(entry);
  }
  return undefined;
}

function holdsOne(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) =>
      inodes.has(readlinkSync(`/proc/${pid}/fd/${fd}`)),
    );
  } catch (error) {
    // Another user's process, or one that has just ended.
    if (
      ["EACCES", "ENOENT", "ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")
    )
      return false;
    throw error;
  }
}

async function holderByLsof(port: number): Promise<number | undefined> {
  try {
    const { stdout } = await promisify(execFile)("lsof", [
      "-nP",
      `-iTCP:${port}`,
      "-sTCP:LISTEN",
      "-t",
    ]);
    return Number(stdout.trim().split("\n")[0]) || undefined;
  } catch (error) {
    // No lsof here, or nothing that it may see.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function commandOf(pid: number): string | undefined {
  const line = readText(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
  return line === "" ? undefined : line.slice(0, 120);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (["ENOENT", "EACCES", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? ""))
      return "";
    throw error;
  }
}
