import type { ContainerDefinition } from "@aws-sdk/client-ecs";
/**
 * What ECS says where a container cannot start. Sources: Fargate platform 1.4 as reported in
 * https://github.com/aws/amazon-ecs-agent/issues/3526 and https://github.com/saebyn/glowing-telegram/issues/398 (the frame and
 * "executable file not found"), https://github.com/aws/amazon-ecs-agent/issues/2954 ("stat …: no such file or directory"),
 * and https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html (OutOfMemoryError).
 * Sentences of the portable tier are Local AWS's own; AWS has none for them.
 */
const RUNTIME_FAILURE =
  "CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process";

export const executableNotFound = (word: string) =>
  `${RUNTIME_FAILURE}: exec: ${JSON.stringify(word)}: executable file not found in $PATH: unknown`;

export const noSuchFile = (word: string) =>
  `${RUNTIME_FAILURE}: exec: ${JSON.stringify(word)}: stat ${word}: no such file or directory: unknown`;

export const notExecutable = (word: string) =>
  `${RUNTIME_FAILURE}: exec: ${JSON.stringify(word)}: permission denied: unknown`;

/** Unverified on Fargate: Docker's words for an image without a command. */
export const noCommand = () =>
  "CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: no command specified";

export const couldNotRun = (detail: string) => `${RUNTIME_FAILURE}: ${detail}: unknown`;

/** Words of Local AWS: the image itself is refused. */
export const badImage = (reference: string, detail: string) =>
  `CannotPullContainerError: failed to extract ${reference}: ${detail}`;

/** A layer that is not what it says; `detail` begins with the layer. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html */
export const badLayer = (detail: string) =>
  `CannotPullContainerError: ref pull has been retried 1 time(s): failed to extract ${detail}: unknown`;

/** A layer that is not the one that the configuration names. https://github.com/buildpacks/lifecycle/issues/1662 */
export const wrongDiffId = (detail: string) =>
  `CannotPullContainerError: ref pull has been retried 1 time(s): ${detail}`;

export const OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage";

/** Words of Local AWS: what the portable tier cannot do, it refuses by name. */
export const unsupported = (container: string, what: string) =>
  `CannotStartContainerError: container "${container}" ${what}, which tasks that run as plain processes cannot do`;

/** Unverified: Fargate's words for a dependency that ends in the wrong way or too late. */
export const dependencyFailed = (container: string, state: number | "UNHEALTHY" | "HEALTHY") =>
  typeof state === "number"
    ? `Container "${container}" that others depend on ended with ${state}`
    : `Container "${container}" that others depend on is ${state}`;
export const dependencyTimedOut = (container: string) =>
  `Container "${container}" that others depend on was not ready within its start time-out`;

/** Never shown: the scheduler that stopped the task knows why. */
export const stoppedWhileStarting = () => "the task was stopped while it was starting";

/** What nobody can have here, since nobody is at a task's terminal: a service's events name it. */
export const terminalsOf = ({ interactive, pseudoTerminal }: ContainerDefinition): string[] => [
  ...(interactive ? ["interactive"] : []),
  ...(pseudoTerminal ? ["pseudoTerminal"] : []),
];

/** Why the container runtime could not run a program beside a container's own, in the words of Go's `os/exec`, which AWS's agent uses. */
export function asGoSays(reason: string): string {
  const [, why = reason] = /unable to start container process: (.*)$/s.exec(reason) ?? [];
  const [, path, what] = /^exec: "([^"]*\/[^"]*)": (?:stat \S+: )?(.*)$/s.exec(why) ?? [];
  return path === undefined ? why : `fork/exec ${path}: ${what}`;
}
