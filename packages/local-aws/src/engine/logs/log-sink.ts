import type { LogConfiguration } from "@aws-sdk/client-ecs";

/** Takes what one container writes. */
export interface LogSink {
  /**
   * Called just before the container starts. Rejects where it must not start without its receiver, in ECS's words
   * (`CannotStartContainerError: …`).
   */
  begin?(): Promise<void>;
  /**
   * A line without its end. `at` is wall time in milliseconds. Never throws: a sink deals with its own faults. Where it
   * returns a promise it has no room for more until that resolves.
   */
  write(stream: "stdout" | "stderr", line: string, at: number): void | Promise<void>;
  /** Resolves when everything written has been delivered. */
  close(): Promise<void>;
}

/** Opens log sinks by a container's log configuration. */
export interface LogRouter {
  /**
   * Opens the sink of one container, before the container starts. Rejects with an error whose message is ECS's own
   * (`ResourceInitializationError: failed to validate logger args: …`); it becomes the task's `stoppedReason`.
   * Where `logConfiguration` is undefined nothing is routed, and the sink takes lines and drops them, as Fargate does.
   */
  open(request: LogSinkRequest): Promise<LogSink>;
}

export interface LogSinkRequest {
  readonly account: string;
  readonly region: string;
  readonly container: LoggedContainer;
  readonly logConfiguration: LogConfiguration | undefined;
}

/** A container as log drivers tell of it. */
export interface LoggedContainer {
  /** 32 hex digits: the last part of the task's ARN. */
  readonly taskId: string;
  /** As the definition names it. */
  readonly name: string;
  /** What runs it calls it: 64 hex digits on an instance. */
  readonly runtimeId: string;
  /** As Docker names it on an instance: with a slash, and its task's family. On Fargate it is the definition's name. */
  readonly dockerName: string;
  /** As the definition names it, and `sha256:…`. */
  readonly image: string;
  readonly imageId: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What its definition says of it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Absent on Fargate. */
  readonly instanceId: string | undefined;
}
