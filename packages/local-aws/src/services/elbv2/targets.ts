import type { Scope } from "../../store/store.ts";
import {
  registrationId,
  targetGroups,
  targetHealths,
  targetRegistrations,
  type TargetRegistration,
} from "./state.ts";
import { targetGroupNotFound } from "./faults.ts";

/** One target of one target group, at the time of the call. */
export interface TargetRequest {
  readonly targetGroupArn: string;
  /** An address for target groups of type `ip`, an instance id for type `instance`. */
  readonly id: string;
  readonly port: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Puts a target into its target group, in the transaction under way. One that is registered already stays as it is; one
 * that drains is taken back. The health checker finds out the rest.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html
 * @throws AwsError TargetGroupNotFound
 */
export function registerTarget(
  scope: Scope,
  target: TargetRequest & { readonly availabilityZone?: string | undefined },
): Readonly<TargetRegistration> {
  const { targetGroupArn, id, port, availabilityZone, now } = target;
  if (!scope.of(targetGroups).has(targetGroupArn)) throw targetGroupNotFound(targetGroupArn);
  const key = registrationId(targetGroupArn, id, port);
  const existing = scope.of(targetRegistrations).get(key);
  if (existing && existing.drainingSince === undefined) return existing;
  scope.of(targetHealths).delete(key);
  const registration: TargetRegistration = { targetGroupArn, id, port, registeredAt: now };
  if (availabilityZone !== undefined) registration.availabilityZone = availabilityZone;
  return scope.of(targetRegistrations).put(key, registration);
}

/**
 * Begins to drain a target, in the transaction under way: it is given no new requests from now on, and the registration
 * goes when the deregistration delay is over. False where it was not registered or drains already.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay
 */
export function deregisterTarget(scope: Scope, target: TargetRequest): boolean {
  const { targetGroupArn, id, port, now } = target;
  const key = registrationId(targetGroupArn, id, port);
  const existing = scope.of(targetRegistrations).get(key);
  if (!existing || existing.drainingSince !== undefined) return false;
  scope.of(targetRegistrations).patch(key, { drainingSince: now });
  return true;
}
