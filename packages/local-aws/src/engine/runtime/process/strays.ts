import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { lockLimit } from "./process-marks.ts";

/** What forks while it is looked for is looked for again, this often at most. */
const MOST_LOOKS = 50;

/** Ends what a container has left behind: programs in sessions of their own, daemons. On ECS the container's end is theirs. */
export class Strays {
  #looking: Promise<SeenProcess[]> | undefined;
  #next: Promise<SeenProcess[]> | undefined;

  /** Kills everything with one of the traces; resolves when nothing new is found. @returns how many were killed */
  async kill(trace: ContainerTrace): Promise<number> {
    const killed = new Set<number>();
    for (let looks = 0; looks < MOST_LOOKS; looks++) {
      // One that is killed may be seen until its parent has taken note of it.
      const found = ofContainers(await this.#look(), trace).filter((pid) => !killed.has(pid));
      if (found.length === 0) break;
      for (const pid of found) {
        killProcess(pid);
        killed.add(pid);
      }
    }
    return killed.size;
  }

  /** A look at all processes that begins now or later: those who ask meanwhile share the next one. */
  #look(): Promise<SeenProcess[]> {
    this.#next ??= (this.#looking ?? Promise.resolve([])).then(
      () => this.#lookNow(),
      () => this.#lookNow(),
    );
    return this.#next;
  }

  #lookNow(): Promise<SeenProcess[]> {
    this.#looking = this.#next;
    this.#next = undefined;
    return seeProcesses();
  }
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // It has ended meanwhile, perhaps with its group; or it has become another user's.
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}

/** Variables that the driver points into a container's own files; a person's shell has them elsewhere. */
const OWN_VARIABLES = ["HOME", "TMPDIR", "PATH"];

/** How processes of containers are known when their numbers are not. */
interface ContainerTrace {
  /** Below it are the files of the containers, into which their environments point. */
  readonly directory: string;
  /** The containers' marks. */
  readonly marks: readonly string[];
}

/** A process of this machine, with what may give it away. */
interface SeenProcess {
  readonly pid: number;
  readonly mark: string | undefined;
  /** `NAME=value`; on macOS all of them in one text, behind the arguments. */
  readonly environment: readonly string[];
}

/** All processes that can be looked into. Linux shows both traces, macOS the environment of this user's processes. */
export function seeProcesses(): Promise<SeenProcess[]> {
  return process.platform === "linux" ? seeOnLinux() : seeByPs();
}

/**
 * Of `seen`, those that were started for containers: what a server had just made when it was killed, before it could write
 * down the number, and what left its group.
 */
export function ofContainers(seen: readonly SeenProcess[], trace: ContainerTrace): number[] {
  const own = OWN_VARIABLES.map((name) => `${name}=${trace.directory}/`);
  const points = (text: string) =>
    own.some((start) => text.startsWith(start) || text.includes(` ${start}`));
  return seen
    .filter(
      ({ mark, environment }) =>
        (mark !== undefined && trace.marks.includes(mark)) || environment.some(points),
    )
    .map(({ pid }) => pid);
}

async function seeOnLinux(): Promise<SeenProcess[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  return Promise.all(
    pids.map(async (pid) => ({
      pid,
      mark: lockLimit(await read(`/proc/${pid}/limits`)),
      environment: (await read(`/proc/${pid}/environ`)).split("\0"),
    })),
  );
}

/** Empty where the process has ended, or is another user's. */
async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH" || code === "EACCES" || code === "EPERM") return "";
    throw error;
  }
}

async function seeByPs(): Promise<SeenProcess[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-E", "-ww", "-o", "pid=,command="], {
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => ({ pid: Number.parseInt(line, 10), mark: undefined, environment: [line] }));
}
