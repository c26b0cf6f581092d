import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../../clock/clock.ts";
import { CannotStartError } from "../../cannot-start-error.ts";
import {
  CannotOpenTerminalError,
  type ContainerSpec,
  type ContainerUsage,
  type TaskSpec,
  type Terminal,
  type TerminalRequest,
} from "../driver.ts";
import { loadPty, TERMINAL_VARIABLES } from "../open-pty.ts";
import { asGoSays } from "../reasons.ts";
import type { ContainerHandle, OutputListener, PreparedContainer, TaskHost } from "../task-host.ts";
import { ContainerProcess } from "./container-process.ts";
import type { ProcessMarks } from "./process-marks.ts";
import { processUsage } from "./process-usage.ts";
import type { Strays } from "./strays.ts";
import type { Supervisor } from "./supervisor.ts";
import type { Launch, Tier, TierTask } from "./tier.ts";
import type { UnpackedImages } from "./unpacked-images.ts";
import { spawn } from "node:child_process";
import { killGroup } from "./process-records.ts";

/**
 * Runs a health check's program beside its container; resolves to whether it ended with 0 within `timeoutMs`. What it
 * started is killed with it.
 */
function runCheck(
  launch: Launch,
  timeoutMs: number,
  { clock, supervisor }: { readonly clock: Clock; readonly supervisor: Supervisor },
): Promise<boolean> {
  if (launch.failure !== undefined) return Promise.resolve(false);
  const [argv0, ...args] = launch.argv;
  return new Promise((resolve, reject) => {
    const child = spawn(launch.file, args, {
      argv0: argv0!,
      cwd: launch.workingDirectory,
      env: launch.environment,
      detached: true,
      stdio: "ignore",
    });
    const { pid } = child;
    child.once("error", reject);
    if (pid === undefined) return;
    supervisor.watch(pid);
    const timeout = clock.deadline(timeoutMs, () => killGroup(pid, "SIGKILL"));
    child.once("exit", (code) => {
      timeout.cancel();
      killGroup(pid, "SIGKILL");
      supervisor.forget(pid);
      resolve(code === 0);
    });
  });
}

export interface ProcessHostParts {
  readonly clock: Clock;
  readonly tier: Tier;
  readonly images: UnpackedImages;
  readonly supervisor: Supervisor;
  readonly marks: ProcessMarks;
  readonly strays: Strays;
  /** The directory of the task, in which each container has its own copy of its image; removed at the end. */
  readonly directory: string;
}

/** A task's containers as process groups of this user. */
export class ProcessHost implements TaskHost {
  readonly keepsMemory = false;
  readonly #parts: ProcessHostParts;
  readonly #tierTask: TierTask;
  readonly #processes = new Map<string, ContainerProcess>();

  private constructor(parts: ProcessHostParts, tierTask: TierTask) {
    this.#parts = parts;
    this.#tierTask = tierTask;
  }

  /** @throws CannotStartError */
  static async open(spec: TaskSpec, parts: ProcessHostParts): Promise<ProcessHost> {
    const host = new ProcessHost(parts, await parts.tier.openTask(spec));
    await mkdir(parts.directory, { recursive: true, mode: 0o700 });
    return host;
  }

  async prepare(container: ContainerSpec, signal: AbortSignal): Promise<PreparedContainer> {
    const root = join(this.#parts.directory, container.name);
    await this.#parts.images.copyTo(container.image, root, signal);
    const launch = await this.#tierTask.launch(container, root);
    return {
      ...(launch.failure !== undefined && { failure: launch.failure }),
      start: (output) => this.#start(container, launch, output),
    };
  }

  bindings: TierTask["bindings"] = (container) => this.#tierTask.bindings(container);

  endpoint: TierTask["endpoint"] = (port) => this.#tierTask.endpoint(port);

  async usage(containers: readonly string[]): Promise<ReadonlyMap<string, ContainerUsage>> {
    const usages = await processUsage(containers.map((name) => this.#processes.get(name)!.pid));
    return new Map(containers.map((name, index) => [name, usages[index]!]));
  }

  async close(): Promise<void> {
    this.#tierTask.close();
    // What a process left behind may still be dying, and writing.
    await rm(this.#parts.directory, {
      recursive: true,
      force: true,
      maxRetries: 10,
      retryDelay: 20,
    });
  }

  async #start(
    container: ContainerSpec,
    launch: Launch,
    output: OutputListener,
  ): Promise<ContainerHandle> {
    const { name } = container;
    const process = await ContainerProcess.start(launch, { ...this.#parts, name, output });
    this.#processes.set(name, process);
    return {
      exited: process.exited,
      get isRunning() {
        return process.isRunning;
      },
      signal: (signal) => process.signal(signal),
      check: (command, timeoutMs) => this.#check(container, command, timeoutMs),
      openTerminal: (request) => this.#openTerminal(container, process, request),
    };
  }

  async #openTerminal(
    container: ContainerSpec,
    { exited: containerEnded }: ContainerProcess,
    request: TerminalRequest,
  ): Promise<Terminal> {
    const root = join(this.#parts.directory, container.name);
    const launch = await this.#tierTask
      .launchCheck(container, root, request.command)
      .catch((error: unknown) => {
        const [, why] = /(exec: .*?)(?:: unknown)?$/s.exec((error as Error).message) ?? [];
        if (!(error instanceof CannotStartError) || why === undefined) throw error;
        throw new CannotOpenTerminalError(asGoSays(why), { cause: error });
      });
    return openProcessTerminal(launch, request, { ...this.#parts, containerEnded });
  }

  async #check(
    container: ContainerSpec,
    command: readonly string[],
    timeoutMs: number,
  ): Promise<boolean> {
    try {
      const root = join(this.#parts.directory, container.name);
      const launch = await this.#tierTask.launchCheck(container, root, command);
      return await runCheck(launch, timeoutMs, this.#parts);
    } catch (error) {
      // No shell, no such program: the check has failed, as it would in a container.
      if (error instanceof CannotStartError) return false;
      throw error;
    }
  }
}

interface ProcessTerminalParts {
  readonly clock: Clock;
  readonly supervisor: Supervisor;
  readonly marks: ProcessMarks;
  readonly containerEnded: Promise<unknown>;
}

/** How long a program may take to end when its terminal is hung up. */
const HANG_UP_MS = 2000;

/**
 * Runs a program at a terminal, as this user, in the container's folder and with its environment. It ends with the container.
 * @throws CannotOpenTerminalError
 */
async function openProcessTerminal(
  launch: Launch,
  request: TerminalRequest,
  { clock, supervisor, marks, containerEnded }: ProcessTerminalParts,
): Promise<Terminal> {
  const { file, argv, workingDirectory: cwd, environment, failure } = launch;
  if (failure !== undefined) throw new CannotOpenTerminalError(failure);
  const openPty = await loadPty();
  const env = { LANG: TERMINAL_VARIABLES.LANG, ...environment };
  const program = { file, args: argv.slice(1), cwd, env };
  const { started: pty } = marks.start(() => openPty(program, request));
  supervisor.watch(pty.pid);
  const exited = pty.exited.then((code) => {
    killGroup(pty.pid, "SIGKILL");
    supervisor.forget(pty.pid);
    return code;
  });
  let isRunning = true;
  void exited.then(() => (isRunning = false));
  const kill = () => {
    if (isRunning) killGroup(pty.pid, "SIGKILL");
  };
  void containerEnded.then(kill);
  const end = () => {
    if (!isRunning) return;
    killGroup(pty.pid, "SIGHUP");
    const timer = clock.deadline(HANG_UP_MS, kill);
    void exited.then(() => timer.cancel());
  };
  return { ...pty, exited, end };
}
