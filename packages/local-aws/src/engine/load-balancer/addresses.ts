import { createHash } from "node:crypto";

/** Where a listener goes whose port may not be bound: 80 → 10080, 8080 → 18080. */
const OFFSET = 10_000;
const HIGHEST_PORT = 65_535;

/** The port that stands for `port` where that one cannot be had; undefined where the sum is no port. */
export function offsetPort(port: number): number | undefined {
  return port + OFFSET <= HIGHEST_PORT ? port + OFFSET : undefined;
}

/**
 * A loopback address of a load balancer's own, always the same for the same ARN, in 127.64.0.0/10: away from the
 * addresses that people and distributions use (127.0.0.1, 127.0.1.1, 127.0.0.53).
 */
export function ownAddress(balancerArn: string): string {
  const [first, second, third] = createHash("sha256").update(balancerArn).digest();
  return `127.${64 + (first! % 64)}.${second}.${1 + (third! % 254)}`;
}
