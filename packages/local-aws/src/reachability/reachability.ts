import type { Vpc, VpcEndpoint } from "@aws-sdk/client-ec2";
import { parseAddress } from "../ground/cidr.ts";
import { endpointServiceName } from "../services/ec2/vpc-endpoint-services.ts";
import { egress, fromOutside, ingress, insideVpc, seenAs } from "./connections.ts";
import { networkAclVerdict } from "./network-acl-check.ts";
import type { Interface, NetworkData } from "./network-data.ts";
import { ANYWHERE, internetRouteVerdict, routeTableOf, targetOf } from "./routing.ts";
import { covers, type Flow } from "./security-group-check.ts";
import { ALLOWED, allOf, denied, type Verdict } from "./verdict.ts";

export type { Interface, NetworkData, VpcDns } from "./network-data.ts";
export type { DenialCode, Verdict } from "./verdict.ts";

/** The end that opens a connection: a network interface, or somebody with an address (the learner, the internet). */
export type Source = { readonly address: string } | { readonly interface: Interface };

/**
 * Whether a connection to a port of an interface would be made: routes, network ACLs and security groups, both ways. A
 * refusal means silence (a time-out), as in AWS.
 * @param to an interface as EC2 describes it, or as it would be if it existed (that of a task which a service would start)
 * @param protocol `tcp` (default), `udp`, or a number
 * @throws {RangeError} where an address is not one of IPv4
 */
export function mayConnect(
  network: NetworkData,
  from: Source,
  to: Interface,
  port: number,
  protocol = "tcp",
): Verdict {
  const flow = { protocol, port };
  if ("interface" in from) {
    return from.interface.VpcId === to.VpcId
      ? insideVpc(network, from.interface, to, flow)
      : betweenVpcs(network, from.interface, to, flow);
  }
  const address = parseAddress(from.address);
  if (address === undefined) throw new RangeError(`not an IPv4 address: ${from.address}`);
  if (!isInVpc(network, to.VpcId, address)) return fromOutside(network, address, to, flow);
  const source = network.networkInterfaces.find(
    (eni) => eni.VpcId === to.VpcId && eni.PrivateIpAddress === from.address,
  );
  if (source) return insideVpc(network, source, to, flow);
  return ingress(network, to, { address, securityGroupIds: [] }, flow);
}

/**
 * Whether an interface reaches the internet: its security groups let it out, and there is a way, by an internet gateway or a
 * NAT gateway. `destination` is any public address by default, port 443 of TCP.
 * @throws {RangeError} where the destination is not an IPv4 address
 */
export function mayReachInternet(
  network: NetworkData,
  from: Interface,
  destination: {
    readonly address?: string;
    readonly port?: number;
    readonly protocol?: string;
    readonly prefixListId?: string;
  } = {},
): Verdict {
  const address = destination.address === undefined ? ANYWHERE : parseAddress(destination.address);
  if (address === undefined)
    throw new RangeError(`not an IPv4 address: ${String(destination.address)}`);
  const flow = { protocol: destination.protocol ?? "tcp", port: destination.port ?? 443 };
  const peer = {
    address,
    securityGroupIds: [],
    ...(destination.prefixListId !== undefined && { prefixListId: destination.prefixListId }),
  };
  const whom = destination.address ?? "the internet";
  return allOf(
    () => egress(network, from, peer, flow, whom),
    () => internetRouteVerdict(network, from, address, flow),
  );
}

const HTTPS = { protocol: "tcp", port: 443 };

/**
 * The endpoint through which calls of an interface to a service of AWS go: one with private DNS (then nothing else counts,
 * since the name leads there), or a gateway endpoint in its route table. undefined where they go over the internet.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html
 * @param service as endpoints name it: `ecr.api`, `ecr.dkr`, `s3`, `logs`, `ssm`, `secretsmanager`
 */
export function endpointUsed(
  network: NetworkData,
  eni: Interface,
  service: string,
): VpcEndpoint | undefined {
  const serviceName = endpointServiceName(network.region, service);
  const endpoints = network.vpcEndpoints.filter(
    ({ VpcId, ServiceName }) => VpcId === eni.VpcId && ServiceName === serviceName,
  );
  const names = network.dns.find(({ VpcId }) => VpcId === eni.VpcId)?.enableDnsHostnames ?? true;
  const byName = endpoints.find(
    ({ VpcEndpointType, PrivateDnsEnabled }) =>
      VpcEndpointType === "Interface" && PrivateDnsEnabled && names,
  );
  if (byName) return byName;
  const { Routes = [] } = routeTableOf(network, eni.SubnetId ?? "", eni.VpcId) ?? {};
  return endpoints.find(({ VpcEndpointId }) =>
    Routes.some((route) => targetOf(route) === VpcEndpointId),
  );
}

/** Whether names are resolved in the VPC of an interface: without, neither AWS's services nor registries are found. */
export function mayResolveNames({ dns }: NetworkData, { VpcId: own }: Interface): Verdict {
  const attributes = dns.find(({ VpcId }) => VpcId === own);
  if (attributes?.enableDnsSupport !== false) return ALLOWED;
  return denied(
    "DnsDisabled",
    `${own} has enableDnsSupport off: no name is resolved, not even those of AWS's own services.`,
    own,
  );
}

/**
 * Whether an interface reaches a service of AWS in its region: by an endpoint (see {@link endpointUsed}), or over the internet.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
 * @param service as endpoints name it: `ecr.api`, `ecr.dkr`, `s3`, `logs`, `ssm`, `secretsmanager`
 */
export function mayReachService(network: NetworkData, eni: Interface, service: string): Verdict {
  const names = mayResolveNames(network, eni);
  if (!names.allowed) return names;
  const serviceName = endpointServiceName(network.region, service);
  const prefixListId = network.prefixLists.find(
    ({ PrefixListName }) => PrefixListName === serviceName,
  )?.PrefixListId;
  const endpoint = endpointUsed(network, eni, service);
  if (endpoint?.VpcEndpointType === "Interface") return byInterfaceEndpoint(network, eni, endpoint);
  if (endpoint && prefixListId !== undefined) {
    const peer = { address: ANYWHERE, securityGroupIds: [], prefixListId };
    return allOf(
      () => egress(network, eni, peer, HTTPS, service),
      () => networkAclVerdict(network, eni.SubnetId ?? "", true, ANYWHERE, HTTPS),
    );
  }
  const verdict = mayReachInternet(network, eni, {
    ...(prefixListId !== undefined && { prefixListId }),
  });
  if (verdict.allowed || verdict.code === "SecurityGroupEgress") return verdict;
  return {
    ...verdict,
    reason: `${verdict.reason} Nor has ${eni.VpcId} a VPC endpoint for ${serviceName}.`,
  };
}

/** By an endpoint's interfaces: one that can be reached on 443 is enough. */
function byInterfaceEndpoint(
  network: NetworkData,
  from: Interface,
  { VpcEndpointId, ServiceName, State, NetworkInterfaceIds = [] }: VpcEndpoint,
): Verdict {
  // On the wire the states are in lower case, whatever the SDK's type says.
  const state = String(State).toLowerCase();
  if (state !== "available")
    return denied(
      "EndpointNotAvailable",
      `VPC endpoint ${VpcEndpointId} for ${ServiceName} is ${state}.`,
      VpcEndpointId,
    );
  let refusal: Verdict | undefined;
  for (const id of NetworkInterfaceIds) {
    const to = network.networkInterfaces.find(
      ({ NetworkInterfaceId }) => NetworkInterfaceId === id,
    );
    if (!to) continue;
    const verdict = insideVpc(network, from, to, HTTPS);
    if (verdict.allowed) return ALLOWED;
    refusal ??= verdict;
  }
  if (!refusal || refusal.allowed)
    return denied(
      "EndpointNotAvailable",
      `VPC endpoint ${VpcEndpointId} for ${ServiceName} has no subnets, so nothing answers under its name.`,
      VpcEndpointId,
    );
  return {
    ...refusal,
    reason: `${ServiceName} leads to VPC endpoint ${VpcEndpointId}. ${refusal.reason}`,
    resourceIds: [...new Set([...refusal.resourceIds, VpcEndpointId ?? ""])],
  };
}

/** Interfaces of two VPCs meet over the internet, if at all: peering is not looked at. */
function betweenVpcs(network: NetworkData, from: Interface, to: Interface, flow: Flow): Verdict {
  const publicIp = to.Association?.PublicIp;
  if (publicIp === undefined)
    return denied(
      "NoRoute",
      `${from.NetworkInterfaceId} (${from.VpcId}) and ${to.NetworkInterfaceId} (${to.VpcId}) are in different VPCs without a route between them.`,
      from.NetworkInterfaceId,
      to.NetworkInterfaceId,
      from.VpcId,
      to.VpcId,
    );
  return allOf(
    () => mayReachInternet(network, from, { address: publicIp, port: flow.port }),
    () => fromOutside(network, seenAs(network, from), to, flow),
  );
}

function isInVpc({ vpcs }: NetworkData, vpcId: string | undefined, address: number): boolean {
  const vpc = vpcs.find(({ VpcId }) => VpcId === vpcId);
  return !!vpc && blocksOf(vpc).some((cidr) => covers(cidr, address));
}

function blocksOf({
  CidrBlock,
  CidrBlockAssociationSet = [],
}: Pick<Vpc, "CidrBlock" | "CidrBlockAssociationSet">) {
  const more = CidrBlockAssociationSet.flatMap((each) => each.CidrBlock ?? []);
  return CidrBlock === undefined ? more : [CidrBlock, ...more];
}
