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
  /** Where a network of the tasks' own keeps packets out: where they are sent to all the same, and counted. */
  readonly refused?: Route;
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
  const found = endpoint(target, port);
  // In the tasks' own network, security groups look at which interface a connection comes from.
  const fromZone = (index: number) =>
    scope.of(networkInterfaces).get(balancer.availabilityZones[index]?.networkInterfaceId ?? "")
      ?.privateIpAddress;
  if (!open) {
    const from = fromZone(0);
    return {
      route: "silent",
      ...(why !== undefined && { why }),
      ...(room &&
        from !== undefined &&
        found &&
        "host" in found && { refused: { host: found.host, port: found.port, from } }),
    };
  }
  if (!found) return { route: "silent", why: `no running task has the address ${address}` };
  if ("refused" in found) return { route: "refused", why: found.why };
  const { host } = found;
  if (!room) return { route: { host, port: found.port } };
  const from = fromZone(verdicts.findIndex(({ allowed }) => allowed));
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
