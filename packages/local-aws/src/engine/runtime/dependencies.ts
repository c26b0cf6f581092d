import type { Clock } from "../../clock/clock.ts";
import { CannotStartError, type ContainerSpec } from "./driver.ts";
import { dependencyFailed, dependencyTimedOut } from "./reasons.ts";

/** A container that others may wait for. */
export interface Dependency {
  readonly spec: ContainerSpec;
  /** Resolves to the exit code. */
  readonly ended: Promise<number>;
  /** Resolves to the first word of its health check. */
  readonly firstHealth: Promise<"HEALTHY" | "UNHEALTHY">;
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
    if (!dependency || condition === "START") continue;
    const state = await stateWithin(dependency, condition === "HEALTHY", clock);
    if (state === undefined) throw new CannotStartError(dependencyTimedOut(containerName));
    const isMet =
      condition === "HEALTHY" ? state === "HEALTHY" : condition !== "SUCCESS" || state === 0;
    if (!isMet) throw new CannotStartError(dependencyFailed(containerName, state));
  }
}

/** The exit code, or the first health that is told; undefined where the start time-out passes first. */
async function stateWithin(
  { spec, ended, firstHealth }: Dependency,
  untilHealthy: boolean,
  clock: Clock,
): Promise<number | "HEALTHY" | "UNHEALTHY" | undefined> {
  const reached = untilHealthy ? Promise.race([ended, firstHealth]) : ended;
  const seconds = spec.definition.startTimeout;
  if (seconds === undefined) return reached;
  return new Promise((resolve) => {
    const timer = clock.deadline(seconds * 1000, () => resolve(undefined));
    void reached.then((state) => {
      timer.cancel();
      resolve(state);
    });
  });
}
