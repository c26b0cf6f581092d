import { registrationsByGroup } from "../../services/elbv2/indexes.ts";
import {
  loadBalancers,
  registrationId,
  targetGroups,
  targetHealths,
  targetRegistrations,
  type LoadBalancer,
  type TargetGroup,
  type TargetRegistration,
} from "../../services/elbv2/state.ts";
import { usersOf } from "../../services/elbv2/target-groups.ts";
import type { Scope, Store } from "../../store/store.ts";
import type { TargetConfiguration, TargetGroupConfiguration } from "./configuration.ts";
import type { LoadBalancerNeeds } from "./needs.ts";
import { routeTo } from "./routes.ts";
import { readArn } from "../../ground/arn.ts";

/** One target group of the data plane's configuration; undefined where there is none, or no load balancer uses it. */
export function compileTargetGroup(
  store: Store,
  arn: string,
  needs: LoadBalancerNeeds,
): TargetGroupConfiguration | undefined {
  const { region, account } = readArn(arn);
  const scope = store.scope(account, region);
  const group = scope.of(targetGroups).get(arn);
  return group && compileUsed(scope, group, needs);
}

/** The same, of a group in its scope. */
export function compileUsed(
  scope: Scope,
  group: Readonly<TargetGroup>,
  needs: LoadBalancerNeeds,
): TargetGroupConfiguration | undefined {
  const [user] = usersOf(scope, group.arn);
  const balancer = user === undefined ? undefined : scope.of(loadBalancers).get(user);
  return balancer && compileGroup(scope, group, balancer, needs);
}

function compileGroup(
  scope: Scope,
  group: Readonly<TargetGroup>,
  balancer: Readonly<LoadBalancer>,
  needs: LoadBalancerNeeds,
): TargetGroupConfiguration {
  const { attributes } = group;
  const targets = scope
    .of(targetRegistrations)
    .by(registrationsByGroup, group.arn)
    .map((registration) => compileTarget(scope, balancer, registration, needs));
  const stickiness = compileStickiness(attributes);
  return {
    arn: group.arn,
    tls: group.protocol === "HTTPS",
    algorithm: attributes["load_balancing.algorithm.type"] as TargetGroupConfiguration["algorithm"],
    slowStartMs: Number(attributes["slow_start.duration_seconds"]) * 1000,
    ...(stickiness && { stickiness }),
    minimumHealthy: minimumHealthy(attributes, targets),
    targets,
  };
}

function compileStickiness(
  attributes: Readonly<Record<string, string>>,
): TargetGroupConfiguration["stickiness"] {
  if (attributes["stickiness.enabled"] !== "true") return undefined;
  if (attributes["stickiness.type"] === "app_cookie")
    return {
      type: "app_cookie",
      seconds: Number(attributes["stickiness.app_cookie.duration_seconds"]),
      cookie: attributes["stickiness.app_cookie.cookie_name"]!,
    };
  return {
    type: "lb_cookie",
    seconds: Number(attributes["stickiness.lb_cookie.duration_seconds"]),
  };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health.html */
function minimumHealthy(
  attributes: Readonly<Record<string, string>>,
  targets: readonly TargetConfiguration[],
): number {
  const prefix = "target_group_health.unhealthy_state_routing.minimum_healthy_targets";
  const count = Number(attributes[`${prefix}.count`]);
  const percentage = attributes[`${prefix}.percentage`]!;
  if (percentage === "off") return count;
  const registered = targets.filter(({ state }) => state !== "draining").length;
  return Math.max(count, Math.ceil((Number(percentage) / 100) * registered));
}

function compileTarget(
  scope: Scope,
  balancer: Readonly<LoadBalancer>,
  registration: Readonly<TargetRegistration>,
  needs: LoadBalancerNeeds,
): TargetConfiguration {
  const { targetGroupArn, id, port } = registration;
  const health = scope.of(targetHealths).get(registrationId(targetGroupArn, id, port));
  return {
    key: `${id}:${port}`,
    state: stateOf(registration, health?.state),
    healthySince: health?.state === "healthy" ? health.since : 0,
    route: routeTo(scope, balancer, registration, port, needs).route,
  };
}

/** Targets whose first checks are under way count as unhealthy: they are used only where no healthy one is left. */
function stateOf(
  registration: Readonly<TargetRegistration>,
  health: string | undefined,
): TargetConfiguration["state"] {
  if (registration.drainingSince !== undefined) return "draining";
  return health === "healthy" || health === "unused" ? health : "unhealthy";
}
