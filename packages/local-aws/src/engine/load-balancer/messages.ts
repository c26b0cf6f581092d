import type { Configuration, Route, TargetGroupConfiguration } from "./configuration.ts";

/** A listening socket as the data plane sees it. */
export interface SocketInfo {
  readonly id: number;
  /** The listener port that it stands for, whatever port it is bound to. */
  readonly port: number;
  /** Set on a load balancer's own address. */
  readonly balancerArn?: string;
  /** Bound to all addresses: clients that are not of this machine are dropped. */
  readonly wildcard?: boolean;
  /** In the tasks' own network: clients are who they are, and the router has let them pass. */
  readonly inside?: boolean;
}

/** One health check request. */
export interface ProbeRequest {
  readonly route: Route;
  /** Somebody on the way drops it: nothing is learned but by silence. */
  readonly isDropped?: boolean;
  readonly tls: boolean;
  readonly path: string;
  /** `<address>:<port>` of the target, as its own. */
  readonly host: string;
}

/** How a health check request ended. */
export type ProbeOutcome =
  | { readonly type: "status"; readonly status: number }
  /** The connection was refused or broke, or the answer is not HTTP. */
  | { readonly type: "failed" }
  | { readonly type: "timeout" }
  /** The data plane went away: nothing was learned. */
  | { readonly type: "lost" };

/** From the parent. `listen` comes with a server handle, `accept` with a connection. */
export type ParentMessage =
  | { readonly type: "configure"; readonly configuration: Configuration }
  /** Changes these target groups of the configuration. */
  | { readonly type: "regroup"; readonly targetGroups: readonly TargetGroupConfiguration[] }
  | { readonly type: "listen"; readonly socket: SocketInfo }
  | { readonly type: "accept"; readonly socket: SocketInfo }
  | { readonly type: "unlisten"; readonly id: number }
  | { readonly type: "probe"; readonly id: number; readonly request: ProbeRequest }
  /** The time for an answer is over. */
  | { readonly type: "expire"; readonly id: number }
  /** Tells which target answers the request with this `X-Amzn-Trace-Id`, or no longer. */
  | { readonly type: "trace"; readonly trace: string; readonly on: boolean }
  /** Answered once no request to this target is under way. */
  | {
      readonly type: "when-idle";
      readonly id: number;
      readonly groupArn: string;
      readonly key: string;
    }
  /** `isMinute`: a minute of CloudWatch's ends with it. */
  | { readonly type: "report"; readonly isMinute: boolean };

/** From the data plane. */
export type ChildMessage =
  | { readonly type: "ready" }
  | { readonly type: "probed"; readonly id: number; readonly outcome: ProbeOutcome }
  | { readonly type: "metrics"; readonly deltas: readonly MetricDelta[]; readonly reply: boolean }
  | { readonly type: "idle"; readonly id: number }
  | { readonly type: "answered"; readonly trace: string; readonly target: string }
  | { readonly type: "fault"; readonly message: string };

/** What has been counted since the last report, for one load balancer or one target group. */
export interface MetricDelta {
  readonly arn: string;
  readonly counts: Readonly<Record<string, number>>;
  /** Of sums of which percentiles are asked for: the values, and how often each was there. */
  readonly values?: Readonly<Record<string, readonly (readonly [value: number, count: number])[]>>;
}

/** What the server wants to hear of the process. */
export interface DataPlaneEvents {
  /** A process is ready: it has been given the configuration and wants its sockets. */
  ready(): void;
  /** It has ended, and its sockets with it; another one is being started. */
  lost(): void;
  metrics(deltas: readonly MetricDelta[]): void;
}

export type ProbeDone = (outcome: ProbeOutcome) => void;

/** A health check under way. */
export interface PendingProbe {
  /** The time for an answer is over. */
  expire(): void;
}
