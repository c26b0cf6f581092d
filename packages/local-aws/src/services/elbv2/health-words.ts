import type { TargetHealth } from "./state.ts";

/** A target's state with AWS's reason and description. */
export type HealthWords = Pick<TargetHealth, "state" | "reason" | "description">;

/*
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/check-target-health.html: states and reasons are
 * that page's and the API reference's (TargetHealth). Descriptions marked (seen) are known from answers of the service;
 * the others are in AWS's manner, unverified.
 */

/** (seen) */
export const REGISTERING: HealthWords = {
  state: "initial",
  reason: "Elb.RegistrationInProgress",
  description: "Target registration is in progress",
};
/** (seen) */
export const INITIAL: HealthWords = {
  state: "initial",
  reason: "Elb.InitialHealthChecking",
  description: "Initial health checks in progress",
};
export const HEALTHY: HealthWords = { state: "healthy" };
/** (seen) */
export const DRAINING: HealthWords = {
  state: "draining",
  reason: "Target.DeregistrationInProgress",
  description: "Target deregistration is in progress",
};
/** (seen) */
export const NOT_REGISTERED: HealthWords = {
  state: "unused",
  reason: "Target.NotRegistered",
  description: "Target is not registered to the target group",
};
/** (seen) */
export const NOT_IN_USE: HealthWords = {
  state: "unused",
  reason: "Target.NotInUse",
  description: "Target group is not configured to receive traffic from the load balancer",
};
/** (seen) */
export const ZONE_NOT_ENABLED: HealthWords = {
  state: "unused",
  reason: "Target.NotInUse",
  description: "Target is in an Availability Zone that is not enabled for the load balancer",
};
/** (seen) */
export const TIMED_OUT: HealthWords = {
  state: "unhealthy",
  reason: "Target.Timeout",
  description: "Request timed out",
};
/** (seen) A refused or reset connection, or an answer that is not HTTP. */
export const FAILED: HealthWords = {
  state: "unhealthy",
  reason: "Target.FailedHealthChecks",
  description: "Health checks failed",
};
/** (seen) */
export const codeMismatch = (status: number): HealthWords => ({
  state: "unhealthy",
  reason: "Target.ResponseCodeMismatch",
  description: `Health checks failed with these codes: [${status}]`,
});
