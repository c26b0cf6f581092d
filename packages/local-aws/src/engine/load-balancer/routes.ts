import { instances } from "../../services/ec2/instances/state.ts";
import { interfacesByAddress, networkInterfaces } from "../../services/ec2/state.ts";
import type { LoadBalancer, TargetRegistration } from "../../services/elbv2/state.ts";
import type { Scope } from "../../store/store.ts";
import { mayConnect } from "../network/reachability.ts";
import type { Route } from "./configuration.ts";
import type { LoadBalancerNeeds } from "./needs.ts";

/** Whether something can be reached, and where not, why: in words for a learner. */
export interface Access {
  readonly open: boolean;
  readonly why?: string;
}

/**
 * Whether clients at `address` reach `port` of a load balancer. One zone that can be reached is enough: clients try the
 * addresses of its name one after the other.
 */
export function clientAccess(
  scope: Scope,
  balancer: Readonly<LoadBalancer>,
  port: number,
  address: string,
): Access {
  const interfaces = balancer.availabilityZones.map(({ networkInterfaceId }) => networkInterfaceId);
  return firstOpen(
    interfaces.map((networkInterfaceId) =>
      mayConnect(scope, { address }, { networkInterfaceId }, port),
    ),
  );
}

/** How `port` of a target is reached, and where it is not, why. */
export interface TargetRoute {
  readonly route: Route;
  readonly why?: string;
}

/**
 * How a load balancer reaches `port` of a target: security groups and routes first, as packets meet them first; then
 * whether anything is at the address.
 */
export function routeTo(
  scope: Scope,
  balancer: Readonly<LoadBalancer>,
  { id }: Pick<TargetRegistration, "id">,
  port: number,
  { endpoint, room }: Pick<LoadBalancerNeeds, "endpoint" | "room">,
): TargetRoute {
  const address = scope.of(instances).get(id)?.privateIpAddress ?? id;
  const target = scope
    .of(networkInterfaces)
    .by(interfacesByAddress, address)
    .find(({ vpcId }) => vpcId === balancer.vpcId);
  if (!target)
    return { route: "silent", why: `nothing in ${balancer.vpcId} has the address ${address}` };
  const verdicts = balancer.availabilityZones.map(({ networkInterfaceId }) =>
    mayConnect(scope, { networkInterfaceId }, target, port),
  );
  const { open, why } = firstOpen(verdicts);
  if (!open) return { route: "silent", ...(why !== undefined && { why }) };
  const found = endpoint(target, port);
  if (!found) return { route: "silent", why: `no running task has the address ${address}` };
  if ("refused" in found) return { route: "refused", why: found.why };
  const { host } = found;
  if (!room) return { route: { host, port: found.port } };
  // In the tasks' own network, security groups look at which interface a connection comes from.
  const zone = balancer.availabilityZones[verdicts.findIndex(({ allowed }) => allowed)];
  const from = scope.of(networkInterfaces).get(zone?.networkInterfaceId ?? "")?.privateIpAddress;
  return { route: { host, port: found.port, ...(from !== undefined && { from }) } };
}

function firstOpen(verdicts: readonly ReturnType<typeof mayConnect>[]): Access {
  let why: string | undefined;
  for (const verdict of verdicts) {
    if (verdict.allowed) return { open: true };
    why ??= verdict.reason;
  }
  return { open: false, ...(why !== undefined && { why }) };
}
