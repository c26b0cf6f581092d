import type { LogConfiguration } from "@aws-sdk/client-ecs";

/** Takes what one container writes. */
export interface LogSink {
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
  /** 32 hex digits: the last part of the task's ARN. */
  readonly taskId: string;
  readonly containerName: string;
  readonly logConfiguration: LogConfiguration | undefined;
}
