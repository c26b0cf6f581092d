import { cpus, totalmem } from "node:os";
import type { TaskContainer } from "../../services/ecs/task-container.ts";
import type { ContainerUsage } from "../runtime/driver.ts";
import type { KnownTask } from "./task-document.ts";

/** What was counted at one moment. */
export interface Sample {
  readonly at: number;
  readonly usage: ContainerUsage;
  /** Processor time of the whole machine, in nanoseconds. */
  readonly systemNanoseconds: number;
}

export function takeSample(at: number, usage: ContainerUsage): Sample {
  const milliseconds = cpus()
    .flatMap(({ times }) => Object.values(times))
    .reduce((total, time) => total + time, 0);
  return { at, usage, systemNanoseconds: milliseconds * 1e6 };
}

/**
 * Docker's statistics of a container, with the members that can be told of plain processes: what is not counted (disks,
 * networks) is not there, rather than 0.
 * https://docs.docker.com/reference/api/engine/version/v1.30/#tag/Container/operation/ContainerStats
 */
export function statsDocument(
  { task, definition }: KnownTask,
  container: TaskContainer,
  sample: Sample,
  before: Sample | undefined,
): Record<string, unknown> {
  const own = definition.containerDefinitions.find(({ name }) => name === container.name);
  const limitMiB = own?.memory ?? Number(task.memory);
  return {
    read: new Date(sample.at).toISOString(),
    preread: before ? new Date(before.at).toISOString() : "0001-01-01T00:00:00Z",
    pids_stats: {},
    num_procs: 0,
    storage_stats: {},
    cpu_stats: cpuStats(sample),
    precpu_stats: before ? cpuStats(before) : { cpu_usage: { total_usage: 0 } },
    memory_stats: {
      usage: sample.usage.memoryBytes,
      stats: { rss: sample.usage.memoryBytes },
      limit: limitMiB > 0 ? limitMiB * 1024 * 1024 : totalmem(),
    },
    name: container.name,
    id: container.runtimeId,
  };
}

function cpuStats({ usage, systemNanoseconds }: Sample) {
  const nanoseconds = (seconds: number) => Math.round(seconds * 1e9);
  return {
    cpu_usage: {
      total_usage: nanoseconds(usage.userSeconds + usage.systemSeconds),
      usage_in_kernelmode: nanoseconds(usage.systemSeconds),
      usage_in_usermode: nanoseconds(usage.userSeconds),
    },
    system_cpu_usage: systemNanoseconds,
    online_cpus: cpus().length,
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  };
}
