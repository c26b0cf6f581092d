import { roleRefusal } from "../../services/iam/authorize.ts";
import { refusalWords } from "../../services/iam/refusal.ts";
import { instanceRole } from "../../services/ec2/instances/instance-role.ts";
import { machineImage } from "../../services/ec2/instances/machine-images.ts";
import type { Instance } from "../../services/ec2/instances/state.ts";
import { ecsArn } from "../../services/ecs/arns.ts";
import { registerContainerInstance } from "../../services/ecs/instances/register.ts";
import { containerInstances, containerInstancesByEc2 } from "../../services/ecs/instances/state.ts";
import { runsOn } from "../../services/ecs/launch.ts";
import { providerOfInstance } from "../../services/ecs/providers/find.ts";
import { clusters, ecsServices } from "../../services/ecs/state.ts";
import type { Scope, Store } from "../../store/store.ts";
import { mayReachService } from "../network/reachability.ts";
import { addServiceEvents } from "../scheduler/service-events.ts";
import { readEcsConfig } from "./ecs-config.ts";

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
