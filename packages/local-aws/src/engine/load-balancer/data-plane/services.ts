import type { Socket } from "node:net";
import type { Clock } from "../../../clock/clock.ts";
import type { ConnectionCounts } from "./connection-counts.ts";
import type { Metrics } from "./metrics.ts";
import type { Stickiness } from "./stickiness.ts";
import type { TargetGroup } from "./target-group.ts";
import type { TraceIds } from "./trace-ids.ts";

/** What requests share. */
export interface Services {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly connections: ConnectionCounts;
  readonly stickiness: Stickiness;
  readonly traceIds: TraceIds;
  /** Who is to be told the key of the target that answers, by the `X-Amzn-Trace-Id` of the request. */
  readonly traced: ReadonlyMap<string, (target: string) => void>;
  /** The address that a client counts as coming from. */
  clientAddress(client: Socket): string;
  /** The group with this ARN; undefined where the configuration has none. */
  targetGroup(arn: string): TargetGroup | undefined;
}
