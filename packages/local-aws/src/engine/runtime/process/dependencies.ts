import type { Clock } from "../../../clock/clock.ts";
import { CannotStartError, type ContainerSpec } from "../driver.ts";
import { dependencyFailed, dependencyTimedOut, unsupported } from "./reasons.ts";

/** A container that others may wait for. */
export interface Dependency {
  readonly spec: ContainerSpec;
  /** Resolves to the exit code. */
  readonly ended: Promise<number>;
}

/**
 * Waits until what `container` depends on is as far as its conditions say; containers come in the order of their start,
 * so that one which has started is met at once.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
 * @throws CannotStartError where a dependency ends in failure, or not within its start time-out
 */
export async function awaitDependencies(
  container: ContainerSpec,
  started: ReadonlyMap<string, Dependency>,
  clock: Clock,
): Promise<void> {
  for (const { containerName = "", condition } of container.definition.dependsOn ?? []) {
    const dependency = started.get(containerName);
    if (condition === "HEALTHY")
      throw new CannotStartError(unsupported(container.name, "waits for the health of another"));
    if (!dependency || condition === "START") continue;
    const code = await endWithin(dependency, clock);
    if (code === undefined) throw new CannotStartError(dependencyTimedOut(containerName));
    if (condition === "SUCCESS" && code !== 0)
      throw new CannotStartError(dependencyFailed(containerName, code));
  }
}

/** The exit code; undefined where the start time-out passes first. */
async function endWithin({ spec, ended }: Dependency, clock: Clock): Promise<number | undefined> {
  const seconds = spec.definition.startTimeout;
  if (seconds === undefined) return ended;
  return new Promise((resolve) => {
    const timer = clock.deadline(seconds * 1000, () => resolve(undefined));
    void ended.then((code) => {
      timer.cancel();
      resolve(code);
    });
  });
}
