import type { EcsService } from "./state.ts";

type Breaker = EcsService["deploymentConfiguration"]["deploymentCircuitBreaker"];

/** Bounds of the number of failed tasks, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html */
const LOWEST = 3;
const HIGHEST = 200;

/** How many tasks of a deployment must fail before the circuit breaker calls it failed. */
export function failureThreshold(breaker: Breaker, desiredCount: number): number {
  const { type, value } = breaker.thresholdConfiguration ?? {};
  if (type === "COUNT" && value !== undefined) return value;
  const share = Math.ceil((desiredCount * (value ?? 50)) / 100);
  return type === "UNBOUNDED_PERCENT"
    ? Math.max(share, 1)
    : Math.min(Math.max(share, LOWEST), HIGHEST);
}
