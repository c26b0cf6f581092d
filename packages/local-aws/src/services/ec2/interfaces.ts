import { randomBytes } from "node:crypto";
import * as faults from "./faults.ts";
import { newId } from "./ids.ts";
import { requireResource, SECURITY_GROUP, SUBNET } from "./resources.ts";
import {
  addresses,
  addressesByInterface,
  type NetworkInterface,
  networkInterfaces,
  securityGroups,
  type Tags,
} from "./state.ts";
import type { Scope } from "../../store/store.ts";
import { releasePrivateAddress, takePrivateAddress } from "./private-addresses.ts";
import { releasePublicAddress, takePublicAddress } from "./public-addresses.ts";

/** What a new network interface is to be. */
export interface NewNetworkInterface {
  readonly subnetId: string;
  /** The VPC's default group where none are given. */
  readonly securityGroupIds?: readonly string[];
  readonly description?: string;
  /** `interface` by default; `nat_gateway`, `vpc_endpoint`, … */
  readonly interfaceType?: string;
  /** Who asked for it, where it is not the account: `amazon-elb`. The interface then counts as managed by the requester. */
  readonly requesterId?: string;
  /** Makes the interface attached (in use) from the start, owned by this account id or service. */
  readonly attachmentOwnerId?: string;
  readonly attachmentPrefix?: "eni-attach" | "ela-attach";
  /** Gives it a public address of its own (not an Elastic IP). */
  readonly publicIp?: boolean;
  /** Any free address of the subnet by default. */
  readonly privateIpAddress?: string;
  readonly tags?: Tags;
  /** Milliseconds since the epoch: when it is attached. */
  readonly now: number;
}

/**
 * Puts a network interface into a subnet, in the caller's transaction.
 * @throws AwsError `InvalidSubnetID.NotFound`, `InvalidGroup.NotFound`, `InvalidParameterValue` for a group of another VPC or
 *   an address outside of the subnet, `InvalidIPAddress.InUse`, `InsufficientFreeAddressesInSubnet`
 */
export function createNetworkInterface(
  scope: Scope,
  request: NewNetworkInterface,
): Readonly<NetworkInterface> {
  const subnet = requireResource(scope, SUBNET, request.subnetId);
  const securityGroupIds = groupsOf(scope, subnet.vpcId, request.securityGroupIds);
  const networkInterfaceId = newId("eni");
  const wanted = request.privateIpAddress;
  const privateIpAddress = takePrivateAddress(scope, subnet, networkInterfaceId, wanted);
  return scope.of(networkInterfaces).put(networkInterfaceId, {
    networkInterfaceId,
    subnetId: subnet.subnetId,
    vpcId: subnet.vpcId,
    availabilityZone: subnet.availabilityZone,
    privateIpAddress,
    macAddress: newMacAddress(),
    securityGroupIds,
    description: request.description ?? "",
    interfaceType: request.interfaceType ?? "interface",
    requesterManaged: request.requesterId !== undefined,
    sourceDestCheck: request.interfaceType !== "nat_gateway",
    tags: request.tags ?? {},
    ...(request.requesterId !== undefined && { requesterId: request.requesterId }),
    ...(request.publicIp && { publicIp: takePublicAddress(scope) }),
    ...(request.attachmentOwnerId !== undefined && {
      attachment: {
        attachmentId: newId(request.attachmentPrefix ?? "eni-attach"),
        instanceOwnerId: request.attachmentOwnerId,
        status: "attached",
        attachTime: request.now,
      },
    }),
  });
}

/**
 * Takes a network interface away, attached or not, in the caller's transaction: its public address goes back and an
 * Elastic IP comes loose. False where there is none.
 */
export function deleteNetworkInterface(scope: Scope, networkInterfaceId: string): boolean {
  const networkInterface = scope.of(networkInterfaces).get(networkInterfaceId);
  if (!networkInterface) return false;
  if (networkInterface.publicIp !== undefined)
    releasePublicAddress(scope, networkInterface.publicIp);
  releasePrivateAddress(scope, networkInterface);
  for (const { allocationId } of scope.of(addresses).by(addressesByInterface, networkInterfaceId))
    disassociateAddress(scope, allocationId);
  return scope.of(networkInterfaces).delete(networkInterfaceId);
}

/** Ties an Elastic IP to an interface; returns the association's id. The interface's own public address, if any, goes back. */
export function associateAddress(
  scope: Scope,
  allocationId: string,
  networkInterface: Readonly<NetworkInterface>,
): string {
  const { networkInterfaceId, privateIpAddress, publicIp, ...rest } = networkInterface;
  if (publicIp !== undefined) {
    releasePublicAddress(scope, publicIp);
    scope
      .of(networkInterfaces)
      .put(networkInterfaceId, { networkInterfaceId, privateIpAddress, ...rest });
  }
  const associationId = newId("eipassoc");
  scope.of(addresses).patch(allocationId, { associationId, networkInterfaceId, privateIpAddress });
  return associationId;
}

/** Unties an Elastic IP from its interface. */
export function disassociateAddress(scope: Scope, allocationId: string): void {
  const address = scope.of(addresses).get(allocationId);
  if (!address) return;
  const { publicIp, tags } = address;
  scope.of(addresses).put(allocationId, { allocationId, publicIp, tags });
}

/** The address under which the internet sees an interface: an Elastic IP, or one of its own. */
export function publicAddressOf(
  scope: Scope,
  networkInterface: Readonly<NetworkInterface>,
): { publicIp: string; allocationId?: string; associationId?: string } | undefined {
  const [elastic] = scope
    .of(addresses)
    .by(addressesByInterface, networkInterface.networkInterfaceId);
  if (elastic) return elastic;
  return networkInterface.publicIp === undefined
    ? undefined
    : { publicIp: networkInterface.publicIp };
}

function groupsOf(
  scope: Scope,
  vpcId: string,
  given: readonly string[] | undefined,
): readonly string[] {
  if (!given?.length) {
    const group = scope
      .of(securityGroups)
      .find((candidate) => candidate.vpcId === vpcId && candidate.groupName === "default");
    return group ? [group.groupId] : [];
  }
  const ids = [...new Set(given)];
  for (const id of ids)
    if (requireResource(scope, SECURITY_GROUP, id).vpcId !== vpcId)
      throw faults.invalidParameterValue(
        "You have specified two resources that belong to different networks.",
      );
  return ids;
}

/** A locally administered unicast address, such as EC2's own: 06:… or 0a:… */
function newMacAddress(): string {
  const bytes = ["06", ...randomBytes(5).toString("hex").match(/../g)!];
  return bytes.join(":");
}
