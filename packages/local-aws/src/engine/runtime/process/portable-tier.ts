import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { privateDomain } from "../../../ground/private-domain.ts";
import { CannotStartError } from "../../cannot-start-error.ts";
import type { ContainerSpec, Endpoint, OnePortBinding, PortBinding, TaskSpec } from "../driver.ts";
import type { BaseTools } from "./base-tools.ts";
import { containerCommand, containerWorkingDirectory, DEFAULT_PATH } from "../container-command.ts";
import type { PortPool } from "./port-pool.ts";
import { LOCALHOST_PORT, refusePortableTask, unheededOf } from "./portable-limits.ts";
import { findProgram } from "./program.ts";
import { badImage, noCommand, unsupported } from "../reasons.ts";
import { resolveInRoot } from "@workbook/image-layers";
import type { Launch, Tier, TierTask } from "./tier.ts";
import { ownLoader } from "./whole-image.ts";
import { readArn } from "../../../ground/arn.ts";

export interface PortableTierOptions {
  readonly tools: BaseTools;
  readonly ports: PortPool;
  /**
   * The loopback address at which tasks are reached. With 127.0.0.2 a program that listens on 127.0.0.1 alone is not
   * reachable, as in a container; one that listens on 0.0.0.0 is, on both.
   */
  readonly address: string;
}

/**
 * Plain processes of this user: they see the machine's files and network.
 *
 * A task has no address of its own here, so two tasks cannot both listen on port 80. The way out is the custom that a
 * program reads its port from `PORT`: it is replaced by a free port of this machine, and connections to the port go there.
 * Where the load balancer asks for another port than `PORT`, nothing answers it: here as on AWS, for every task.
 *
 * Programs that listen on 0.0.0.0, as they must in a container, are reachable from this machine's network while they run.
 */
export class PortableTier implements Tier {
  readonly name = "portable";
  readonly #options: PortableTierOptions;

  constructor(options: PortableTierOptions) {
    this.#options = options;
  }

  info(): Readonly<Record<string, string>> {
    return {
      isolation: "none: tasks are processes of this user and see its files",
      network: "the port that a container's PORT names has a free port of this machine",
      user: "not changed: an image's USER is not heeded, a definition's user is refused where it is another",
      "not heeded":
        "ulimits, systemControls, linuxParameters, dockerSecurityOptions, interactive, pseudoTerminal; a service's events name each",
      refused:
        "volumes, a read-only root, programs of whole images, fixed ports beside other containers, Windows, GPUs, proxies",
      cpu: "not limited",
      memory:
        "looked at every second, more often at first: what goes beyond its limit is killed, as ECS does",
    };
  }

  unheeded(task: TaskSpec): readonly string[] {
    return unheededOf(task);
  }

  async openTask(task: TaskSpec): Promise<TierTask> {
    refusePortableTask(task);
    const hostPorts = new Map<string, OnePortBinding>();
    try {
      for (const container of task.containers) {
        const containerPort = movedPort(container, task.containers.length === 1);
        if (containerPort === undefined) continue;
        const hostPort = await this.#options.ports.reserve();
        const binding = { containerPort, hostPort, protocol: "tcp", bindIP: "0.0.0.0" };
        hostPorts.set(container.name, binding);
      }
    } catch (error) {
      for (const { hostPort } of hostPorts.values()) this.#options.ports.release(hostPort);
      throw error;
    }
    return new PortableTask(task, hostPorts, this.#options);
  }
}

/**
 * The port that the container's program reads from `PORT`. One that is not mapped is moved as well, where no other container
 * counts on it: it is a port of this machine, which the next task of the service could not have.
 */
function movedPort(container: ContainerSpec, isAlone: boolean): number | undefined {
  const own = container.environment["PORT"] ?? "";
  const port = /^[1-9]\d{0,4}$/.test(own) && Number(own) < 65_536 ? Number(own) : undefined;
  return isAlone || isMapped(container, port) ? port : undefined;
}

const isMapped = ({ definition }: ContainerSpec, port: number | undefined): boolean =>
  definition.portMappings?.some(({ containerPort }) => containerPort === port) ?? false;

class PortableTask implements TierTask {
  readonly #task: TaskSpec;
  readonly #hostPorts: ReadonlyMap<string, OnePortBinding>;
  readonly #options: PortableTierOptions;

  constructor(
    task: TaskSpec,
    hostPorts: ReadonlyMap<string, OnePortBinding>,
    options: PortableTierOptions,
  ) {
    this.#task = task;
    this.#hostPorts = hostPorts;
    this.#options = options;
  }

  async launch(container: ContainerSpec, root: string): Promise<Launch> {
    const command = containerCommand(container);
    if (command.length === 0) throw new CannotStartError(noCommand());
    return this.#launch(container, root, command);
  }

  /** Checks ask for the port that the program has in a container; here it was moved. */
  launchCheck(container: ContainerSpec, root: string, command: readonly string[]): Promise<Launch> {
    const binding = this.#hostPorts.get(container.name);
    const moved = (word: string) =>
      word.replaceAll(LOCALHOST_PORT, (text, port: string) =>
        Number(port) === binding?.containerPort
          ? text.replace(/\d+$/, String(binding.hostPort))
          : text,
      );
    return this.#launch(container, root, command.map(moved));
  }

  async #launch(
    container: ContainerSpec,
    root: string,
    command: readonly string[],
  ): Promise<Launch> {
    const { image } = container;
    const path = container.environment["PATH"] ?? DEFAULT_PATH;
    const workingDirectory = containerWorkingDirectory(container);
    const { tools } = this.#options;
    const program = await findProgram(command, {
      root,
      path,
      workingDirectory,
      base: image.base,
      tools,
    });
    await refuseWhole(container, root, program.file);
    return {
      ...program,
      workingDirectory: await makeDirectory(container, root, workingDirectory),
      environment: await this.#environment(container, root, path),
    };
  }

  async #environment(
    container: ContainerSpec,
    root: string,
    path: string,
  ): Promise<Readonly<Record<string, string>>> {
    const binding = this.#hostPorts.get(container.name);
    const inImage = path.split(":").filter((directory) => directory.startsWith("/"));
    return {
      HOME: await makeDirectory(container, root, "/root"),
      TMPDIR: await makeDirectory(container, root, "/tmp"),
      HOSTNAME: hostName(this.#task),
      ...container.environment,
      ...(binding ? { PORT: String(binding.hostPort) } : {}),
      PATH: [
        ...inImage.map((directory) => join(root, directory)),
        ...this.#options.tools.searchPath(container.image.base),
      ].join(":"),
    };
  }

  bindings(name: string): readonly PortBinding[] {
    const binding = this.#hostPorts.get(name);
    const container = this.#task.containers.find((each) => each.name === name);
    return binding && container && isMapped(container, binding.containerPort) ? [binding] : [];
  }

  endpoint(port: number): Endpoint {
    for (const { containerPort, hostPort } of this.#hostPorts.values())
      if (containerPort === port) return { host: this.#options.address, port: hostPort };
    return { refused: true, why: this.#whyRefused(port) };
  }

  /** For the learner who wonders: the two numbers that should be one. */
  #whyRefused(port: number): string {
    const container = this.#task.containers.find(({ definition }) =>
      definition.portMappings?.some(({ containerPort }) => containerPort === port),
    );
    if (!container) return `no container of the task maps port ${port}`;
    const own = container.environment["PORT"];
    return own === undefined
      ? `container "${container.name}" maps port ${port}, but its environment has no PORT: tasks that run as plain processes are told their port by PORT`
      : `container "${container.name}" maps port ${port}, but its PORT is ${own}: nothing listens on ${port}`;
  }

  close(): void {
    for (const { hostPort } of this.#hostPorts.values()) this.#options.ports.release(hostPort);
  }
}

/**
 * An image whose base was fetched is a whole system, of which a plain process would find nothing: neither its libraries nor its files.
 * @throws CannotStartError that names the program
 */
async function refuseWhole({ name, image }: ContainerSpec, root: string, file: string) {
  if (image.base !== undefined) return;
  if ((await ownLoader(root, file)) === undefined) return;
  const program = file.slice(root.length);
  const what = `runs ${program} of the whole image ${image.reference}, with the image's own libraries`;
  throw new CannotStartError(unsupported(name, what));
}

/** The name that an ENI has in its VPC. */
function hostName({ privateIpAddress, taskArn, taskId }: TaskSpec): string {
  if (!privateIpAddress) return taskId.slice(0, 12);
  const { region } = readArn(taskArn);
  return `ip-${privateIpAddress.replaceAll(".", "-")}.${privateDomain(region)}`;
}

async function makeDirectory(
  container: ContainerSpec,
  root: string,
  path: string,
): Promise<string> {
  const directory = await resolveInRoot(root, path, { followLast: true });
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw new CannotStartError(badImage(container.image.reference, `${path} is not a directory`), {
      cause: error,
    });
  }
  return directory;
}
