import type {
  ContainerSpec,
  ContainerUsage,
  Endpoint,
  PortBinding,
  Terminal,
  TerminalRequest,
} from "./driver.ts";

/** Where one task runs: what plain processes and containers do each in their own way, from its first file to its last. */
export interface TaskHost {
  /**
   * Makes a container ready. Everything that can fail by its image or its definition fails here, before anything of the task runs.
   * @throws CannotStartError, LayerError, or the signal's reason
   */
  prepare(container: ContainerSpec, signal: AbortSignal): Promise<PreparedContainer>;
  /** Ports that are bound on this machine for a container that runs. */
  bindings(container: string): readonly PortBinding[];
  /** How `port` of the task is reached. */
  endpoint(port: number): Endpoint;
  /** Whether the machine itself keeps containers to their memory; else whoever runs them has to look. */
  readonly keepsMemory: boolean;
  /** Of the containers named, which run. */
  usage(containers: readonly string[]): Promise<ReadonlyMap<string, ContainerUsage>>;
  /** Takes away what the task had; called once, when no container of it runs any more. */
  close(): Promise<void>;
}

/** A container that can be started. */
export interface PreparedContainer {
  /** Set where its program would end at once: what it writes then, before it exits with 1. */
  readonly failure?: string;
  /** @throws CannotStartError */
  start(output: OutputListener): Promise<ContainerHandle>;
}

/** Takes the lines that a container writes; nothing more is read until what it answers, if anything, resolves. */
export type OutputListener = (stream: "stdout" | "stderr", line: string) => void | Promise<void>;

/** A container that has been started. */
export interface ContainerHandle {
  /** Resolves to the exit code, as Docker counts: 128 and the signal's number for one that was killed. */
  readonly exited: Promise<number>;
  /** Whether it has ended because the machine killed it for its memory. */
  readonly isOutOfMemory?: boolean;
  readonly isRunning: boolean;
  /** Once it has ended nothing happens. */
  signal(signal: NodeJS.Signals | number): void;
  /** Runs a command beside its program; resolves to whether it ended with 0 within `timeoutMs`. */
  check(command: readonly string[], timeoutMs: number): Promise<boolean>;
  /** Runs a program beside its own, at a terminal. @throws CannotOpenTerminalError */
  openTerminal(request: TerminalRequest): Promise<Terminal>;
}
