import { formatAddress, storedCidr } from "../../ground/cidr.ts";
import { networkInterfaces, type Vpc, vpcs } from "../../services/ec2/state.ts";
import type { Scope } from "../../store/store.ts";

/**
 * Where names are resolved in a VPC: its base address plus two; undefined where that is switched off.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
 */
export function vpcResolver({ enableDnsSupport, cidrBlock }: Readonly<Vpc>): string | undefined {
  return enableDnsSupport ? formatAddress(storedCidr(cidrBlock).first + 2) : undefined;
}

/** The resolver of an interface's VPC. */
export function resolverOf(
  scope: Scope,
  networkInterfaceId: string | undefined,
): string | undefined {
  const eni = scope.of(networkInterfaces).get(networkInterfaceId ?? "");
  const vpc = scope.of(vpcs).get(eni?.vpcId ?? "");
  return vpc && vpcResolver(vpc);
}
