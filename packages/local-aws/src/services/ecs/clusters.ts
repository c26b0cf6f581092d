import type { ClusterConfiguration, ClusterField, ClusterSetting } from "@aws-sdk/client-ecs";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Scope } from "../../store/store.ts";
import { ensureServiceLinkedRole } from "../iam/service-linked-roles.ts";
import type { CallContext } from "../service.ts";
import { ecsArn } from "./arns.ts";
import { toCapacityProviders, toStrategy } from "./capacity-providers.ts";
import { describeCluster } from "./cluster-view.ts";
import { EXEC_TEXTS } from "./exec-texts.ts";
import { invalidParameter } from "./faults.ts";
import type { EcsHandlers } from "./handlers.ts";
import { findCluster, requireCluster } from "./lookup.ts";
import { page } from "./pages.ts";
import { accountSetting, checkSettingValue } from "./account-settings.ts";
import { containerInstances, containerInstancesByCluster } from "./instances/state.ts";
import { assignProviders } from "./providers/find.ts";
import { PROVIDER_TEXTS } from "./providers/texts.ts";
import { clusters, ecsServices, tasks, type Cluster } from "./state.ts";
import { toTags } from "./tags.ts";
import { INSTANCE_TEXTS as SAID } from "./instance-texts.ts";
import { TEXTS } from "./texts.ts";

const ALL_FIELDS: readonly ClusterField[] = [
  "ATTACHMENTS",
  "CONFIGURATIONS",
  "SETTINGS",
  "STATISTICS",
  "TAGS",
];

/** What every answer about one cluster shows: settings, configuration and tags, but no counted statistics. */
const ANSWER_FIELDS = ALL_FIELDS.filter((field) => field !== "STATISTICS");

function toSettings(
  context: CallContext,
  given: readonly ClusterSetting[] | undefined,
): Cluster["settings"] {
  for (const { name, value } of given ?? []) {
    if (name !== "containerInsights") throw invalidParameter(TEXTS.settingName());
    checkSettingValue(name, value);
  }
  const insights = given?.find(({ name }) => name === "containerInsights")?.value;
  return [
    { name: "containerInsights", value: insights ?? accountSetting(context, "containerInsights") },
  ];
}

/** @throws AwsError where sessions' records are to go elsewhere, and nothing says where */
function toConfiguration(given: ClusterConfiguration | undefined): Cluster["configuration"] {
  const { logging, logConfiguration } = given?.executeCommandConfiguration ?? {};
  if (logging === "OVERRIDE" && !logConfiguration) throw invalidParameter(EXEC_TEXTS.logsNowhere());
  return given;
}

/** @throws AwsError where services, tasks or instances are left */
function refuseInUse(context: CallContext, cluster: Cluster): void {
  const { store } = context;
  if (store.of(ecsServices).find((it) => it.clusterArn === cluster.arn && it.status === "ACTIVE"))
    throw new AwsError("ClusterContainsServicesException", TEXTS.clusterContainsServices());
  if (store.of(tasks).find((it) => it.clusterArn === cluster.arn && it.lastStatus !== "STOPPED"))
    throw new AwsError("ClusterContainsTasksException", TEXTS.clusterContainsTasks());
  if (store.of(containerInstances).by(containerInstancesByCluster, cluster.arn).length > 0)
    throw new AwsError(
      "ClusterContainsContainerInstancesException",
      SAID.clusterContainsInstances(),
    );
}

/** @throws AwsError `ResourceInUseException` where services or tasks of the cluster use one of the providers */
function refuseUsed(scope: Scope, { arn }: Cluster, names: readonly string[]): void {
  const uses = names.some(
    (name) =>
      scope
        .of(ecsServices)
        .find(
          (it) =>
            it.clusterArn === arn &&
            it.status === "ACTIVE" &&
            it.capacityProviderStrategy.some(({ capacityProvider }) => capacityProvider === name),
        ) ??
      scope
        .of(tasks)
        .find(
          (it) =>
            it.clusterArn === arn &&
            it.capacityProviderName === name &&
            it.lastStatus !== "STOPPED",
        ),
  );
  if (uses) throw new AwsError("ResourceInUseException", PROVIDER_TEXTS.inUseByServices());
}

export const clusterHandlers: EcsHandlers = {
  CreateCluster(input, context) {
    const name = input.clusterName ?? "default";
    if (!/^[a-zA-Z0-9_-]+$/.test(name)) throw invalidParameter(TEXTS.clusterNameInvalid());
    if (name.length > 255) throw invalidParameter(TEXTS.clusterNameLength());
    const existing = findCluster(context, name);
    // Creating a cluster that is there answers with it, as it is.
    if (existing?.status === "ACTIVE")
      return { cluster: describeCluster(context, existing, ANSWER_FIELDS) };
    const capacityProviders = toCapacityProviders(input.capacityProviders, context);
    const cluster: Cluster = {
      arn: ecsArn(context, `cluster/${name}`),
      name,
      status: "ACTIVE",
      settings: toSettings(context, input.settings),
      capacityProviders,
      defaultCapacityProviderStrategy: toStrategy(
        input.defaultCapacityProviderStrategy,
        capacityProviders,
        context,
      ),
      configuration: toConfiguration(input.configuration),
      serviceConnectDefaults: input.serviceConnectDefaults && {
        namespace: input.serviceConnectDefaults.namespace!,
      },
      tags: toTags(input.tags),
      createdAt: context.clock.now(),
    };
    context.store.of(clusters).delete(cluster.arn);
    context.store.of(clusters).put(cluster.arn, cluster);
    ensureServiceLinkedRole(context.store, "ecs.amazonaws.com", cluster.createdAt);
    return { cluster: describeCluster(context, cluster, ANSWER_FIELDS) };
  },

  DescribeClusters(input, context) {
    const wanted = input.clusters?.length ? input.clusters : ["default"];
    if (wanted.length > 100)
      throw invalidParameter(TEXTS.tooMany({ what: "Clusters", limit: 100 }));
    const found: Cluster[] = [];
    const failures: { arn: string; reason: string }[] = [];
    for (const reference of wanted) {
      const cluster = findCluster(context, reference);
      if (cluster) found.push(cluster);
      else {
        const arn = reference.startsWith("arn:")
          ? reference
          : ecsArn(context, `cluster/${reference}`);
        failures.push({ arn, reason: "MISSING" });
      }
    }
    return {
      clusters: found.map((cluster) => describeCluster(context, cluster, input.include ?? [])),
      failures,
    };
  },

  ListClusters(input, context) {
    const active = context.store.of(clusters).filter(({ status }) => status === "ACTIVE");
    const { items, nextToken } = page(active, ({ arn }) => arn, input, { of: "clusters" });
    return { clusterArns: items.map(({ arn }) => arn), nextToken };
  },

  UpdateCluster(input, context) {
    const cluster = requireCluster(context, input.cluster);
    const patch: Partial<Cluster> = {};
    if (input.settings) patch.settings = toSettings(context, input.settings);
    if (input.configuration) patch.configuration = toConfiguration(input.configuration);
    if (input.serviceConnectDefaults)
      patch.serviceConnectDefaults = { namespace: input.serviceConnectDefaults.namespace! };
    const updated = context.store.of(clusters).patch(cluster.arn, patch);
    return { cluster: describeCluster(context, updated, ANSWER_FIELDS) };
  },

  UpdateClusterSettings(input, context) {
    const cluster = requireCluster(context, input.cluster);
    const settings = toSettings(context, input.settings);
    const updated = context.store.of(clusters).patch(cluster.arn, { settings });
    return { cluster: describeCluster(context, updated, ANSWER_FIELDS) };
  },

  PutClusterCapacityProviders(input, context) {
    const cluster = requireCluster(context, input.cluster);
    const capacityProviders = toCapacityProviders(input.capacityProviders, context);
    const removed = cluster.capacityProviders.filter((name) => !capacityProviders.includes(name));
    refuseUsed(context.store, cluster, removed);
    const updated = context.store.of(clusters).patch(cluster.arn, {
      capacityProviders,
      defaultCapacityProviderStrategy: toStrategy(
        input.defaultCapacityProviderStrategy,
        capacityProviders,
        context,
      ),
    });
    assignProviders(context.store, updated);
    return { cluster: describeCluster(context, updated, ANSWER_FIELDS) };
  },

  DeleteCluster(input, context) {
    const cluster = requireCluster(context, input.cluster);
    refuseInUse(context, cluster);
    // An inactive cluster stays describable, https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html
    const deleted = context.store.of(clusters).patch(cluster.arn, { status: "INACTIVE" });
    return { cluster: describeCluster(context, deleted, ANSWER_FIELDS) };
  },
};
