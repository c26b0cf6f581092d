import { randomInt } from "node:crypto";
import { formatAddress, sizeOf, storedCidr } from "../../ground/cidr.ts";
import { publicAddresses } from "./state.ts";
import type { Scope } from "../../store/store.ts";

/**
 * Where simulated public addresses come from: a range that is never routed (RFC 2544), so that one that slips into a real
 * command reaches nobody.
 */
export const PUBLIC_RANGE = storedCidr("198.18.0.0/15");

/** Takes a public address that nobody has, in any account. Runs in the caller's transaction. */
export function takePublicAddress(scope: Scope): string {
  const taken = scope.of(publicAddresses);
  const size = sizeOf(PUBLIC_RANGE);
  const start = randomInt(size);
  for (let step = 0; step < size; step++) {
    const publicIp = formatAddress(PUBLIC_RANGE.first + ((start + step) % size));
    if (taken.has(publicIp) || /\.(0|255)$/.test(publicIp)) continue;
    taken.put(publicIp, { publicIp, account: scope.account, region: scope.region });
    return publicIp;
  }
  throw new Error("all simulated public addresses are taken");
}

/** Gives a public address back. One that is not taken is left alone. */
export function releasePublicAddress(scope: Scope, publicIp: string): void {
  scope.of(publicAddresses).delete(publicIp);
}
