import type { LogConfiguration } from "@aws-sdk/client-ecs";
import type { PulledImage } from "../images/pulled-image.ts";
import type { TaskDriver } from "../runtime/driver.ts";

/** Fetches images for tasks. Roles and reachability have been checked before: this is about the image alone. */
export interface ImagePuller {
  /**
   * Brings `reference` into the blob store and answers what is needed to unpack it.
   * Rejects with an error whose message is ECS's own (`CannotPullContainerError: …`); it becomes the task's `stoppedReason`.
   */
  pull(request: ImagePullRequest): Promise<PulledImage>;
}

export interface ImagePullRequest {
  readonly account: string;
  readonly region: string;
  /** As the task definition names it. */
  readonly reference: string;
  /** The task's `runtimePlatform`: `X86_64` unless told. */
  readonly cpuArchitecture: string | undefined;
  /** Aborted when the task is stopped while it is pending. */
  readonly signal: AbortSignal;
}

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

/**
 * Serves the task metadata endpoint and task-role credentials. What it tells of a task (status, times, addresses,
 * limits) it reads from the store, collection `tasks`, at the time of asking.
 */
export interface MetadataRegistry {
  /** Makes the task known. Registering one that is known already answers the same. */
  register(task: MetadataTask): MetadataRegistration;
  /** Forgets the task: its endpoints answer 404 from now on. One that is not known is left alone. */
  unregister(taskArn: string): void;
}

export interface MetadataTask {
  readonly taskArn: string;
  readonly account: string;
  readonly region: string;
  readonly containerNames: readonly string[];
  /** With overrides applied; undefined where the task has no role and so gets no credentials. */
  readonly taskRoleArn: string | undefined;
}

export interface MetadataRegistration {
  /**
   * What each container is given beside its own environment, by container name: `ECS_CONTAINER_METADATA_URI_V4` and,
   * where there is a task role, `AWS_CONTAINER_CREDENTIALS_FULL_URI` and `AWS_CONTAINER_AUTHORIZATION_TOKEN`.
   */
  readonly environment: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What the scheduler needs of the rest of the engine. Network interfaces, targets and roles are functions over the store. */
export interface SchedulerPorts {
  readonly driver: TaskDriver;
  readonly images: ImagePuller;
  readonly logs: LogRouter;
  readonly metadata: MetadataRegistry;
}
