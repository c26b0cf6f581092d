import type { Cluster as SdkCluster, ClusterField } from "@aws-sdk/client-ecs";
import type { CallContext } from "../service.ts";
import { isPending, isRunning } from "./counts.ts";
import { containerInstances, containerInstancesByCluster } from "./instances/state.ts";
import { ecsServices, tasks, type Cluster } from "./state.ts";
import { fromTags } from "./tags.ts";

/** A cluster as the API shows it; `include` names what is left out otherwise. */
export function describeCluster(
  context: CallContext,
  cluster: Cluster,
  include: readonly ClusterField[],
): SdkCluster {
  const ofCluster = context.store.of(tasks).filter((task) => task.clusterArn === cluster.arn);
  const running = ofCluster.filter(isRunning);
  const pending = ofCluster.filter(isPending);
  const services = context.store.of(ecsServices).filter((it) => it.clusterArn === cluster.arn);
  const active = services.filter(({ status }) => status === "ACTIVE");
  const draining = services.filter(({ status }) => status === "DRAINING");
  const shows = (field: ClusterField) => include.includes(field);
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: context.store
      .of(containerInstances)
      .by(containerInstancesByCluster, cluster.arn).length,
    runningTasksCount: running.length,
    pendingTasksCount: pending.length,
    activeServicesCount: active.length,
    statistics: shows("STATISTICS") ? statistics({ running, pending, active, draining }) : [],
    tags: shows("TAGS") ? fromTags(cluster.tags) : [],
    settings: shows("SETTINGS")
      ? cluster.settings.map(({ value }) => ({ name: "containerInsights", value }))
      : [],
    capacityProviders: [...cluster.capacityProviders],
    defaultCapacityProviderStrategy: cluster.defaultCapacityProviderStrategy.map((item) => ({
      ...item,
    })),
    configuration: shows("CONFIGURATIONS") ? cluster.configuration : undefined,
    serviceConnectDefaults: cluster.serviceConnectDefaults,
  };
}

type Counted = readonly { readonly launchType?: string | undefined }[];

/** Services of a strategy run on Fargate unless their launch type says otherwise. */
function statistics(counts: Record<"running" | "pending" | "active" | "draining", Counted>) {
  const count = (all: Counted, isEc2: boolean) =>
    String(all.filter(({ launchType }) => (launchType === "EC2") === isEc2).length);
  const pairs = (name: string, all: Counted, what: string) => [
    { name: `${name}EC2${what}`, value: count(all, true) },
    { name: `${name}Fargate${what}`, value: count(all, false) },
  ];
  return [
    ...pairs("running", counts.running, "TasksCount"),
    ...pairs("pending", counts.pending, "TasksCount"),
    ...pairs("active", counts.active, "ServiceCount"),
    ...pairs("draining", counts.draining, "ServiceCount"),
  ];
}
