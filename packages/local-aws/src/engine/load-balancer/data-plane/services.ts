import type { Clock } from "../../../clock/clock.ts";
import type { Metrics } from "./metrics.ts";
import type { Stickiness } from "./stickiness.ts";
import type { TargetGroup } from "./target-group.ts";
import type { TraceIds } from "./trace-ids.ts";

/** What requests share. */
export interface Services {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly stickiness: Stickiness;
  readonly traceIds: TraceIds;
  /** The address that clients count as coming from. */
  homeAddress(): string;
  /** The group with this ARN; undefined where the configuration has none. */
  targetGroup(arn: string): TargetGroup | undefined;
}
