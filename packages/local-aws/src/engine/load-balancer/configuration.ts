/**
 * Everything that the data plane knows of the world, compiled from the store: plain JSON, sent whole whenever it has
 * changed. Durations are in milliseconds.
 */
export interface Configuration {
  /** The address that clients on this machine count as coming from. */
  readonly homeAddress: string;
  /** How many times faster idle waiting (slow start) passes. */
  readonly acceleration: number;
  readonly balancers: readonly BalancerConfiguration[];
  readonly targetGroups: readonly TargetGroupConfiguration[];
}

export interface BalancerConfiguration {
  readonly arn: string;
  /** In lower case. */
  readonly dnsName: string;
  readonly idleTimeoutMs: number;
  readonly forwardedFor: "append" | "preserve" | "remove";
  readonly forwardedForPort: boolean;
  readonly preserveHost: boolean;
  readonly dropInvalidHeaders: boolean;
  readonly listeners: readonly ListenerConfiguration[];
  /** Of its interfaces, where the network of tasks is real: it listens there as well. */
  readonly addresses?: readonly string[];
}

export interface ListenerConfiguration {
  readonly arn: string;
  readonly port: number;
  /** False where routes or security groups keep clients of this machine out: they are held silent. */
  readonly admits: boolean;
  readonly serverHeader: boolean;
  /** Set on every response, in place of the target's own. */
  readonly responseHeaders: readonly (readonly [name: string, value: string])[];
  /** In the order in which they are tried; the last one has no conditions. */
  readonly rules: readonly RuleConfiguration[];
}

export interface RuleConfiguration {
  readonly arn: string;
  /** All must hold. */
  readonly conditions: readonly ConditionConfiguration[];
  readonly action: ActionConfiguration;
}

/** One of the values must match. */
export type ConditionConfiguration =
  | { readonly field: "host-header" | "path-pattern"; readonly values: readonly string[] }
  | { readonly field: "http-header"; readonly name: string; readonly values: readonly string[] }
  | { readonly field: "http-request-method" | "source-ip"; readonly values: readonly string[] }
  | {
      readonly field: "query-string";
      readonly values: readonly { readonly key?: string; readonly value: string }[];
    };

export type ActionConfiguration =
  | {
      readonly type: "forward";
      readonly targetGroups: readonly { readonly arn: string; readonly weight: number }[];
      /** Absent where requests are spread anew each time. */
      readonly stickySeconds?: number;
    }
  | {
      readonly type: "redirect";
      readonly protocol: string;
      readonly host: string;
      readonly port: string;
      readonly path: string;
      readonly query: string;
      readonly status: 301 | 302;
    }
  | {
      readonly type: "fixed-response";
      readonly status: number;
      readonly contentType: string;
      readonly body: string;
    };

export interface TargetGroupConfiguration {
  readonly arn: string;
  readonly tls: boolean;
  readonly algorithm: "round_robin" | "least_outstanding_requests" | "weighted_random";
  /** AWS's own duration, before acceleration; 0 for none. */
  readonly slowStartMs: number;
  readonly stickiness?:
    | { readonly type: "lb_cookie"; readonly seconds: number }
    | { readonly type: "app_cookie"; readonly seconds: number; readonly cookie: string };
  /** With fewer healthy targets than this, all are used. */
  readonly minimumHealthy: number;
  readonly targets: readonly TargetConfiguration[];
}

export interface TargetConfiguration {
  /** `<id>:<port>`, one of a kind in its group. */
  readonly key: string;
  readonly state: "healthy" | "unhealthy" | "draining" | "unused";
  /** When it last became healthy; milliseconds since the epoch. */
  readonly healthySince: number;
  /**
   * How it is reached. `refused`: nothing listens on the port. `silent`: packets go nowhere (a security group, no route,
   * or no such address).
   */
  readonly route: Route;
}

export type Route =
  | {
      readonly host: string;
      readonly port: number;
      /** The address that connections come from; any of this machine's where it does not say. */
      readonly from?: string;
    }
  | "refused"
  | "silent";
