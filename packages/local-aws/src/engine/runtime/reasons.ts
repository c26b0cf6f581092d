import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import type { ContainerSpec } from "./driver.ts";

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

/**
 * What ECS's agent says of a container that will never start, and the exit code that it gives it: it has not run, but something must be
 * said. Unverified on Fargate, whose agent shares this code.
 * https://github.com/aws/amazon-ecs-agent/blob/master/agent/engine/dependencygraph/graph.go
 */
export const NEVER_STARTED_EXIT_CODE = 143;
const ORDERING = "CannotStartContainerError: dependency graph:";

type Named = Pick<ContainerSpec, "name" | "image">;
const shown = ({ name, image }: Named, state: string, exitCode?: number) =>
  `[${name}(${image.reference}) (${state}->RUNNING)${exitCode === undefined ? "" : ` - Exit: ${exitCode}`}]`;
const target = (container: Named) => shown(container, "MANIFEST_PULLED");

export const dependencyFailed = (dependency: Named, exitCode: number, container: Named) =>
  `${ORDERING} failed to resolve container ordering dependency ${shown(dependency, "STOPPED", exitCode)} for target ${target(container)} as dependency did not exit successfully.`;
export const dependencyTimedOut = (dependency: Named, container: Named) =>
  `${ORDERING} container ordering dependency ${shown(dependency, "RUNNING")} for target ${target(container)} has timed out.`;
export const dependencyNeverStarts = (dependency: Named, container: Named) =>
  `${ORDERING} failed to resolve container ordering dependency ${shown(dependency, "STOPPED", NEVER_STARTED_EXIT_CODE)} for target ${target(container)} because dependency will never start`;

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
/** Docker's words where a port of an instance is taken. https://github.com/aws/amazon-ecs-agent/issues/2021 */
export const portTaken = (container: string, port: number) =>
  `CannotStartContainerError: Error response from daemon: driver failed programming external connectivity on endpoint ${container}: Bind for 0.0.0.0:${port} failed: port is already allocated`;

/** What runc says behind the frame that ECS puts around it. */
export function ofRunc({ message }: Error): string {
  return message.replace(/^(?:runc run failed: )?(?:unable to start container process: )?/, "");
}
