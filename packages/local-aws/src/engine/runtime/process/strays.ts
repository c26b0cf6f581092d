import {
  type ContainerTrace,
  ofContainers,
  type SeenProcess,
  seeProcesses,
} from "./unrecorded-processes.ts";

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
