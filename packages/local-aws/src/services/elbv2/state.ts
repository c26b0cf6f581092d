import { defineKind } from "../../store/kind.ts";
import { written } from "../kit/written.ts";
import type { Kept } from "../service.ts";

export interface LoadBalancer {
  arn: string;
  name: string;
  /** `<name>-<id>.<region>.elb.localhost` (an internal one: `internal-<name>-…`). */
  dnsName: string;
  canonicalHostedZoneId: string;
  type: "application" | "network";
  scheme: "internet-facing" | "internal";
  ipAddressType: string;
  vpcId: string;
  state: "provisioning" | "active" | "failed";
  securityGroupIds: readonly string[];
  availabilityZones: readonly {
    zoneName: string;
    subnetId: string;
    networkInterfaceId: string;
    address: string;
  }[];
  attributes: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
  createdTime: number;
}

export interface TargetGroup {
  arn: string;
  name: string;
  protocol: string;
  protocolVersion: string;
  port: number;
  vpcId: string;
  targetType: "ip" | "instance" | "lambda" | "alb";
  ipAddressType: string;
  healthCheck: {
    enabled: boolean;
    protocol: string;
    /** `traffic-port` or a number. */
    port: string;
    path: string;
    intervalSeconds: number;
    timeoutSeconds: number;
    healthyThreshold: number;
    unhealthyThreshold: number;
    matcher: string;
  };
  attributes: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
}

/** A registered (or draining) target. Its id in the collection: `<target group arn>|<id>|<port>`. */
export interface TargetRegistration {
  targetGroupArn: string;
  /** An address for type `ip`, an instance id for type `instance`. */
  id: string;
  port: number;
  availabilityZone?: string;
  registeredAt: number;
  /** Present while connections drain. The registration goes when draining ends. */
  drainingSince?: number;
}

/** What the health checker last saw of a target. Volatile; the same ids as registrations. */
export interface TargetHealth {
  targetGroupArn: string;
  id: string;
  port: number;
  state: "initial" | "healthy" | "unhealthy" | "unused" | "draining" | "unavailable";
  /** Such as `Target.Timeout`; absent when healthy. */
  reason?: string;
  description?: string;
  since: number;
}

/** `forward`, `redirect`, `fixed-response`, as the API has them (JSON of the SDK's `Action`). */
export type Action = Readonly<Record<string, unknown>> & { readonly Type: string };

export interface Listener {
  arn: string;
  loadBalancerArn: string;
  port: number;
  protocol: string;
  sslPolicy?: string;
  certificateArns: readonly string[];
  defaultActions: readonly Action[];
  attributes: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
}

export interface Rule {
  arn: string;
  listenerArn: string;
  /** A number, or `default`. */
  priority: string;
  conditions: readonly Readonly<Record<string, unknown>>[];
  actions: readonly Action[];
  isDefault: boolean;
  tags: Readonly<Record<string, string>>;
}

export const loadBalancers = defineKind<LoadBalancer>("elbv2.load-balancer");
export const targetGroups = defineKind<TargetGroup>("elbv2.target-group");
export const targetRegistrations = defineKind<TargetRegistration>("elbv2.target-registration");
export const targetHealths = defineKind<TargetHealth>("elbv2.target-health", { volatile: true });
export const listeners = defineKind<Listener>("elbv2.listener");
export const rules = defineKind<Rule>("elbv2.rule");

/** The id of a registration and of its health. */
export function registrationId(targetGroupArn: string, id: string, port: number): string {
  return `${targetGroupArn}|${id}|${port}`;
}

export const kept: Kept = {
  shown: [loadBalancers, listeners, rules, targetGroups, targetRegistrations, targetHealths],
  written: [
    written(targetRegistrations, ({ targetGroupArn, id, port }, ofTasks) =>
      ofTasks.has(id) ? undefined : { targetGroupArn, id, port },
    ),
  ],
};
