import type { ContainerSpec, TaskSpec } from "../driver.ts";
import type { Room } from "./room.ts";
import { CGROUPS, type RoomCgroup } from "./room-cgroup.ts";

const MIB = 1024 * 1024;
/** How often the kernel looks whether a task has had its time, in microseconds. */
const PERIOD_US = 100_000;
/** Of one processor. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#task_size */
const UNITS = 1024;
/** Docker takes no less; ECS makes it of 0 and of nothing. */
const LEAST_SHARES = 2;
const MOST_SHARES = 262_144;

/** The cgroups of one task: one for all of it, in it one for each container, and in that the one that runc makes. */
export class TaskLimits {
  readonly #spec: TaskSpec;
  readonly #cgroup: RoomCgroup;
  readonly #room: Pick<Room, "script">;
  /** How often the kernel has killed a process of a container for its memory, as far as that was told. */
  readonly #killed = new Map<string, number>();

  constructor(spec: TaskSpec, cgroup: RoomCgroup, room: Pick<Room, "script">) {
    this.#spec = spec;
    this.#cgroup = cgroup;
    this.#room = room;
  }

  /** A script that makes those of the task. */
  get openScript(): string {
    const { containers, memoryMiB, cpuUnits } = this.#spec;
    return [
      this.#make("", [
        ...(memoryMiB === undefined ? [] : memoryMax(memoryMiB)),
        ...(cpuUnits === undefined
          ? []
          : [["cpu.max", `${quota(cpuUnits)} ${PERIOD_US}`] as const]),
      ]),
      ...containers.map((container) => this.#make(`/${container.name}`, limitsOf(container))),
    ].join("");
  }

  /** A script that takes them away, as far as they are there. */
  get closeScript(): string {
    const folder = this.#folder("");
    return `if [ -d ${folder} ]; then find ${folder} -depth -mindepth 1 -type d -exec rmdir {} + || :; rmdir ${folder} || :; fi\n`;
  }

  /** Where runc is to put a container. https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#cgroups-path */
  pathOf(container: string): string {
    return `${this.#cgroup.tasks}/${this.#spec.taskId}/${container}/run`;
  }

  /**
   * Whether the kernel has killed a process of a container for its memory since it was last asked: be it the first process or not, as
   * Docker's `OOMKilled` has it.
   */
  async hasKilled(container: string): Promise<boolean> {
    const events = `${this.#folder(`/${container}`)}/memory.events`;
    try {
      const now = Number(await this.#room.script(`sed -n 's/^oom_kill //p' ${events}`));
      const before = this.#killed.get(container) ?? 0;
      this.#killed.set(container, now);
      return now > before;
    } catch {
      return false; // The room has ended, and what it knew with it.
    }
  }

  #folder(name: string): string {
    return `${CGROUPS}${this.#cgroup.tasks}/${this.#spec.taskId}${name}`;
  }

  #make(name: string, limits: readonly (readonly [file: string, value: string])[]): string {
    const { controllers } = this.#cgroup;
    const folder = this.#folder(name);
    const lines = limits.filter(([file]) => controllers.some((each) => file.startsWith(each)));
    return [
      `mkdir ${folder}`,
      `echo '${controllers.map((each) => `+${each}`).join(" ")}' > ${folder}/cgroup.subtree_control`,
      // A kernel without swap has no file for it.
      ...lines.map(
        ([file, value]) =>
          `if [ -e ${folder}/${file} ]; then echo '${value}' > ${folder}/${file}; fi`,
      ),
      "",
    ].join("\n");
  }
}

function limitsOf({ definition, override }: ContainerSpec) {
  const memory = override?.memory ?? definition.memory;
  const reserved = override?.memoryReservation ?? definition.memoryReservation;
  const shares = override?.cpu ?? definition.cpu ?? 0;
  return [
    ...(memory ? memoryMax(memory) : []),
    ...(reserved ? [["memory.low", String(reserved * MIB)] as const] : []),
    ["cpu.weight", String(toWeight(shares))] as const,
  ];
}

const memoryMax = (mib: number) =>
  [
    ["memory.max", String(mib * MIB)],
    ["memory.swap.max", "0"],
  ] as const;

const quota = (units: number) => Math.round((units * PERIOD_US) / UNITS);

/** What runc makes of Docker's shares. https://github.com/opencontainers/cgroups/blob/v0.0.1/utils.go */
function toWeight(shares: number): number {
  const docker = Math.min(Math.max(shares, LEAST_SHARES), MOST_SHARES);
  return 1 + Math.floor(((docker - 2) * 9999) / 262_142);
}
