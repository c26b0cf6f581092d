import type { VpcEndpoint } from "@aws-sdk/client-ec2";
import * as reachability from "../../reachability/reachability.ts";
import * as routing from "../../reachability/routing.ts";
import { denied, type Verdict } from "../../reachability/verdict.ts";
import { toApiNetworkInterface } from "../../services/ec2/network-interfaces.ts";
import { type NetworkInterface, networkInterfaces, subnets } from "../../services/ec2/state.ts";
import type { Scope } from "../../store/store.ts";
import { StoredNetwork } from "./stored-network.ts";

export type { DenialCode, Verdict } from "../../reachability/verdict.ts";

/** A network interface by its id, or one as it would be if it existed (that of a task which a service would start). */
export type InterfaceReference =
  | { readonly networkInterfaceId: string }
  | { readonly wouldBe: Readonly<NetworkInterface> };

/** The end that opens a connection: a network interface, or somebody with an address (the learner, the internet). */
export type Source = { readonly address: string } | InterfaceReference;

/** `src/reachability`'s question, of what the store holds. */
export function mayConnect(
  scope: Scope,
  from: Source,
  to: InterfaceReference,
  port: number,
  protocol?: string,
): Verdict {
  const target = findInterface(scope, to);
  if (!target) return unknownInterface(to);
  const network = new StoredNetwork(scope, target.VpcId);
  if ("address" in from) return reachability.mayConnect(network, from, target, port, protocol);
  const source = findInterface(scope, from);
  if (!source) return unknownInterface(from);
  const both = new StoredNetwork(scope, source.VpcId, target.VpcId);
  return reachability.mayConnect(both, { interface: source }, target, port, protocol);
}

/**
 * `src/reachability`'s question, of what the store holds.
 * @param from the interface, or its id
 */
export function mayReachInternet(
  scope: Scope,
  from: string | InterfaceReference,
  destination?: Parameters<typeof reachability.mayReachInternet>[2],
): Verdict {
  const reference = typeof from === "string" ? { networkInterfaceId: from } : from;
  const eni = findInterface(scope, reference);
  if (!eni) return unknownInterface(reference);
  return reachability.mayReachInternet(new StoredNetwork(scope, eni.VpcId), eni, destination);
}

/** `src/reachability`'s question, of what the store holds. */
export function mayReachService(
  scope: Scope,
  networkInterfaceId: string,
  service: string,
): Verdict {
  const eni = findInterface(scope, { networkInterfaceId });
  if (!eni) return unknownInterface({ networkInterfaceId });
  return reachability.mayReachService(new StoredNetwork(scope, eni.VpcId), eni, service);
}

/** Whether names are resolved where an interface is. */
export function mayResolveNames(scope: Scope, networkInterfaceId: string): Verdict {
  const eni = findInterface(scope, { networkInterfaceId });
  if (!eni) return unknownInterface({ networkInterfaceId });
  return reachability.mayResolveNames(new StoredNetwork(scope, eni.VpcId), eni);
}

/** The VPC endpoint through which an interface's calls to a service go; undefined where there is none. */
export function endpointUsed(
  scope: Scope,
  networkInterfaceId: string,
  service: string,
): VpcEndpoint | undefined {
  const eni = findInterface(scope, { networkInterfaceId });
  return eni && reachability.endpointUsed(new StoredNetwork(scope, eni.VpcId), eni, service);
}

/** True where the subnet's traffic to the internet goes to an internet gateway: what AWS calls a public subnet. */
export function isPublicSubnet(scope: Scope, subnetId: string): boolean {
  const vpcId = scope.of(subnets).get(subnetId)?.vpcId;
  return routing.isPublicSubnet(new StoredNetwork(scope, vpcId), subnetId, vpcId);
}

function findInterface(
  scope: Scope,
  reference: InterfaceReference,
): reachability.Interface | undefined {
  const eni =
    "wouldBe" in reference
      ? reference.wouldBe
      : scope.of(networkInterfaces).get(reference.networkInterfaceId);
  return eni && toApiNetworkInterface(eni, scope);
}

function unknownInterface(reference: InterfaceReference): Verdict {
  const id =
    "wouldBe" in reference ? reference.wouldBe.networkInterfaceId : reference.networkInterfaceId;
  return denied("UnknownNetworkInterface", `Network interface ${id} does not exist.`, id);
}
