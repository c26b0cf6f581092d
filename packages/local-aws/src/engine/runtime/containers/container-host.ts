import { join } from "node:path";
import type { Clock } from "../../../clock/clock.ts";
import { CannotStartError } from "../../cannot-start-error.ts";
import type { ContainerSpec, ContainerUsage, Endpoint, PortBinding, TaskSpec } from "../driver.ts";
import { containerCommand } from "../container-command.ts";
import { couldNotRun, noCommand, ofRunc } from "../reasons.ts";
import type { ContainerHandle, OutputListener, PreparedContainer, TaskHost } from "../task-host.ts";
import { ContainerOutputs } from "./container-outputs.ts";
import { openContainerTerminal } from "./container-terminal.ts";
import { containerUser } from "./container-user.ts";
import { nameFiles, taskHostName } from "./host-files.ts";
import { ROOM, UPPER } from "./inside/messages.ts";
import type { Room } from "./room.ts";
import type { RoomImages } from "./room-images.ts";
import { toRuntimeConfig, type RuntimeMount, type RuntimeProcess } from "./runtime-config.ts";
import { refuseTask } from "./refuse-container.ts";
import { ROUTER_SOCKET, routerMounts, withRouter } from "./router-files.ts";
import { containerNetworks, type ContainerNetworks } from "./container-networks.ts";
import type { InstanceNetworks } from "./instance-networks.ts";
import { SharedNamespaces } from "./shared-namespaces.ts";
import { TaskLimits } from "./task-limits.ts";
import { TaskVolumes } from "./task-volumes.ts";
import { readArn } from "../../../ground/arn.ts";

export interface ContainerHostParts {
  readonly clock: Clock;
  readonly room: Room;
  readonly images: RoomImages;
  readonly instances: InstanceNetworks;
  /** The machine's: what containers may not go beyond, and a program that can be their first process. */
  readonly openFiles: number;
  readonly init: string | undefined;
}

/** A container whose first process runs in the room. */
interface StartedContainer {
  readonly id: string;
  readonly bundle: string;
  readonly running: Awaited<ReturnType<Room["run"]>>;
  readonly outputs: ContainerOutputs;
}

/** A task's containers as OCI containers in the room: one network, a root file system each. */
export class ContainerHost implements TaskHost {
  readonly keepsMemory: boolean;
  readonly #spec: TaskSpec;
  readonly #parts: ContainerHostParts;
  readonly #networks: ContainerNetworks;
  /** In the room. */
  readonly #folder: string;
  readonly #volumes: TaskVolumes;
  readonly #shared: SharedNamespaces;
  /** Undefined where this machine gives no cgroup away. */
  readonly #limits: TaskLimits | undefined;
  readonly #pids = new Map<string, number>();
  readonly #programs = new Map<string, RuntimeProcess>();
  #terminals = 0;

  private constructor(spec: TaskSpec, parts: ContainerHostParts) {
    this.#spec = spec;
    this.#parts = parts;
    this.#networks = containerNetworks(spec, parts.instances.of(spec.instanceId ?? ""));
    this.#folder = `${ROOM}/tasks/${spec.taskId}`;
    this.#volumes = new TaskVolumes(spec, this.#folder, parts.room);
    this.#shared = new SharedNamespaces(spec, this.#folder, parts.room);
    const { cgroup } = parts.room;
    this.#limits = cgroup && new TaskLimits(spec, cgroup, parts.room);
    this.keepsMemory = cgroup !== undefined;
  }

  /** @throws CannotStartError naming what the task needs and the room does not have */
  static async open(spec: TaskSpec, parts: ContainerHostParts): Promise<ContainerHost> {
    refuseTask(spec, parts);
    const host = new ContainerHost(spec, parts);
    try {
      const socket = `${host.#folder}/${ROUTER_SOCKET}`;
      const limits = host.#limits?.openScript ?? "";
      await parts.room.script(
        `mkdir ${host.#folder}; mkdir -p ${socket}\n${limits}${host.#networks.openScript}`,
      );
      await host.#volumes.open();
      await host.#shared.open();
    } catch (error) {
      await host.close();
      throw new CannotStartError(couldNotRun((error as Error).message), { cause: error });
    }
    return host;
  }

  async prepare(container: ContainerSpec): Promise<PreparedContainer> {
    if (containerCommand(container).length === 0) throw new CannotStartError(noCommand());
    const directories = await this.#parts.images.directories(container.image);
    const bundle = `${this.#folder}/${container.name}`;
    const addressOf = (name: string) => this.#networks.addressOf(name);
    const informed = withRouter(container, this.#spec, addressOf);
    const config = await this.#config(informed, directories, bundle);
    this.#programs.set(container.name, config.process);
    const lower = directories.map((name) => `${ROOM}/images/${name}`).join(":");
    await this.#parts.room.script(`
mkdir ${bundle}; cd ${bundle}; mkdir rootfs
own=${bundle}; if [ -d ${UPPER} ]; then own=${this.#upper}/${container.name}; fi
mkdir -p $own/upper $own/work
mount -t overlay -o userxattr,lowerdir=${lower},upperdir=$own/upper,workdir=$own/work overlay rootfs
mkfifo -m 600 stdout stderr
`);
    const { taskArn, nameServer } = this.#spec;
    const files = {
      "config.json": JSON.stringify(config),
      ...nameFiles({
        container,
        hostName: config.hostname,
        addressOf,
        nameServer,
        region: readArn(taskArn).region,
      }),
    };
    const written = Object.entries(files).map(([name, text]) => ({
      path: `${bundle}/${name}`,
      text,
    }));
    const ofRouter = routerMounts(container, this.#folder, bundle).files;
    await this.#parts.room.ask("write", { files: [...written, ...ofRouter] });
    return { start: (output) => this.#start(container, bundle, output) };
  }

  bindings(container: string): readonly PortBinding[] {
    return this.#networks.bindings(this.#spec.containers.find(({ name }) => name === container)!);
  }

  endpoint(port: number): Endpoint {
    const { privateIpAddress: host } = this.#spec;
    return host === undefined
      ? { refused: true, why: "the task has no network interface" }
      : { host, port };
  }

  async usage(containers: readonly string[]): Promise<ReadonlyMap<string, ContainerUsage>> {
    const pids = containers.map((name) => this.#pids.get(name)!);
    const usages = await this.#parts.room.ask("usage", { pids });
    return new Map(containers.map((name, index) => [name, usages[index]!]));
  }

  async close(): Promise<void> {
    const mounts = this.#spec.containers.map(({ name }) => `${this.#folder}/${name}/rootfs`);
    const unmount = mounts.map((path) => `if [ -d ${path} ]; then umount -l ${path} || :; fi\n`);
    const script = `${this.#shared.closeScript}${unmount.join("")}rm -rf ${this.#folder} ${this.#upper}\n`;
    const { closeScript } = this.#networks;
    try {
      // A room that has ended has taken all of it with it.
      if (this.#parts.room.pid !== undefined)
        await this.#parts.room.script(script + closeScript + (this.#limits?.closeScript ?? ""));
    } finally {
      // Others may have its addresses and ports when it has them no more.
      this.#networks.close();
    }
  }

  /** In mode host it is the instance's, whose address it has. */
  #hostName(container: string): string {
    const { networkMode, privateIpAddress } = this.#spec;
    const address = networkMode === "host" ? this.#networks.addressOf(container) : privateIpAddress;
    return taskHostName({ ...this.#spec, privateIpAddress: address });
  }

  get #upper(): string {
    return `${UPPER}/${this.#spec.taskId}`;
  }

  async #config(container: ContainerSpec, directories: readonly string[], bundle: string) {
    const { images, openFiles, init } = this.#parts;
    const { definition, image } = container;
    const find = (path: string) => images.find(directories, path);
    const [passwd, group] = [await find("/etc/passwd"), await find("/etc/group")];
    const user = definition.user || image.config.User || "";
    const ownFile = (destination: string): RuntimeMount => ({
      destination,
      type: "bind",
      source: `${bundle}/${destination.slice("/etc/".length)}`,
      options: ["bind", definition.readonlyRootFilesystem ? "ro" : "rw"],
    });
    return toRuntimeConfig(container, {
      rootfs: `${bundle}/rootfs`,
      namespaces: {
        network: this.#networks.pathOf(container.name),
        pid: this.#shared.path("pid"),
        ipc: this.#shared.path("ipc"),
      },
      cgroup: this.#limits?.pathOf(container.name),
      hostName: definition.hostname || this.#hostName(container.name),
      user: await containerUser(user, { passwd, group }),
      mounts: [
        ...["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"].map(ownFile),
        ...this.#shared.mounts,
        ...this.#volumes.mounts(container),
        ...routerMounts(container, this.#folder, bundle).mounts,
      ],
      init,
      openFiles,
    });
  }

  async #start(
    container: ContainerSpec,
    bundle: string,
    output: OutputListener,
  ): Promise<ContainerHandle> {
    const { name } = container;
    const { room } = this.#parts;
    await this.#volumes.fill(container, `${bundle}/rootfs`);
    const outputs = new ContainerOutputs(join(room.folder, bundle.slice(ROOM.length)), output);
    const index = this.#spec.containers.findIndex((each) => each.name === name);
    const id = `${this.#spec.taskId}-${index}`;
    const [stdout, stderr] = [`${bundle}/stdout`, `${bundle}/stderr`];
    try {
      const running = await room.run({
        id,
        bundle,
        stdout,
        stderr,
        interactive: container.definition.interactive ?? false,
        terminal: container.definition.pseudoTerminal ?? false,
      });
      this.#pids.set(name, running.pid);
      return this.#handle(name, { id, bundle, running, outputs });
    } catch (error) {
      outputs.destroy();
      throw new CannotStartError(couldNotRun(ofRunc(error as Error)), { cause: error });
    }
  }

  /** What the task says to a container that runs. */
  #handle(name: string, { id, bundle, running, outputs }: StartedContainer): ContainerHandle {
    const { room, clock } = this.#parts;
    let [isRunning, isOutOfMemory] = [true, false];
    const exited = running.exited.then(async (code) => {
      isRunning = false;
      isOutOfMemory = (await this.#limits?.hasKilled(name)) ?? false;
      await outputs.end(clock);
      return code;
    });
    const tell = (work: Promise<unknown>) => void work.catch(() => {}); // The room ended, and with it the container.
    return {
      exited,
      get isRunning() {
        return isRunning;
      },
      get isOutOfMemory() {
        return isOutOfMemory;
      },
      signal: (signal) => {
        if (isRunning) tell(room.ask("signal", { pid: running.pid, signal }));
      },
      check: (command, timeoutMs) => room.ask("check", { id, command, timeoutMs }),
      openTerminal: (request) => {
        const program = this.#programs.get(name)!;
        const number = ++this.#terminals;
        const place = { clock, room, id, bundle, process: program, number };
        return openContainerTerminal(place, request);
      },
    };
  }
}
