import { lastPart } from "../../ground/arn.ts";
import type { NewPoint } from "../../services/cloudwatch/metric-points.ts";
import { isRunning } from "../../services/ecs/counts.ts";
import { containerInstances } from "../../services/ecs/instances/state.ts";
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
import { metricName, minuteValue, type MetricSource, type Minute } from "./source.ts";
import { sumOf, type TaskUse } from "./task-use.ts";

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

const percent = (part: number | undefined, whole: number) =>
  part === undefined || whole <= 0 ? undefined : (100 * part) / whole;

/**
 * What services and clusters use of what they have, in percent.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
 */
export function utilization(scope: Scope, minute: Minute, uses: readonly TaskUse[]): NewPoint[] {
  const put = (
    dimensions: Readonly<Record<string, string>>,
    values: Readonly<Record<string, number | undefined>>,
  ) =>
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined
        ? []
        : minuteValue(minute, metricName(scope, "AWS/ECS", name, dimensions), "Percent", value),
    );
  const registered = registeredByCluster(scope);
  const ofServices = uses.flatMap((use) => {
    const { task } = use;
    if (task.serviceArn === undefined) return [];
    const ClusterName = lastPart(task.clusterArn);
    const dimensions = { ClusterName, ServiceName: lastPart(task.serviceArn) };
    const hasInstances = registered.has(task.clusterArn);
    return [
      ...put(dimensions, shares(use)),
      ...(hasInstances ? [] : put({ ClusterName }, shares(use))),
    ];
  });
  const ofClusters = [...registered].flatMap(([arn, whole]) => {
    const own = uses.filter(
      ({ task }) => task.clusterArn === arn && task.containerInstanceArn !== undefined,
    );
    return own.length === 0 ? [] : put({ ClusterName: lastPart(arn) }, clusterShares(own, whole));
  });
  return [...ofServices, ...ofClusters];
}

const shares = ({ cpu, memoryMiB, reserved }: TaskUse) => ({
  CPUUtilization: percent(cpu, reserved.cpu),
  MemoryUtilization: percent(memoryMiB, reserved.memoryMiB),
});

/** Of what the instances of a cluster have together. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster_utilization.html */
function clusterShares(
  uses: readonly TaskUse[],
  { cpu, memoryMiB }: { readonly cpu: number; readonly memoryMiB: number },
) {
  const measured = uses.some((use) => use.cpu !== undefined);
  return {
    CPUUtilization: percent(measured ? sumOf(uses, (use) => use.cpu ?? 0) : undefined, cpu),
    CPUReservation: percent(
      sumOf(uses, ({ reserved }) => reserved.cpu),
      cpu,
    ),
    MemoryUtilization: percent(
      sumOf(uses, (use) => use.memoryMiB),
      memoryMiB,
    ),
    MemoryReservation: percent(
      sumOf(uses, ({ reserved }) => reserved.memoryMiB),
      memoryMiB,
    ),
  };
}

/** By cluster: what its instances registered; those that are no longer in it do not count. */
function registeredByCluster(scope: Scope) {
  const clusters = new Map<string, { cpu: number; memoryMiB: number }>();
  for (const { clusterArn, status, registered } of scope.of(containerInstances).values()) {
    if (status === "INACTIVE") continue;
    const whole = clusters.get(clusterArn) ?? { cpu: 0, memoryMiB: 0 };
    whole.cpu += registered.cpu;
    whole.memoryMiB += registered.memoryMiB;
    clusters.set(clusterArn, whole);
  }
  return clusters;
}
