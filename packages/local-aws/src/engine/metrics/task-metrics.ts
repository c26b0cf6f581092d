import { lastPart } from "../../services/ecs/arns.ts";
import { isPending, isRunning } from "../../services/ecs/counts.ts";
import { clusters, ecsServices, tasks, type Task } from "../../services/ecs/state.ts";
import type { NewPoint } from "../../services/cloudwatch/metric-points.ts";
import type { Change, Place } from "../../store/collection.ts";
import type { Store } from "../../store/store.ts";
import type { TaskDriver } from "../runtime/driver.ts";
import { metricName, minuteValue, type MetricSource, type Minute } from "./source.ts";

const MIB = 1024 * 1024;

/** Processor time of a task's containers, by name, at one moment. */
interface Sample {
  readonly at: number;
  readonly seconds: ReadonlyMap<string, number>;
}

/** What a task has used in a minute. */
interface Used {
  readonly task: Readonly<Task>;
  /** In units: 1024 are one processor. Undefined where it has been seen for the first time. */
  readonly cpu: number | undefined;
  readonly memoryMiB: number;
}

/**
 * Processor and memory of what runs, as ECS tells CloudWatch of it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
 */
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
      const used = await Promise.all(running.map((task) => this.#use(task, minute, samples)));
      points.push(...utilization(collection.place, minute, used));
      points.push(...this.#insights(collection.place, minute, used));
    }
    this.#samples = samples;
    return points;
  }

  async #use(task: Readonly<Task>, minute: Minute, samples: Map<string, Sample>): Promise<Used> {
    const usage = await this.#driver.usage(task.arn);
    const seconds = new Map<string, number>();
    let bytes = 0;
    for (const [name, { userSeconds, systemSeconds, memoryBytes }] of usage) {
      seconds.set(name, userSeconds + systemSeconds);
      bytes += memoryBytes;
    }
    samples.set(task.arn, { at: minute.now, seconds });
    return { task, cpu: this.#cpu(task, minute, seconds), memoryMiB: bytes / MIB };
  }

  #cpu(task: Readonly<Task>, minute: Minute, seconds: Sample["seconds"]): number | undefined {
    const isNew = (task.startedAt ?? 0) >= minute.since;
    const first = { at: task.startedAt ?? minute.now, seconds: new Map<string, number>() };
    const before = this.#samples.get(task.arn) ?? (isNew ? first : undefined);
    if (!before || minute.now <= before.at) return undefined;
    let used = 0;
    for (const [name, now] of seconds) {
      const earlier = before.seconds.get(name) ?? 0;
      // A container that was started again counts from nothing.
      used += now >= earlier ? now - earlier : now;
    }
    return (used / ((minute.now - before.at) / 1000)) * 1024;
  }

  /**
   * Container Insights, of clusters that have it.
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
   */
  #insights(place: Place, minute: Minute, used: readonly Used[]): NewPoint[] {
    const scope = this.#store.scope(place.account, place.region);
    const observed = scope
      .of(clusters)
      .filter(({ settings }) =>
        settings.some(({ name, value }) => name === "containerInsights" && value !== "disabled"),
      );
    return observed.flatMap(({ arn, name: ClusterName }) => {
      const own = used.filter(({ task }) => task.clusterArn === arn);
      const services = scope
        .of(ecsServices)
        .filter((it) => it.clusterArn === arn && it.status !== "INACTIVE");
      const put = (
        dimensions: Readonly<Record<string, string>>,
        values: Readonly<Record<string, [unit: string, value: number]>>,
      ) =>
        Object.entries(values).map(([name, [unit, value]]) =>
          minuteValue(
            minute,
            metricName(place, "ECS/ContainerInsights", name, dimensions),
            unit,
            value,
          ),
        );
      const ofServices = services.flatMap((service) => {
        const its = own.filter(({ task }) => task.serviceArn === service.arn);
        const pending = scope
          .of(tasks)
          .filter((task) => task.serviceArn === service.arn && isPending(task));
        return put(
          { ClusterName, ServiceName: service.name },
          {
            ...usedValues(its),
            RunningTaskCount: ["Count", its.length],
            PendingTaskCount: ["Count", pending.length],
            DesiredTaskCount: ["Count", service.desiredCount],
            DeploymentCount: ["Count", service.deployments.length],
          },
        );
      });
      const ofCluster = put(
        { ClusterName },
        {
          ...usedValues(own),
          TaskCount: ["Count", own.length],
          ServiceCount: ["Count", services.length],
        },
      );
      return [...ofCluster, ...ofServices];
    });
  }
}

function usedValues(used: readonly Used[]): Record<string, [unit: string, value: number]> {
  const sum = (of: (it: Used) => number) => used.reduce((total, it) => total + of(it), 0);
  const measured = used.filter(({ cpu }) => cpu !== undefined);
  return {
    ...(measured.length > 0 && { CpuUtilized: ["None", sum(({ cpu = 0 }) => cpu)] as const }),
    CpuReserved: ["None", sum(({ task }) => Number(task.cpu))],
    MemoryUtilized: ["Megabytes", sum(({ memoryMiB }) => memoryMiB)],
    MemoryReserved: ["Megabytes", sum(({ task }) => Number(task.memory))],
  } as Record<string, [string, number]>;
}

/** What each task of a service uses of what it has reserved, in percent: of the service, and of the cluster. */
function utilization(place: Place, minute: Minute, used: readonly Used[]): NewPoint[] {
  return used.flatMap(({ task, cpu, memoryMiB }) => {
    if (task.serviceArn === undefined) return [];
    const ClusterName = lastPart(task.clusterArn);
    const dimensions: Record<string, string>[] = [
      { ClusterName, ServiceName: lastPart(task.serviceArn) },
      { ClusterName },
    ];
    const shares = {
      CPUUtilization:
        cpu !== undefined && Number(task.cpu) > 0 ? (100 * cpu) / Number(task.cpu) : undefined,
      MemoryUtilization:
        Number(task.memory) > 0 ? (100 * memoryMiB) / Number(task.memory) : undefined,
    };
    return Object.entries(shares).flatMap(([name, value]) =>
      value === undefined
        ? []
        : dimensions.map((each) =>
            minuteValue(minute, metricName(place, "AWS/ECS", name, each), "Percent", value),
          ),
    );
  });
}
