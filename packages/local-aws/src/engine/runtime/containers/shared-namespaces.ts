import type { TaskSpec } from "../driver.ts";
import type { Room } from "./room.ts";
import type { RuntimeMount } from "./runtime-config.ts";

/** Docker's size of what containers share as memory. */
const SHM = "size=65536k";

/** What the containers of a task have in common beside their network, as its `pidMode` and `ipcMode` say: held by a process that does nothing. */
export class SharedNamespaces {
  readonly #spec: TaskSpec;
  readonly #room: Room;
  /** Of the task, in the room. */
  readonly #folder: string;
  /** Of what holds them, as the room counts. */
  #holder: string | undefined;

  constructor(spec: TaskSpec, folder: string, room: Room) {
    this.#spec = spec;
    this.#folder = folder;
    this.#room = room;
  }

  /** Makes them, where the task has any. Processes that their parents have left are collected, because the holder does not hear of them. */
  async open(): Promise<void> {
    const { pidMode, ipcMode } = this.#spec;
    if (pidMode !== "task" && ipcMode !== "task") return;
    this.#holder = await this.#room.script(`
mkdir ${this.#shm}; mount -t tmpfs -o mode=1777,${SHM} tmpfs ${this.#shm}
unshare --pid --ipc --fork --kill-child -- sh -c 'trap "" CHLD; exec sleep infinity' </dev/null >/dev/null 2>&1 &
until [ -n "$(cat /proc/$!/task/$!/children)" ]; do sleep 0.01; done
printf %s $!
`);
  }

  /** Where a container's own namespaces of these kinds are; undefined for one of its own. */
  path(kind: "pid" | "ipc"): string | undefined {
    const mode = kind === "pid" ? this.#spec.pidMode : this.#spec.ipcMode;
    if (mode !== "task" || this.#holder === undefined) return undefined;
    return `/proc/${this.#holder}/ns/${kind === "pid" ? "pid_for_children" : "ipc"}`;
  }

  get mounts(): RuntimeMount[] {
    if (this.path("ipc") === undefined) return [];
    return [
      {
        destination: "/dev/shm",
        type: "bind",
        source: this.#shm,
        options: ["bind", "rw", "nosuid", "nodev"],
      },
    ];
  }

  /** Ends what is left in them. */
  get closeScript(): string {
    const { shm, holder } = { shm: this.#shm, holder: this.#holder };
    return holder === undefined ? "" : `kill -9 ${holder} || :\numount -l ${shm} || :\n`;
  }

  get #shm(): string {
    return `${this.#folder}/shm`;
  }
}
