import type { PlacementConstraint, PlacementStrategy } from "@aws-sdk/client-ecs";
import type { Scope } from "../../../store/store.ts";
import { runsOn } from "../launch.ts";
import { taskDefinitions, type EcsService } from "../state.ts";
import { misfitOf, toCandidate } from "./fitting.ts";
import { openInstances } from "./place-task.ts";
import { taskNeeds } from "./task-needs.ts";

/** What a service asks of where its tasks are placed: a daemon has one task on each instance. */
export function placementOf({
  schedulingStrategy,
  placementConstraints,
  placementStrategy,
}: EcsService): {
  constraints: readonly PlacementConstraint[];
  strategy: readonly PlacementStrategy[];
} {
  return schedulingStrategy === "DAEMON"
    ? { constraints: [...placementConstraints, { type: "distinctInstance" }], strategy: [] }
    : { constraints: placementConstraints, strategy: placementStrategy };
}

/**
 * A service as it is wanted now: of a daemon, one task on each instance that its constraints allow.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html#service_scheduler_daemon
 */
export function wantedNow(scope: Scope, service: EcsService): EcsService {
  const { schedulingStrategy, clusterArn, placementConstraints } = service;
  if (schedulingStrategy !== "DAEMON" || runsOn(service) !== "EC2") return service;
  const definition = scope.of(taskDefinitions).get(service.taskDefinitionArn);
  if (!definition) return service;
  // What is taken counts when a task is placed; here, what an instance is.
  const needs = { ...taskNeeds(definition), cpu: 0, memoryMiB: 0, ports: [], udpPorts: [] };
  const constraints = [
    ...placementConstraints,
    ...(definition.placementConstraints as readonly PlacementConstraint[]),
  ];
  const wish = { needs: { ...needs, interfaces: 0 }, group: "", constraints, zones: undefined };
  const desiredCount = openInstances(scope, clusterArn).filter(
    (instance) => misfitOf(wish, toCandidate(scope, instance)) === undefined,
  ).length;
  return { ...service, desiredCount };
}
