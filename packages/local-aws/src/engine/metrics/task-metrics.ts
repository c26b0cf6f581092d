import type { NewPoint } from "../../services/cloudwatch/metric-points.ts";
import { isRunning } from "../../services/ecs/counts.ts";
import { taskNeeds } from "../../services/ecs/placement/task-needs.ts";
import {
  taskDefinitions,
  tasks,
  type Task,
  type TaskDefinition,
} from "../../services/ecs/state.ts";
import type { Change } from "../../store/collection.ts";
import type { Scope, Store } from "../../store/store.ts";
import type { ContainerUsage, TaskDriver } from "../runtime/driver.ts";
import { containerInsights } from "./container-insights.ts";
import type { MetricSource, Minute } from "./source.ts";
import type { TaskUse } from "./task-use.ts";
import { utilization } from "./utilization.ts";

const MIB = 1024 * 1024;

/** A task at one moment. */
interface Sample {
  readonly at: number;
  /** Processor time of its containers, by name. */
  readonly seconds: ReadonlyMap<string, number>;
  readonly network: ContainerUsage["network"];
  /** How often its containers were started again. */
  readonly restarts: number;
}

/** Processor and memory of what runs, as ECS tells CloudWatch of it. */
export class TaskMetrics implements MetricSource {
  readonly #store: Store;
  readonly #driver: Pick<TaskDriver, "usage">;
  #samples = new Map<string, Sample>();

  constructor(store: Store, driver: Pick<TaskDriver, "usage">) {
    this.#store = store;
    this.#driver = driver;
  }

  isBusy(): boolean {
    return this.#store.all(tasks).some((each) => each.find(isRunning));
  }

  begins({ kind, after }: Change): boolean {
    return kind === tasks.name && after !== undefined && isRunning(after as Task);
  }

  async take(minute: Minute): Promise<NewPoint[]> {
    const samples = new Map<string, Sample>();
    const points: NewPoint[] = [];
    for (const collection of this.#store.all(tasks)) {
      const running = collection.filter(isRunning);
      const scope = this.#store.scope(collection.place.account, collection.place.region);
      const uses = await Promise.all(
        running.map((task) => this.#use(scope, task, minute, samples)),
      );
      points.push(...utilization(scope, minute, uses), ...containerInsights(scope, minute, uses));
    }
    this.#samples = samples;
    return points;
  }

  async #use(
    scope: Scope,
    task: Readonly<Task>,
    minute: Minute,
    samples: Map<string, Sample>,
  ): Promise<TaskUse> {
    const usage = await this.#driver.usage(task.arn);
    const seconds = new Map<string, number>();
    let bytes = 0;
    for (const [name, { userSeconds, systemSeconds, memoryBytes }] of usage) {
      seconds.set(name, userSeconds + systemSeconds);
      bytes += memoryBytes;
    }
    const restarts = task.containers.reduce((sum, it) => sum + (it.restartCount ?? 0), 0);
    const definition = scope.of(taskDefinitions).get(task.taskDefinitionArn)!;
    const network = networkOf(definition.networkMode, [...usage.values()]);
    const sample = { at: minute.now, seconds, network, restarts };
    const before = this.#before(task, minute);
    samples.set(task.arn, sample);
    const hasPolicy = definition.containerDefinitions.some((it) => it.restartPolicy?.enabled);
    return {
      task,
      family: definition.family,
      cpu: before && usedUnits(before, minute.now, seconds),
      network: before && rateOf(before, sample),
      memoryMiB: bytes / MIB,
      reserved: taskNeeds(definition, task.overrides),
      restarts: hasPolicy ? restarts - (before?.restarts ?? restarts) : undefined,
    };
  }

  /** What a task was when it was seen last, or when it started in this minute. */
  #before(task: Readonly<Task>, { since }: Minute): Sample | undefined {
    const known = this.#samples.get(task.arn);
    const { startedAt = 0 } = task;
    if (known || startedAt < since) return known;
    const network = { receivedBytes: 0, sentBytes: 0 };
    return { at: startedAt, seconds: new Map(), network, restarts: 0 };
  }
}

/** In mode awsvpc a task's containers have one network, in mode bridge each its own; in mode host it is the instance's. */
function networkOf(mode: TaskDefinition["networkMode"], usages: readonly ContainerUsage[]) {
  if (mode !== "awsvpc" && mode !== "bridge") return undefined;
  const networks = usages.flatMap(({ network }) => network ?? []);
  const own = mode === "awsvpc" ? networks.slice(0, 1) : networks;
  if (own.length === 0) return undefined;
  return {
    receivedBytes: own.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0),
    sentBytes: own.reduce((sum, { sentBytes }) => sum + sentBytes, 0),
  };
}

function rateOf(before: Sample, after: Sample): TaskUse["network"] {
  const seconds = (after.at - before.at) / 1000;
  if (!before.network || !after.network || seconds <= 0) return undefined;
  // A container that was started again, in a network of its own, counts from nothing.
  const rate = (member: "receivedBytes" | "sentBytes") =>
    Math.max(after.network![member] - before.network![member], 0) / seconds;
  return { received: rate("receivedBytes"), sent: rate("sentBytes") };
}

/** Processor units used between two moments; undefined where no time has passed. */
function usedUnits(before: Sample, now: number, seconds: Sample["seconds"]): number | undefined {
  if (now <= before.at) return undefined;
  let used = 0;
  for (const [name, total] of seconds) {
    const earlier = before.seconds.get(name) ?? 0;
    // A container that was started again counts from nothing.
    used += total >= earlier ? total - earlier : total;
  }
  return (used / ((now - before.at) / 1000)) * 1024;
}
