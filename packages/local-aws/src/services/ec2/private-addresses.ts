import { randomInt } from "node:crypto";
import {
  containsAddress,
  formatAddress,
  type Ipv4Range,
  parseAddress,
  sizeOf,
  storedCidr,
} from "../../ground/cidr.ts";
import type { Scope } from "../../store/store.ts";
import * as faults from "./faults.ts";
import {
  interfacesBySubnet,
  type NetworkInterface,
  networkInterfaces,
  privateAddresses,
  type Subnet,
} from "./state.ts";

/** AWS keeps the first four addresses of every subnet and the last: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const RESERVED_FIRST = 4;
const RESERVED_LAST = 1;

/**
 * Takes an address of a subnet for an interface, in the caller's transaction. Networks of the same range, which AWS keeps apart, share
 * this machine's: any address of the subnet may be given out, so it is one that nobody else has, nor a resolver, while there is one.
 * @param wanted the address; any by default
 * @throws AwsError `InvalidParameterValue` for one outside of the subnet, `InvalidIPAddress.InUse`, `InsufficientFreeAddressesInSubnet`
 */
export function takePrivateAddress(
  scope: Scope,
  subnet: Readonly<Subnet>,
  networkInterfaceId: string,
  wanted: string | undefined,
): string {
  const address =
    wanted === undefined ? freeAddress(scope, subnet) : checkedAddress(scope, subnet, wanted);
  const holders = scope.of(privateAddresses).get(address)?.networkInterfaceIds ?? [];
  const networkInterfaceIds = [...holders, networkInterfaceId];
  scope.of(privateAddresses).put(address, { privateIpAddress: address, networkInterfaceIds });
  return address;
}

/** Gives an interface's address back, in the caller's transaction. */
export function releasePrivateAddress(
  scope: Scope,
  { privateIpAddress, networkInterfaceId }: Readonly<NetworkInterface>,
): void {
  const holders = scope.of(privateAddresses).get(privateIpAddress)?.networkInterfaceIds ?? [];
  const networkInterfaceIds = holders.filter((id) => id !== networkInterfaceId);
  if (networkInterfaceIds.length === 0) scope.of(privateAddresses).delete(privateIpAddress);
  else scope.of(privateAddresses).patch(privateIpAddress, { networkInterfaceIds });
}

/** How many addresses of a subnet can still be given out. */
export function availableAddressCount(scope: Scope, subnet: Readonly<Subnet>): number {
  const { count } = usableAddresses(storedCidr(subnet.cidrBlock));
  return count - takenAddresses(scope, subnet.subnetId).size;
}

function takenAddresses(scope: Scope, subnetId: string): Set<string> {
  return new Set(
    scope
      .of(networkInterfaces)
      .by(interfacesBySubnet, subnetId)
      .map(({ privateIpAddress }) => privateIpAddress),
  );
}

/** The addresses of a subnet that can be given out: the first, and how many. */
function usableAddresses(range: Ipv4Range): { first: number; count: number } {
  return {
    first: range.first + RESERVED_FIRST,
    count: sizeOf(range) - RESERVED_FIRST - RESERVED_LAST,
  };
}

/** One that nobody has; else one that is another network's resolver's, perhaps; else one that another network has. */
function freeAddress(scope: Scope, subnet: Readonly<Subnet>): string {
  const taken = takenAddresses(scope, subnet.subnetId);
  const elsewhere = scope.of(privateAddresses);
  const { first, count } = usableAddresses(storedCidr(subnet.cidrBlock));
  const start = randomInt(count);
  let resolving: string | undefined;
  let shared: string | undefined;
  for (let step = 0; step < count; step++) {
    const number = first + ((start + step) % count);
    const address = formatAddress(number);
    if (taken.has(address)) continue;
    if (elsewhere.has(address)) shared ??= address;
    else if (mayBeResolver(number)) resolving ??= address;
    else return address;
  }
  const found = resolving ?? shared;
  if (found === undefined) throw faults.noFreeAddresses();
  return found;
}

/** Names are resolved at a network's base plus two, and no network is smaller than a /28. */
const mayBeResolver = (address: number) => address % 16 === 2;

function checkedAddress(scope: Scope, subnet: Readonly<Subnet>, wanted: string): string {
  const address = parseAddress(wanted);
  const range = storedCidr(subnet.cidrBlock);
  if (address === undefined || !containsAddress(range, address))
    throw faults.invalidParameterValue("Address does not fall within the subnet's address range");
  const { first, count } = usableAddresses(range);
  if (address < first || address >= first + count)
    throw faults.invalidParameterValue("Address is in subnet's reserved address range");
  if (takenAddresses(scope, subnet.subnetId).has(wanted)) throw faults.addressInUse(wanted);
  return wanted;
}
