import type { Cluster as SdkCluster, ClusterField } from "@aws-sdk/client-ecs";
import type { CallContext } from "../service.ts";
import { isPending, isRunning } from "./counts.ts";
import { ecsServices, tasks, type Cluster } from "./state.ts";
import { fromTags } from "./tags.ts";

/** A cluster as the API shows it; `include` names what is left out otherwise. */
export function describeCluster(
  context: CallContext,
  cluster: Cluster,
  include: readonly ClusterField[],
): SdkCluster {
  const ofCluster = context.store.of(tasks).filter((task) => task.clusterArn === cluster.arn);
  const running = ofCluster.filter(isRunning).length;
  const pending = ofCluster.filter(isPending).length;
  const services = context.store.of(ecsServices).filter((it) => it.clusterArn === cluster.arn);
  const active = services.filter(({ status }) => status === "ACTIVE").length;
  const draining = services.filter(({ status }) => status === "DRAINING").length;
  const shows = (field: ClusterField) => include.includes(field);
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: running,
    pendingTasksCount: pending,
    activeServicesCount: active,
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

/** All of a cluster's tasks and services are Fargate's here, so the EC2 counts are 0. */
function statistics(counts: Record<"running" | "pending" | "active" | "draining", number>) {
  const pair = (name: string, value: number) => ({ name, value: String(value) });
  return [
    pair("runningEC2TasksCount", 0),
    pair("runningFargateTasksCount", counts.running),
    pair("pendingEC2TasksCount", 0),
    pair("pendingFargateTasksCount", counts.pending),
    pair("activeEC2ServiceCount", 0),
    pair("activeFargateServiceCount", counts.active),
    pair("drainingEC2ServiceCount", 0),
    pair("drainingFargateServiceCount", counts.draining),
  ];
}
