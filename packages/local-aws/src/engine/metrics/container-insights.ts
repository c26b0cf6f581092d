import type { NewPoint } from "../../services/cloudwatch/metric-points.ts";
import { isPending } from "../../services/ecs/counts.ts";
import {
  containerInstances,
  containerInstancesByCluster,
} from "../../services/ecs/instances/state.ts";
import {
  clusters,
  ecsServices,
  tasks,
  tasksByService,
  type Cluster,
} from "../../services/ecs/state.ts";
import { taskSetsOf } from "../../services/ecs/task-sets/task-set.ts";
import type { Scope } from "../../store/store.ts";
import { metricName, minuteValue, type Minute } from "./source.ts";
import { sumOf, type TaskUse } from "./task-use.ts";

const NAMESPACE = "ECS/ContainerInsights";

type Values = Readonly<Record<string, readonly [unit: string, value: number]>>;
type Put = (dimensions: Readonly<Record<string, string>>, values: Values) => NewPoint[];

/**
 * Container Insights, of clusters that have it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
 */
export function containerInsights(
  scope: Scope,
  minute: Minute,
  uses: readonly TaskUse[],
): NewPoint[] {
  const put: Put = (dimensions, values) =>
    Object.entries(values).map(([name, [unit, value]]) =>
      minuteValue(minute, metricName(scope, NAMESPACE, name, dimensions), unit, value),
    );
  return scope
    .of(clusters)
    .filter(isObserved)
    .flatMap((cluster) =>
      ofCluster(
        scope,
        cluster,
        uses.filter(({ task }) => task.clusterArn === cluster.arn),
        put,
      ),
    );
}

const isObserved = ({ settings }: Cluster) =>
  settings.some(({ name, value }) => name === "containerInsights" && value !== "disabled");

function ofCluster(scope: Scope, { arn, name }: Cluster, uses: readonly TaskUse[], put: Put) {
  const ClusterName = name;
  const services = scope
    .of(ecsServices)
    .filter(({ clusterArn, status }) => clusterArn === arn && status !== "INACTIVE");
  const instances = scope.of(containerInstances).by(containerInstancesByCluster, arn);
  const present = instances.filter(({ status }) => status !== "INACTIVE");
  const whole = put(
    { ClusterName },
    {
      ...used(uses),
      TaskCount: ["Count", uses.length],
      ServiceCount: ["Count", services.length],
      ContainerInstanceCount: ["Count", present.length],
    },
  );
  const families = Map.groupBy(uses, ({ family }) => family);
  const ofFamilies = [...families].flatMap(([TaskDefinitionFamily, own]) =>
    put({ ClusterName, TaskDefinitionFamily }, used(own)),
  );
  const ofServices = services.flatMap((service) => {
    const own = uses.filter(({ task }) => task.serviceArn === service.arn);
    const pending = scope.of(tasks).by(tasksByService, service.arn).filter(isPending);
    return put(
      { ClusterName, ServiceName: service.name },
      {
        ...used(own),
        RunningTaskCount: ["Count", own.length],
        PendingTaskCount: ["Count", pending.length],
        DesiredTaskCount: ["Count", service.desiredCount],
        DeploymentCount: ["Count", service.deployments.length],
        TaskSetCount: ["Count", taskSetsOf(service).length],
      },
    );
  });
  return [...whole, ...ofFamilies, ...ofServices];
}

function used(uses: readonly TaskUse[]): Values {
  const measured = uses.some(({ cpu }) => cpu !== undefined);
  const restarted = uses.some(({ restarts }) => restarts !== undefined);
  const connected = uses.filter(({ network }) => network !== undefined);
  const storage = uses.filter(({ task }) => task.containerInstanceArn === undefined);
  return {
    ...(measured && { CpuUtilized: ["None", sumOf(uses, ({ cpu = 0 }) => cpu)] as const }),
    CpuReserved: ["None", sumOf(uses, ({ reserved }) => reserved.cpu)],
    MemoryUtilized: ["Megabytes", sumOf(uses, ({ memoryMiB }) => memoryMiB)],
    MemoryReserved: ["Megabytes", sumOf(uses, ({ reserved }) => reserved.memoryMiB)],
    ...(connected.length > 0 && {
      NetworkRxBytes: [
        "Bytes/Second",
        sumOf(connected, ({ network }) => network!.received),
      ] as const,
      NetworkTxBytes: ["Bytes/Second", sumOf(connected, ({ network }) => network!.sent)] as const,
    }),
    // Of Fargate alone: elsewhere a task has its instance's disk.
    ...(storage.length > 0 && {
      EphemeralStorageReserved: [
        "Gigabytes",
        sumOf(storage, ({ task }) => task.ephemeralStorageGiB),
      ] as const,
    }),
    ...(restarted && {
      RestartCount: ["Count", sumOf(uses, ({ restarts = 0 }) => restarts)] as const,
    }),
  };
}
