import type { Scope } from "../../store/store.ts";
import { createNetworkInterface, deleteNetworkInterface } from "../ec2/interfaces.ts";
import { availableAddressCount } from "../ec2/private-addresses.ts";
import { internetGateways, securityGroups, subnets } from "../ec2/state.ts";
import type { Subnet } from "../ec2/state.ts";
import { arnSuffix } from "./arns.ts";
import type { LoadBalancer } from "./state.ts";
import { unsupported } from "../kit/faults.ts";
import {
  invalidSecurityGroups,
  noInternetGateway,
  oneSubnetAZone,
  subnetNotFound,
  subnetsOfManyVpcs,
  subnetTooSmall,
  twoZonesNeeded,
  validationError,
} from "./faults.ts";

type Zone = LoadBalancer["availabilityZones"][number];

interface SubnetInput {
  Subnets?: readonly string[] | undefined;
  SubnetMappings?:
    | readonly {
        SubnetId?: string | undefined;
        AllocationId?: string | undefined;
        PrivateIPv4Address?: string | undefined;
        IPv6Address?: string | undefined;
      }[]
    | undefined;
}

const ADDRESSES_NEEDED = 8;

/**
 * The subnets of a call, checked as an Application Load Balancer needs them: one a zone, two zones, one VPC.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer
 */
export function subnetsOf(
  scope: Scope,
  input: SubnetInput,
  scheme: LoadBalancer["scheme"],
  inUse: readonly string[] = [],
): readonly Subnet[] {
  const ids = subnetIds(input);
  const found = ids.map((id) => {
    const subnet = scope.of(subnets).get(id);
    if (!subnet) throw subnetNotFound(id);
    return subnet;
  });
  const zones = new Set(found.map((subnet) => subnet.availabilityZone));
  if (zones.size < found.length) throw oneSubnetAZone();
  if (zones.size < 2) throw twoZonesNeeded();
  const vpcId = found[0]!.vpcId;
  if (found.some((subnet) => subnet.vpcId !== vpcId)) throw subnetsOfManyVpcs();
  if (scheme === "internet-facing" && !scope.of(internetGateways).find((g) => g.vpcId === vpcId))
    throw noInternetGateway(vpcId);
  for (const subnet of found)
    if (!inUse.includes(subnet.subnetId) && availableAddressCount(scope, subnet) < ADDRESSES_NEEDED)
      throw subnetTooSmall(subnet.subnetId);
  return found;
}

function subnetIds(input: SubnetInput): string[] {
  if (input.Subnets?.length && input.SubnetMappings?.length)
    throw validationError("You cannot specify both subnets and subnet mappings");
  for (const mapping of input.SubnetMappings ?? [])
    if (mapping.AllocationId || mapping.PrivateIPv4Address || mapping.IPv6Address)
      throw unsupported("addresses of one's own for Application Load Balancers");
  const ids = input.Subnets ?? input.SubnetMappings?.map(({ SubnetId }) => SubnetId ?? "") ?? [];
  if (ids.length === 0) throw twoZonesNeeded();
  return [...new Set(ids)];
}

/**
 * The security groups of a call, or the VPC's own where none are given.
 * @throws AwsError InvalidConfigurationRequest where one is missing or of another VPC
 */
export function securityGroupsOf(
  scope: Scope,
  vpcId: string,
  ids: readonly string[] | undefined,
): readonly string[] {
  const inVpc = scope.of(securityGroups).filter((group) => group.vpcId === vpcId);
  if (!ids?.length)
    return inVpc.filter(({ groupName }) => groupName === "default").map(({ groupId }) => groupId);
  const known = new Set(inVpc.map(({ groupId }) => groupId));
  if (!ids.every((id) => known.has(id))) throw invalidSecurityGroups();
  return [...new Set(ids)];
}

/**
 * Gives the load balancer a network interface in `subnet`, as AWS does in each of its zones.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
 */
export function attachZone(
  scope: Scope,
  balancer: Pick<LoadBalancer, "arn" | "scheme" | "securityGroupIds">,
  subnet: Subnet,
  now: number,
): Zone {
  const networkInterface = createNetworkInterface(scope, {
    subnetId: subnet.subnetId,
    securityGroupIds: balancer.securityGroupIds,
    description: `ELB ${arnSuffix(balancer.arn)}`,
    requesterId: "amazon-elb",
    attachmentOwnerId: "amazon-elb",
    attachmentPrefix: "ela-attach",
    publicIp: balancer.scheme === "internet-facing",
    now,
  });
  return {
    zoneName: subnet.availabilityZone,
    subnetId: subnet.subnetId,
    networkInterfaceId: networkInterface.networkInterfaceId,
    address: networkInterface.privateIpAddress,
  };
}

/** Takes the zone's network interface away. */
export function detachZone(scope: Scope, zone: Zone): void {
  deleteNetworkInterface(scope, zone.networkInterfaceId);
}
