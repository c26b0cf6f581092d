import { formatAddress, storedCidr } from "../../ground/cidr.ts";
import { networkInterfaces, vpcs } from "../../services/ec2/state.ts";
import type { Scope } from "../../store/store.ts";

/**
 * Where names are resolved for an interface: its VPC's base address plus two; undefined where the VPC has that switched off.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
 */
export function resolverOf(
  scope: Scope,
  networkInterfaceId: string | undefined,
): string | undefined {
  const eni = scope.of(networkInterfaces).get(networkInterfaceId ?? "");
  const vpc = scope.of(vpcs).get(eni?.vpcId ?? "");
  if (!vpc?.enableDnsSupport) return undefined;
  return formatAddress(storedCidr(vpc.cidrBlock).first + 2);
}
