import { containsAddress, parseAddress, storedCidr } from "../../services/ec2/cidr.ts";
import { prefixListsOf } from "../../services/ec2/prefix-lists.ts";
import {
  type NetworkInterface,
  networkInterfaces,
  type VpcEndpoint,
  vpcEndpoints,
  vpcs,
} from "../../services/ec2/state.ts";
import { endpointServiceName } from "../../services/ec2/vpc-endpoint-services.ts";
import { vpcCidrs } from "../../services/ec2/vpcs.ts";
import type { Scope } from "../../store/store.ts";
import {
  egress,
  fromOutside,
  ingress,
  insideVpc,
  seenAs,
  unknownInterface,
} from "./connections.ts";
import { publicAddressOf } from "./interfaces.ts";
import { networkAclVerdict } from "./network-acl-check.ts";
import { ANYWHERE, internetRouteVerdict, routeTableOf } from "./routing.ts";
import type { Flow } from "./security-group-check.ts";
import { ALLOWED, allOf, denied, type Verdict } from "./verdict.ts";

export type { DenialCode, Verdict } from "./verdict.ts";

/** A network interface by its id, or one as it would be if it existed (that of a task which a service would start). */
export type InterfaceReference =
  | { readonly networkInterfaceId: string }
  | { readonly wouldBe: Readonly<NetworkInterface> };

/** The end that opens a connection: a network interface, or somebody with an address (the learner, the internet). */
export type Source = { readonly address: string } | InterfaceReference;

/**
 * Whether a connection to a port of an interface would be made: routes, network ACLs and security groups, both ways. A
 * refusal means silence (a time-out), as in AWS.
 * @param protocol `tcp` (default), `udp`, or a number
 */
export function mayConnect(
  scope: Scope,
  from: Source,
  to: InterfaceReference,
  port: number,
  protocol = "tcp",
): Verdict {
  const target = findInterface(scope, to);
  if (!target) return unknownInterface(idOf(to));
  const flow = { protocol, port };
  if (!("address" in from)) {
    const source = findInterface(scope, from);
    if (!source) return unknownInterface(idOf(from));
    return source.vpcId === target.vpcId
      ? insideVpc(scope, source, target, flow)
      : betweenVpcs(scope, source, target, flow);
  }
  const address = parseAddress(from.address);
  if (address === undefined) throw new RangeError(`not an IPv4 address: ${from.address}`);
  if (!isInVpc(scope, target.vpcId, address)) return fromOutside(scope, address, target, flow);
  const source = scope
    .of(networkInterfaces)
    .find((eni) => eni.vpcId === target.vpcId && eni.privateIpAddress === from.address);
  if (source) return insideVpc(scope, source, target, flow);
  return ingress(scope, target, { address, securityGroupIds: [] }, flow);
}

/**
 * Whether an interface reaches the internet: its security groups let it out, and there is a way, by an internet gateway or a
 * NAT gateway. `destination` is any public address by default, port 443.
 * @param from the interface, or its id
 */
export function mayReachInternet(
  scope: Scope,
  from: string | InterfaceReference,
  destination: {
    readonly address?: string;
    readonly port?: number;
    readonly prefixListId?: string;
  } = {},
): Verdict {
  const reference = typeof from === "string" ? { networkInterfaceId: from } : from;
  const eni = findInterface(scope, reference);
  if (!eni) return unknownInterface(idOf(reference));
  const address = destination.address === undefined ? ANYWHERE : parseAddress(destination.address);
  if (address === undefined)
    throw new RangeError(`not an IPv4 address: ${String(destination.address)}`);
  const flow = { protocol: "tcp", port: destination.port ?? 443 };
  const peer = {
    address,
    securityGroupIds: [],
    ...(destination.prefixListId !== undefined && { prefixListId: destination.prefixListId }),
  };
  const whom = destination.address ?? "the internet";
  return allOf(
    () => egress(scope, eni, peer, flow, whom),
    () => internetRouteVerdict(scope, eni, address, flow),
  );
}

const HTTPS = { protocol: "tcp", port: 443 };

/**
 * Whether an interface reaches a service of AWS in its region: by an interface endpoint with private DNS (then nothing else
 * counts, since the name leads there), by a gateway endpoint in its route table, or over the internet.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
 * @param service as endpoints name it: `ecr.api`, `ecr.dkr`, `s3`, `logs`, `ssm`, `secretsmanager`
 */
export function mayReachService(
  scope: Scope,
  networkInterfaceId: string,
  service: string,
): Verdict {
  const eni = scope.of(networkInterfaces).get(networkInterfaceId);
  if (!eni) return unknownInterface(networkInterfaceId);
  if (!scope.of(vpcs).get(eni.vpcId)?.enableDnsSupport)
    return denied(
      "DnsDisabled",
      `${eni.vpcId} has enableDnsSupport off: names such as that of ${service} are not resolved.`,
      eni.vpcId,
    );
  const serviceName = endpointServiceName(scope.region, service);
  const endpoints = scope
    .of(vpcEndpoints)
    .filter((endpoint) => endpoint.vpcId === eni.vpcId && endpoint.serviceName === serviceName);
  const prefixListId = prefixListsOf(scope.region).find(({ name }) => name === serviceName)?.id;
  const byName = endpoints.find(
    ({ vpcEndpointType, privateDnsEnabled }) =>
      vpcEndpointType === "Interface" && privateDnsEnabled,
  );
  if (byName) return byInterfaceEndpoint(scope, eni, byName);
  const table = routeTableOf(scope, eni.subnetId);
  const gateway = endpoints.find(({ vpcEndpointId }) =>
    table?.routes.some(({ target }) => target === vpcEndpointId),
  );
  if (gateway && prefixListId !== undefined) {
    const peer = { address: ANYWHERE, securityGroupIds: [], prefixListId };
    return allOf(
      () => egress(scope, eni, peer, HTTPS, service),
      () => networkAclVerdict(scope, eni.subnetId, true, ANYWHERE, HTTPS),
    );
  }
  const verdict = mayReachInternet(scope, networkInterfaceId, {
    ...(prefixListId !== undefined && { prefixListId }),
  });
  if (verdict.allowed || verdict.code === "SecurityGroupEgress") return verdict;
  return {
    ...verdict,
    reason: `${verdict.reason} Nor has ${eni.vpcId} a VPC endpoint for ${serviceName}.`,
  };
}

/** By an endpoint's interfaces: one that can be reached on 443 is enough. */
function byInterfaceEndpoint(
  scope: Scope,
  from: Readonly<NetworkInterface>,
  endpoint: Readonly<VpcEndpoint>,
): Verdict {
  const { vpcEndpointId, serviceName } = endpoint;
  if (endpoint.state !== "available")
    return denied(
      "EndpointNotAvailable",
      `VPC endpoint ${vpcEndpointId} for ${serviceName} is ${endpoint.state}.`,
      vpcEndpointId,
    );
  let refusal: Verdict | undefined;
  for (const id of endpoint.networkInterfaceIds) {
    const to = scope.of(networkInterfaces).get(id);
    if (!to) continue;
    const verdict = insideVpc(scope, from, to, HTTPS);
    if (verdict.allowed) return ALLOWED;
    refusal ??= verdict;
  }
  if (!refusal || refusal.allowed)
    return denied(
      "EndpointNotAvailable",
      `VPC endpoint ${vpcEndpointId} for ${serviceName} has no subnets, so nothing answers under its name.`,
      vpcEndpointId,
    );
  return {
    ...refusal,
    reason: `${serviceName} leads to VPC endpoint ${vpcEndpointId}. ${refusal.reason}`,
    resourceIds: [...new Set([...refusal.resourceIds, vpcEndpointId])],
  };
}

/** Interfaces of two VPCs meet over the internet, if at all: there is no peering. */
function betweenVpcs(
  scope: Scope,
  from: Readonly<NetworkInterface>,
  to: Readonly<NetworkInterface>,
  flow: Flow,
): Verdict {
  const publicIp = publicAddressOf(scope, to)?.publicIp;
  if (publicIp === undefined)
    return denied(
      "NoRoute",
      `${from.networkInterfaceId} (${from.vpcId}) and ${to.networkInterfaceId} (${to.vpcId}) are in different VPCs without a route between them.`,
      from.networkInterfaceId,
      to.networkInterfaceId,
      from.vpcId,
      to.vpcId,
    );
  return allOf(
    () => mayReachInternet(scope, { wouldBe: from }, { address: publicIp, port: flow.port }),
    () => fromOutside(scope, seenAs(scope, from), to, flow),
  );
}

function isInVpc(scope: Scope, vpcId: string, address: number): boolean {
  const vpc = scope.of(vpcs).get(vpcId);
  return (
    !!vpc && vpcCidrs(vpc).some(({ cidrBlock }) => containsAddress(storedCidr(cidrBlock), address))
  );
}

function findInterface(
  scope: Scope,
  reference: InterfaceReference,
): Readonly<NetworkInterface> | undefined {
  return "wouldBe" in reference
    ? reference.wouldBe
    : scope.of(networkInterfaces).get(reference.networkInterfaceId);
}

const idOf = (reference: InterfaceReference) =>
  "wouldBe" in reference ? reference.wouldBe.networkInterfaceId : reference.networkInterfaceId;
