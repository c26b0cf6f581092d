import type { NewPoint } from "../../services/cloudwatch/metric-points.ts";
import { lastPart } from "../../services/ecs/arns.ts";
import { containerInstances } from "../../services/ecs/instances/state.ts";
import type { Scope } from "../../store/store.ts";
import { metricName, minuteValue, type Minute } from "./source.ts";
import { sumOf, type TaskUse } from "./task-use.ts";

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
