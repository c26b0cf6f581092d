import type { Clock } from "../../clock/clock.ts";
import { unlessAborted } from "../../ground/unless-aborted.ts";
import type { ContainerSpec } from "./driver.ts";
import { dependencyFailed, dependencyNeverStarts, dependencyTimedOut } from "./reasons.ts";

/** A container that others may wait for, once it has started. */
export interface Dependency {
  readonly spec: ContainerSpec;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Resolves to the exit code. */
  readonly ended: Promise<number>;
  /** Resolves when its health check has passed for the first time. */
  readonly healthy: Promise<void>;
}

/** What becomes of a container that others depend on. */
export interface Start {
  readonly spec: ContainerSpec;
  /** Resolves once it has started; to undefined where it never will. */
  readonly started: Promise<Dependency | undefined>;
}

/** Why a container will never start, in the words of ECS's agent. */
export class DependencyError extends Error {
  override readonly name = "DependencyError";
}

/**
 * Waits until what `container` depends on is as far as its conditions say. Each condition goes by its own: the first that can never be met
 * is the answer. One that only is not met yet is waited for, also where a dependency is unhealthy or ended without having been healthy:
 * then ECS's task stays PENDING.
 * @param starts of the containers that it depends on
 * @throws DependencyError; the signal's reason
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
 * @see https://github.com/aws/amazon-ecs-agent/blob/master/agent/engine/dependencygraph/graph.go
 */
export async function awaitDependencies(
  container: ContainerSpec,
  starts: ReadonlyMap<string, Start>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const settled = new AbortController();
  const parts = { clock, signal: AbortSignal.any([signal, settled.signal]) };
  const waits = (container.definition.dependsOn ?? []).map(
    async ({ containerName = "", condition }) => {
      const { spec, started } = starts.get(containerName)!;
      const dependency = await started;
      if (!dependency) throw new DependencyError(dependencyNeverStarts(spec, container));
      if (condition !== "START") await awaitCondition(container, dependency, condition, parts);
    },
  );
  try {
    await unlessAborted(Promise.all(waits), signal);
  } finally {
    settled.abort();
  }
}

async function awaitCondition(
  container: ContainerSpec,
  dependency: Dependency,
  condition: string | undefined,
  parts: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const reached = condition === "HEALTHY" ? dependency.healthy : dependency.ended;
  if ((await inTime(reached, dependency, parts)) === "late")
    throw new DependencyError(dependencyTimedOut(dependency.spec, container));
  if (condition !== "SUCCESS") return;
  const code = await dependency.ended;
  if (code !== 0) throw new DependencyError(dependencyFailed(dependency.spec, code, container));
}

/** A start time-out counts from the dependency's start; one that has ended is never late. */
function inTime(
  reached: Promise<unknown>,
  { spec, startedAt, ended }: Dependency,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<"reached" | "late"> {
  const seconds = spec.definition.startTimeout;
  const { promise, resolve } = Promise.withResolvers<"reached" | "late">();
  void reached.then(() => resolve("reached"));
  if (!seconds) return promise;
  const left = startedAt + seconds * 1000 - clock.now();
  const timer = clock.deadline(left, () => resolve("late"));
  const cancel = () => timer.cancel();
  void Promise.race([reached, ended]).then(cancel);
  signal.addEventListener("abort", cancel, { once: true });
  return promise;
}
