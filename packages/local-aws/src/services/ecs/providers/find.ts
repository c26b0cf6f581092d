import type { Scope } from "../../../store/store.ts";
import { capacityProviders, type CapacityProvider } from "./state.ts";

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
