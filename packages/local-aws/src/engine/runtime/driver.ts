import type { ContainerDefinition, ContainerOverride, Volume } from "@aws-sdk/client-ecs";
import type { PulledImage } from "../images/puller.ts";

/** A network interface. Two VPCs may give out the same addresses, so that an address alone is nobody's. */
export interface InterfaceAddress {
  readonly networkInterfaceId: string;
  readonly privateIpAddress: string;
}

/** What a driver needs to start the containers of one task. Everything is resolved: no store, no AWS calls. */
export interface TaskSpec {
  readonly taskArn: string;
  /** 32 hex digits: the last part of the ARN. */
  readonly taskId: string;
  /** The task's ENI and its address; absent outside of awsvpc. */
  readonly networkInterfaceId?: string | undefined;
  readonly privateIpAddress: string | undefined;
  readonly networkMode: "awsvpc" | "bridge" | "host" | "none";
  /** The EC2 instance that it runs on; absent on Fargate. */
  readonly instanceId?: string;
  /** The task's hard limit; absent where it has none (EC2). Containers may have their own in their definitions. */
  readonly memoryMiB?: number;
  /** What it may take of the processors, 1024 of one; absent where it may take all. */
  readonly cpuUnits?: number | undefined;
  /** Whether its containers share their processes, and their ways to talk to each other; absent where each has its own. */
  readonly pidMode?: string | undefined;
  readonly ipcMode?: string | undefined;
  /** Those that its containers may mount. */
  readonly volumes?: readonly Volume[];
  /** The resolver of its VPC; absent where the VPC has none. */
  readonly nameServer?: string;
  /** In order of start (dependsOn). */
  readonly containers: readonly ContainerSpec[];
}

export interface ContainerSpec {
  readonly name: string;
  readonly definition: ContainerDefinition;
  readonly override: ContainerOverride | undefined;
  readonly image: PulledImage;
  /** The container's whole environment, in order of precedence applied: image, definition, override, ECS's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Time between SIGTERM and SIGKILL. */
  readonly stopTimeoutSeconds: number;
  /** What it is called by what runs it. */
  readonly runtimeId: string;
  /** Of a log router: its files, by their paths in the container. */
  readonly routerFiles?: Readonly<Record<string, string>> | undefined;
  /** The container of the task that routes what it writes. */
  readonly router?: string | undefined;
}

/** What a driver tells while a task runs. */
export interface TaskObserver {
  /** A container is about to start. It does not where this rejects, and the error is why, in ECS's words. */
  starting?(container: string): Promise<void>;
  /** A container's process runs. `bindings` are ports bound on this machine for it. */
  started(container: string, runtimeId: string, bindings: readonly PortBinding[]): void;
  /**
   * A line (or a piece, for very long ones) that a container wrote, without its line end. The container's output is not
   * read on until what this returns, if anything, resolves.
   */
  output(container: string, stream: "stdout" | "stderr", line: string): void | Promise<void>;
  /** What the health check of a container's definition says, each time that this changes. */
  health(container: string, status: "HEALTHY" | "UNHEALTHY"): void;
  /** A container's restart policy is about to start it again, for the `count`th time: nothing is known of its health. */
  restarted(container: string, count: number): void;
  /**
   * A container has ended for good, and all that it wrote has been told. It counts as ended, and what it depends on is told to stop, when this
   * resolves: by then its log driver has brought that away.
   */
  ending?(container: string): Promise<void>;
  /**
   * A container ended by itself or was stopped. 137 = SIGKILL, 143 = SIGTERM, as Docker counts. One that never starts, because of what it
   * depends on, is told as well, with 143 and the reason.
   */
  exited(container: string, exitCode: number, reason?: string): void;
}

/** Of one port, or of a range `a-b` of them. */
export interface PortBinding {
  readonly containerPort?: number;
  readonly hostPort?: number;
  readonly containerPortRange?: string;
  readonly hostPortRange?: string;
  readonly protocol: string;
  readonly bindIP: string;
}

/** A binding of one port. */
export type OnePortBinding = PortBinding &
  Required<Pick<PortBinding, "containerPort" | "hostPort">>;

/** How a port of a task is reached from the load balancers' data plane and from the health checker. */
export type Endpoint =
  | { readonly host: string; readonly port: number }
  /** Nothing listens there: a connection is refused at once. `why` is for `status`. */
  | { readonly refused: true; readonly why: string };

/** What a container's processes use, as the machine counts. */
export interface ContainerUsage {
  /** Processor time since the container started, outside of and inside the kernel. */
  readonly userSeconds: number;
  readonly systemSeconds: number;
  /** What cannot be given back: without files that are mapped or cached. */
  readonly memoryBytes: number;
  /** What came and went through the network that it has, alone or with its task; undefined where that is the machine's own. */
  readonly network?: { readonly receivedBytes: number; readonly sentBytes: number };
}

/** In characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A program to run at a terminal beside a container's own. */
export interface TerminalRequest {
  readonly command: readonly string[];
  readonly size: TerminalSize;
  output(data: Buffer): void;
}

/** A program that runs at a terminal beside a container's own. It ends with its container. */
export interface Terminal {
  /** Resolves to the exit code, as Docker counts, after the last of the output. */
  readonly exited: Promise<number>;
  write(data: Buffer): void;
  resize(size: TerminalSize): void;
  /** Reads nothing more of what the program writes, which then waits. */
  pause(): void;
  resume(): void;
  /** Hangs up; what does not end of that is killed. */
  end(): void;
}

/** Why a program cannot be started beside a container's own: in the words of Go's `os/exec`, in which AWS's agent tells it. */
export class CannotOpenTerminalError extends Error {
  override readonly name = "CannotOpenTerminalError";
}

/** Runs tasks: as containers, or as processes. */
export interface TaskDriver {
  readonly name: "process" | "containers" | "off";
  /**
   * Starts all containers; rejects with {@link CannotStartError} and leaves nothing behind where one cannot start, or where
   * `signal` is aborted meanwhile: then those that run are stopped first, as {@link stop} does.
   */
  start(task: TaskSpec, observer: TaskObserver, signal?: AbortSignal): Promise<void>;
  /** What the task asks for and goes without here, in words for its service's events; empty where it has all. */
  unheeded(task: TaskSpec): readonly string[];
  /** Sends the stop signal to the task's containers, in reverse order, then kills; resolves when all have ended. */
  stop(taskArn: string): Promise<void>;
  /** Where `port` of the task with this ENI is; undefined where no running task has it. */
  endpoint(at: InterfaceAddress, port: number): Endpoint | undefined;
  /**
   * Runs a program at a terminal in a container that runs.
   * @throws CannotOpenTerminalError
   */
  openTerminal(taskArn: string, container: string, request: TerminalRequest): Promise<Terminal>;
  /** What whoever opens a terminal should know of it, where it is not as in a container. */
  readonly terminalNote?: string;
  /** By container name, of those that run; empty where the task is not known. */
  usage(taskArn: string): Promise<ReadonlyMap<string, ContainerUsage>>;
  /** Ends everything that a dead server left running. Called once, before anything starts. */
  reap(): Promise<void>;
  /** Stops all tasks, and kills what has not ended within seconds; resolves when no process is left. */
  close(): Promise<void>;
}
