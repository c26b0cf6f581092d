import type { Scope } from "../../../store/store.ts";
import { instances } from "../../ec2/instances/state.ts";
import { containerInstances, containerInstancesByCluster } from "../instances/state.ts";
import type { Cluster } from "../state.ts";
import { capacityProviders, type CapacityProvider } from "./state.ts";

/** The tag by which an instance knows its group. */
export const GROUP_TAG = "aws:autoscaling:groupName";

/** The provider of instances with this name; undefined where there is none. */
export const findProvider = (scope: Scope, name: string): CapacityProvider | undefined =>
  scope.of(capacityProviders).get(name);

/** Whether a provider makes instances where tasks wait for some. */
export const isScaled = (scope: Scope, name: string): boolean =>
  findProvider(scope, name)?.managedScaling.status === "ENABLED";

/** The provider that an Auto Scaling group belongs to; undefined where it belongs to none. */
export const providerOfGroup = (
  scope: Scope,
  autoScalingGroupName: string,
): CapacityProvider | undefined =>
  scope
    .of(capacityProviders)
    .find(({ autoScalingGroupArn }) =>
      autoScalingGroupArn.endsWith(`:autoScalingGroupName/${autoScalingGroupName}`),
    );

/** The provider of a cluster whose group an EC2 instance is in; undefined where it is in none. */
export function providerOfInstance(
  scope: Scope,
  cluster: Cluster,
  ec2InstanceId: string,
): string | undefined {
  const group = scope.of(instances).get(ec2InstanceId)?.tags[GROUP_TAG];
  const provider = group === undefined ? undefined : providerOfGroup(scope, group);
  return provider && cluster.capacityProviders.includes(provider.name) ? provider.name : undefined;
}

/** Gives the instances of a cluster the providers that it has now, in the transaction under way. */
export function assignProviders(scope: Scope, cluster: Cluster): void {
  for (const instance of scope
    .of(containerInstances)
    .by(containerInstancesByCluster, cluster.arn)) {
    const capacityProviderName = providerOfInstance(scope, cluster, instance.ec2InstanceId);
    if (capacityProviderName !== instance.capacityProviderName)
      scope.of(containerInstances).patch(instance.arn, { capacityProviderName });
  }
}
