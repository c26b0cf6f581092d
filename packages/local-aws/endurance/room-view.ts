import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Programs that hold a cloud of containers together, and can be killed. */
export type Holder = "server" | "supervisor" | "runc";

const KINDS = ["user", "net", "mnt", "pid", "ipc"] as const;

/** The namespaces, mounts and links of one server's room, as this machine's `/proc` shows them. */
export class RoomView {
  /** The room's first process on this machine's side: its namespaces belong to the room, but for its process ids. */
  readonly #door: string;
  readonly #namespaces: ReadonlySet<string>;
  /** When what is left of it was asked for first, as processes count. */
  #endedAt: number | undefined;

  private constructor(door: string, namespaces: ReadonlySet<string>) {
    this.#door = door;
    this.#namespaces = namespaces;
  }

  /** Undefined while the server has none. */
  static of(server: number): RoomView | undefined {
    const door = childrenOf(String(server)).find((pid) => commandOf(pid).startsWith("unshare\0"));
    const supervisor = door === undefined ? undefined : below(door).find(isSupervisor);
    if (door === undefined || supervisor === undefined) return undefined;
    const names = KINDS.map((kind) => namespaceOf(supervisor, kind));
    return new RoomView(door, new Set(names));
  }

  /** A process of the room that holds it together; undefined where none runs at this moment. */
  find(holder: Exclude<Holder, "server">): number | undefined {
    const found = below(this.#door).filter((pid) =>
      holder === "supervisor" ? isSupervisor(pid) : commandOf(pid).startsWith("runc\0"),
    );
    const chosen = found[Math.floor(Math.random() * found.length)];
    return chosen === undefined ? undefined : Number(chosen);
  }

  /** How many containers, root file systems, networks and links there are. */
  count(): Readonly<Record<"containers" | "mounts" | "networks" | "links", number>> {
    const all = below(this.#door);
    const supervisor = all.find(isSupervisor) ?? "";
    const known = new Set([...this.#namespaces, namespaceOf("self", "pid"), ""]);
    const containers = new Set(all.map((pid) => namespaceOf(pid, "pid")));
    const mounts = lines(told(() => readFileSync(`/proc/${supervisor}/mountinfo`, "utf8")));
    const ip = (...command: string[]) => lines(this.run(["ip", ...command]));
    return {
      containers: containers.difference(known).size,
      mounts: mounts.filter((line) => line.includes(" - overlay ")).length,
      networks: ip("netns", "list").length,
      links: ip("-oneline", "link").filter((line) => line.includes(" eni")).length,
    };
  }

  /** Runs a program in the room's network, as root there; what it wrote. */
  run(command: readonly string[], input = ""): string {
    const supervisor = below(this.#door).find(isSupervisor) ?? "";
    const inside = ["--target", supervisor, "--user", "--net", "--mount"];
    return execFileSync("nsenter", [...inside, ...command], { encoding: "utf8", input });
  }

  /**
   * Processes of this machine that are in one of the room's namespaces, or see a mount of its folder. One that began later is another
   * room's: the kernel gives the number of a namespace away again as soon as that is gone.
   */
  left(folder: string): readonly string[] {
    this.#endedAt ??= uptime();
    const here = new Set(KINDS.map((kind) => namespaceOf("self", kind)));
    const own = [...this.#namespaces].filter((name) => !here.has(name));
    const known = processes().filter((pid) => startOf(pid) <= this.#endedAt!);
    return known.filter(
      (pid) =>
        KINDS.some((kind) => own.includes(namespaceOf(pid, kind))) ||
        told(() => readFileSync(`/proc/${pid}/mountinfo`, "utf8")).includes(folder),
    );
  }
}

const isSupervisor = (pid: string) =>
  /^[^\0]*\/node\0[^\0]*\/containers\/inside\/main\.ts/.test(commandOf(pid));

export const processes = () => readdirSync("/proc").filter((name) => /^\d+$/.test(name));

const lines = (text: string) => text.split("\n").filter(Boolean);

/** What a process says of itself; "" where it has ended meanwhile. */
export function told(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}

export const commandOf = (pid: string) => told(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"));

export const namespaceOf = (pid: string, kind: string) =>
  told(() => readlinkSync(`/proc/${pid}/ns/${kind}`));

/** Linux counts for programs in hundredths of a second, since the machine has started. */
const uptime = () => Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 100;

/** The 22nd field, https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; the 20th behind the name. */
function startOf(pid: string): number {
  const stat = told(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? Infinity);
}

function childrenOf(pid: string): string[] {
  const threads = (() => {
    try {
      return readdirSync(`/proc/${pid}/task`);
    } catch {
      return [];
    }
  })();
  return threads.flatMap((thread) =>
    told(() => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"))
      .split(" ")
      .filter(Boolean),
  );
}

/** A process and all that it has started. */
export function below(pid: string): string[] {
  return [pid, ...childrenOf(pid).flatMap(below)];
}
