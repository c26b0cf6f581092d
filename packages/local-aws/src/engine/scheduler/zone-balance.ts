import type { EcsService } from "../../services/ecs/state.ts";
import { subnets } from "../../services/ec2/state.ts";
import { runsOn } from "../../services/ecs/launch.ts";
import type { Scope } from "../../store/store.ts";
import type { PlannedTask } from "./plan.ts";

/** The zones over which a service's tasks are kept even; none where nobody wants that, or instances decide. */
export function balancedZones(scope: Scope, service: EcsService): readonly string[] {
  const { availabilityZoneRebalancing, networkConfiguration, schedulingStrategy } = service;
  if (availabilityZoneRebalancing !== "ENABLED" || schedulingStrategy !== "REPLICA") return [];
  if (runsOn(service) === "EC2") return [];
  const zones = (networkConfiguration?.subnets ?? []).flatMap(
    (id) => scope.of(subnets).get(id)?.availabilityZone ?? [],
  );
  return [...new Set(zones)];
}

/** How many tasks are in each zone. */
export const countByZone = (
  tasks: readonly PlannedTask[],
  zones: readonly string[],
): ReadonlyMap<string, number> =>
  new Map(
    zones.map((zone) => [
      zone,
      tasks.filter(({ availabilityZone }) => availabilityZone === zone).length,
    ]),
  );

/**
 * Whether moving a task to another zone makes a service more even.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
 */
export function isUneven(tasks: readonly PlannedTask[], zones: readonly string[]): boolean {
  const counts = [...countByZone(tasks, zones).values()];
  return counts.length > 1 && Math.max(...counts) - Math.min(...counts) > 1;
}
