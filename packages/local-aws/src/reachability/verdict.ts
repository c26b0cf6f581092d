/** Whether traffic passes, and where it does not, why: in words for a learner, with the resources to look at. */
export type Verdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly code: DenialCode;
      readonly reason: string;
      readonly resourceIds: readonly string[];
    };

/** Why traffic does not pass. */
export type DenialCode =
  /** There is no such network interface (any more). */
  | "UnknownNetworkInterface"
  /** The source's security groups do not let the traffic out. */
  | "SecurityGroupEgress"
  /** The destination's security groups do not let the traffic in. */
  | "SecurityGroupIngress"
  /** A subnet's network ACL stops it, one way or the other. */
  | "NetworkAcl"
  /** The subnet's route table has no route to the destination. */
  | "NoRoute"
  /** The route's target is gone or not attached. */
  | "Blackhole"
  /** The route leads to an internet gateway, but the interface has no public address. */
  | "NoPublicAddress"
  /** The NAT gateway is not available. */
  | "NatGatewayNotAvailable"
  /** The NAT gateway is private, or in a subnet without a route to an internet gateway. */
  | "NatGatewayWithoutInternet"
  /** The VPC does not resolve names (`enableDnsSupport`). */
  | "DnsDisabled"
  /** The VPC endpoint is not available. */
  | "EndpointNotAvailable";

export const ALLOWED: Verdict = { allowed: true };

export function denied(
  code: DenialCode,
  reason: string,
  ...resourceIds: readonly (string | undefined)[]
): Verdict {
  const ids = resourceIds.filter((id) => id !== undefined);
  return { allowed: false, code, reason, resourceIds: [...new Set(ids)] };
}

/** The first verdict that denies, or that all allow. Later checks are not made after a denial. */
export function allOf(...checks: readonly (() => Verdict)[]): Verdict {
  for (const check of checks) {
    const verdict = check();
    if (!verdict.allowed) return verdict;
  }
  return ALLOWED;
}
