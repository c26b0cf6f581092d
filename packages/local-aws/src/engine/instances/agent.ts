import { roleRefusal } from "../../services/iam/authorize.ts";
import { refusalWords } from "../../services/iam/refusal.ts";
import { instanceRole } from "../../services/ec2/instances/instance-role.ts";
import { machineImage } from "../../services/ec2/instances/machine-images.ts";
import type { Instance } from "../../services/ec2/instances/state.ts";
import { ecsArn } from "../../services/ecs/arns.ts";
import { registerContainerInstance } from "../../services/ecs/instances/register.ts";
import {
  containerInstances,
  containerInstancesByEc2,
  type Attributes,
} from "../../services/ecs/instances/state.ts";
import { runsOn } from "../../services/ecs/launch.ts";
import { providerOfInstance } from "../../services/ecs/providers/find.ts";
import { clusters, ecsServices } from "../../services/ecs/state.ts";
import type { Scope, Store } from "../../store/store.ts";
import { mayReachService } from "../network/reachability.ts";
import { addServiceEvents } from "../scheduler/service-events.ts";

/**
 * What the ECS agent of an instance does when it starts: it registers with its cluster, in the transaction under way.
 * @returns why it cannot, as its log would say; undefined where it has
 */
export function connectAgent(
  store: Store,
  scope: Scope,
  instance: Instance,
  now: number,
): string | undefined {
  const config = readEcsConfig(instance.userData);
  const image = machineImage(scope.region, instance.imageId);
  if (!image) return `the image ${instance.imageId} has no ECS agent`;
  const way = mayReachService(scope, instance.networkInterfaceId, "ecs");
  if (!way.allowed) return way.reason;
  const arn = ecsArn(scope, `cluster/${config.cluster}`);
  const refused = refusalTo(store, scope, instance, arn);
  if (refused !== undefined) return refused;
  const cluster = scope.of(clusters).get(arn);
  if (cluster?.status !== "ACTIVE")
    return `ClusterNotFoundException: Cluster not found: ${config.cluster}`;
  const { attributes, reservedMemoryMiB } = config;
  registerContainerInstance(scope, {
    instance,
    image,
    cluster,
    attributes,
    reservedMemoryMiB,
    capacityProviderName: providerOfInstance(scope, cluster, instance.instanceId),
    now,
  });
  return undefined;
}

function refusalTo(
  store: Store,
  scope: Scope,
  instance: Instance,
  clusterArn: string,
): string | undefined {
  const roleArn = instanceRole(scope, instance);
  const action = "ecs:RegisterContainerInstance";
  if (roleArn === undefined)
    return "NoCredentialProviders: no valid providers in chain: the instance has no profile with a role";
  const { region } = scope;
  const asked = { roleArn, region, action, on: clusterArn };
  const refused = roleRefusal(store, scope.account, asked);
  if (!refused) return undefined;
  return `AccessDeniedException: ${roleArn} is not authorized to perform: ${action} on resource: ${clusterArn} ${refusalWords(refused, action)}`;
}

/** Services that an instance would have been for hear in their events why there is none. */
export function tellServices(scope: Scope, { userData }: Instance, why: string, now: number): void {
  const clusterArn = ecsArn(scope, `cluster/${readEcsConfig(userData).cluster}`);
  for (const service of scope.of(ecsServices).filter((it) => it.clusterArn === clusterArn)) {
    const message = `(service ${service.name}) ${why}`;
    const isKnown = service.events.some((event) => event.message === message);
    if (service.status === "ACTIVE" && runsOn(service) === "EC2" && !isKnown)
      addServiceEvents(scope, service.arn, [message], now);
  }
}

/** Whether the agent of an instance is there, as its cluster sees it. */
export function isConnected(scope: Scope, instanceId: string): boolean {
  const [known] = scope.of(containerInstances).by(containerInstancesByEc2, instanceId);
  return known?.agentConnected ?? false;
}

/** What the ECS agent is told by its configuration file. */
interface EcsConfig {
  /** The cluster that it joins: `default` without a word. */
  readonly cluster: string;
  readonly attributes: Attributes;
  readonly reservedMemoryMiB: number;
}

/** A line of the file, wherever a script writes it: by `echo`, in a here-document, in a part of a MIME text. */
const SETTING =
  /(?:^|[\s"';])(ECS_[A-Z_]+)=(?:"([^"\n]*)"|'(\{[^'\n]*\})'|(\{[^\n]*?\})(?=["']?\s*(?:>|$))|([^\s"';&|>]*))/gm;

/**
 * What user data write into `/etc/ecs/ecs.config`. No system boots here, so the script is read and not run: settings count where
 * it names that file.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bootstrap_container_instance.html
 * @param userData base64
 */
export function readEcsConfig(userData: string | undefined): EcsConfig {
  const script = Buffer.from(userData ?? "", "base64").toString("utf8");
  const settings = new Map<string, string>();
  if (script.includes("/etc/ecs/ecs.config"))
    for (const [, name = "", ...values] of script.matchAll(SETTING))
      settings.set(name, values.find((value) => value !== undefined) ?? "");
  return {
    cluster: settings.get("ECS_CLUSTER") || "default",
    attributes: toAttributes(settings.get("ECS_INSTANCE_ATTRIBUTES")),
    reservedMemoryMiB: Number(settings.get("ECS_RESERVED_MEMORY")) || 0,
  };
}

/** An agent that cannot read its attributes goes without them. */
function toAttributes(text: string | undefined): Attributes {
  if (!text) return [];
  try {
    const given = JSON.parse(text.replaceAll('\\"', '"')) as Record<string, unknown>;
    return Object.entries(given).map(([name, value]) => ({ name, value: String(value) }));
  } catch {
    return [];
  }
}
