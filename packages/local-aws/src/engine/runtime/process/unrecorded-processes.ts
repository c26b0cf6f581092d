import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** Variables that the driver points into a container's own files; a person's shell has them elsewhere. */
const OWN_VARIABLES = ["HOME", "TMPDIR", "PATH"];

/**
 * Finds processes that were started for containers below `tasksDirectory`, by their environment: those that a server
 * had just made when it was killed, before it could write down their numbers, and those that left their group.
 * @returns process ids
 */
export function findContainerProcesses(tasksDirectory: string): Promise<number[]> {
  const marks = OWN_VARIABLES.map((name) => `${name}=${tasksDirectory}/`);
  return process.platform === "linux" ? findOnLinux(marks) : findByPs(marks);
}

async function findOnLinux(marks: readonly string[]): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const isOurs = await Promise.all(pids.map((pid) => hasVariable(pid, marks)));
  return pids.filter((_, index) => isOurs[index]);
}

async function hasVariable(pid: number, marks: readonly string[]): Promise<boolean> {
  try {
    const variables = (await readFile(`/proc/${pid}/environ`, "utf8")).split("\0");
    return variables.some((variable) => marks.some((mark) => variable.startsWith(mark)));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // It has ended, or is another user's.
    if (code === "ENOENT" || code === "ESRCH" || code === "EACCES" || code === "EPERM")
      return false;
    throw error;
  }
}

/** macOS shows the environment of this user's processes behind their arguments. */
async function findByPs(marks: readonly string[]): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-E", "-ww", "-o", "pid=,command="], {
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout
    .split("\n")
    .filter((line) => marks.some((mark) => line.includes(` ${mark}`)))
    .map((line) => Number.parseInt(line, 10));
}
