import type { Words } from "@workbook/toolchain";

import { BALANCER_KINDS } from "./kinds/balancer.ts";
import { INSTANCE_KINDS } from "./kinds/instances.ts";
import { NETWORK_KINDS } from "./kinds/network.ts";
import { REFUSAL_KINDS } from "./kinds/refused.ts";
import { ROUTER_KINDS } from "./kinds/routers.ts";
import { SCALING_KINDS } from "./kinds/scaling.ts";
import { RUN_KINDS } from "./kinds/runs.ts";
import { SECRET_KINDS, TASK_ROLE_KINDS } from "./kinds/secrets.ts";
import { SERVICE_KINDS } from "./kinds/service.ts";
import { STATE_KINDS } from "./kinds/states.ts";
import { TASK_KINDS } from "./kinds/task.ts";

/** Help with one kind of cause. */
export interface Kind {
  /** Makes the reader look at the right place. */
  readonly question: Words;
  /** AWS's page about it. */
  readonly page: Words;
  /** The line to write. */
  readonly line: Words;
}

/** Every cause that a diagnosis knows, with the help for it. */
export const KINDS = {
  ...STATE_KINDS,
  ...REFUSAL_KINDS,
  ...SERVICE_KINDS,
  ...INSTANCE_KINDS,
  ...NETWORK_KINDS,
  ...SECRET_KINDS,
  ...TASK_ROLE_KINDS,
  ...TASK_KINDS,
  ...ROUTER_KINDS,
  ...BALANCER_KINDS,
  ...RUN_KINDS,
  ...SCALING_KINDS,
} satisfies Readonly<Record<string, Kind>>;

/** The stable name of a cause, e.g. `task-egress`. */
export type FindingId = keyof typeof KINDS;

/** From what has to be there first to what only shows at the end: the order in which causes hide each other. */
const ORDER: readonly FindingId[] = [
  "state-bucket-missing",
  "state-locked",
  "stack-output-missing",
  ...(Object.keys(REFUSAL_KINDS) as (keyof typeof REFUSAL_KINDS)[]),
  "cluster-missing",
  "service-missing",
  "service-elsewhere",
  "service-deleted",
  "desired-count-zero",
  "launch-type",
  "capacity-provider-missing",
  "deployment-percentages",
  "execution-role-missing",
  "execution-role-trust",
  "task-role-missing",
  "task-role-trust",
  "subnet-full",
  "network-dns",
  "network-no-route",
  "network-blackhole",
  "network-no-public-address",
  "network-nat-gone",
  "network-nat-placement",
  "task-egress",
  "network-acl",
  "endpoint-missing",
  "endpoint-unavailable",
  "endpoint-ingress",
  "execution-role-rights",
  "execution-role-deny",
  "execution-role-boundary",
  "repository-policy",
  "endpoint-policy",
  "instance-user-data",
  "instance-network",
  "instance-role",
  "instance-attribute",
  "instance-constraint",
  "instance-port-taken",
  "instance-full",
  "parameter-rights",
  "parameter-missing",
  "secret-rights",
  "secret-missing",
  "secret-key-rights",
  "secret-json-key",
  "environment-file-missing",
  "environment-file-rights",
  "image-registry",
  "image-repository-missing",
  "image-missing",
  "image-platform",
  "log-region",
  "log-group-missing",
  "log-options",
  "local-limit",
  "container-command",
  "task-failed-to-start",
  "task-role-rights",
  "task-role-deny",
  "task-role-boundary",
  "task-role-resource",
  "container-memory",
  "container-dependency",
  "container-upstream",
  "container-port-rights",
  "container-port-taken",
  "container-environment",
  "container-exits",
  "container-ends",
  "container-health-check",
  "container-signal",
  "target-group-missing",
  "target-group-vpc",
  "service-not-registered",
  "load-balancer-missing",
  "listener-missing",
  "listener-port",
  "listener-fixed-response",
  "listener-redirect",
  "listener-rule",
  "listener-target-group",
  "forward-weight",
  "load-balancer-zone",
  "load-balancer-egress",
  "load-balancer-group",
  "task-ingress",
  "target-group-protocol",
  "health-check-port",
  "volume-unshared",
  "upstream-refused",
  "app-port",
  "grace-period",
  "health-check-matcher",
  "health-check-path",
  "health-check-error",
  "health-check-timeout",
  "targets-missing",
  "load-balancer-internal",
  "load-balancer-subnet",
  "load-balancer-ingress",
  "breaker-without-rollback",
  "deployment-failed",
  "deployment-waits",
  "old-revision",
  "revision-inactive",
  "image-tag-moved",
  "logs-not-delivered",
  "log-router-stopped",
  "log-router-match",
  "exec-rights",
  "scaling-role-missing",
  "scaling-no-policy",
  "scaling-policy-missing",
  "scaling-suspended",
  "scaling-fixed",
  "scaling-label",
  "scaling-no-data",
  "scaling-schedule-failed",
  "scaling-set-back",
  "scaling-at-maximum",
  "scaling-cool-down",
  "run-disabled",
  "run-definition-gone",
  "run-role-missing",
  "run-role-trust",
  "run-task-rights",
  "run-pass-role",
  "run-override",
  "rule-pattern",
  "run-queue-missing",
  "run-queue-rights",
  "run-letter-rights",
  "run-no-room",
  "run-undelivered",
  "run-failed",
];

/** Where a cause stands: the smaller, the earlier it strikes. */
export const rankOf = (id: FindingId): number => ORDER.indexOf(id);

/** Causes that stand beside what else is wrong: they explain no task that fails and no target that is unhealthy. */
export const EXPLAIN_NOTHING: ReadonlySet<FindingId> = new Set<FindingId>([
  "deployment-percentages",
  // A program may do without what it is refused.
  "task-role-rights",
  "task-role-deny",
  "task-role-boundary",
  "task-role-resource",
  "breaker-without-rollback",
  "container-signal",
  "exec-rights",
  "load-balancer-internal",
  "load-balancer-subnet",
  "load-balancer-ingress",
  "old-revision",
  "image-tag-moved",
  "logs-not-delivered",
  "log-router-stopped",
  "log-router-match",
  // A service that does not scale runs as many tasks as it has.
  ...(Object.keys(SCALING_KINDS) as (keyof typeof SCALING_KINDS)[]),
]);
