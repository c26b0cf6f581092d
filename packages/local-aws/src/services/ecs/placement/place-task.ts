import type { PlacementConstraint, PlacementStrategy, TaskOverride } from "@aws-sdk/client-ecs";
import type { Scope } from "../../../store/store.ts";
import { subnets } from "../../ec2/state.ts";
import { lastPart } from "../arns.ts";
import {
  containerInstances,
  containerInstancesByCluster,
  type ContainerInstance,
} from "../instances/state.ts";
import type { NetworkConfiguration } from "../deployment.ts";
import type { TaskDefinition } from "../state.ts";
import { INSTANCE_TEXTS as SAID } from "../instance-texts.ts";
import { choose, DEFAULT_STRATEGY } from "./choose.ts";
import { misfitOf, misfitWords, toCandidate, type Candidate, type Misfit } from "./fitting.ts";
import { taskNeeds } from "./task-needs.ts";

/** A task that is to be placed. */
export interface PlacementRequest {
  readonly clusterArn: string;
  readonly definition: TaskDefinition;
  readonly overrides?: TaskOverride;
  readonly group: string;
  readonly networkConfiguration: NetworkConfiguration | undefined;
  readonly constraints: readonly PlacementConstraint[];
  readonly strategy: readonly PlacementStrategy[];
  /** The instances of this provider alone. */
  readonly capacityProvider?: string | undefined;
}

/** Where a task goes, or why it goes to none of the instances. */
export type Placement =
  | { readonly instance: ContainerInstance }
  | { readonly misfits: readonly { readonly candidate: Candidate; readonly misfit: Misfit }[] };

/** The instances of a cluster that tasks could go to: those that drain take none. */
export function openInstances(
  scope: Scope,
  clusterArn: string,
  capacityProvider?: string,
): readonly ContainerInstance[] {
  return scope
    .of(containerInstances)
    .by(containerInstancesByCluster, clusterArn)
    .filter(
      (it) =>
        it.status === "ACTIVE" &&
        (capacityProvider === undefined || it.capacityProviderName === capacityProvider),
    );
}

const wishOf = (scope: Scope, request: PlacementRequest) => ({
  needs: taskNeeds(request.definition, request.overrides),
  group: request.group,
  constraints: [
    ...request.constraints,
    ...(request.definition.placementConstraints as readonly PlacementConstraint[]),
  ],
  zones: zonesOf(scope, request.networkConfiguration),
});

/** Places a task on one of its cluster's instances. */
export function placeTask(scope: Scope, request: PlacementRequest): Placement {
  const wish = wishOf(scope, request);
  const candidates = openInstances(scope, request.clusterArn, request.capacityProvider).map(
    (instance) => toCandidate(scope, instance),
  );
  const judged = candidates.map((candidate) => ({ candidate, misfit: misfitOf(wish, candidate) }));
  const fitting = judged.filter(({ misfit }) => misfit === undefined);
  const strategy = request.strategy.length > 0 ? request.strategy : DEFAULT_STRATEGY;
  const chosen = choose(
    fitting.map(({ candidate }) => candidate),
    { strategy, group: request.group },
  );
  if (chosen) return { instance: chosen.instance };
  return {
    misfits: judged.flatMap(({ candidate, misfit }) => (misfit ? [{ candidate, misfit }] : [])),
  };
}

/** What keeps a task from one instance; undefined where it fits. */
export function misfitOn(
  scope: Scope,
  request: PlacementRequest,
  instance: ContainerInstance,
): Misfit | undefined {
  return misfitOf(wishOf(scope, request), toCandidate(scope, instance));
}

function zonesOf(scope: Scope, configuration: NetworkConfiguration | undefined) {
  if (!configuration) return undefined;
  return new Set(
    configuration.subnets.flatMap((id) => scope.of(subnets).get(id)?.availabilityZone ?? []),
  );
}

/** How far a task came with an instance: what is checked last is what was nearest. */
const NEARNESS: readonly Misfit[] = [
  "AGENT",
  "LOCATION",
  "ATTRIBUTE",
  "MemberOf placement constraint unsatisfied.",
  "DistinctInstance placement constraint unsatisfied.",
  "RESOURCE:CPU",
  "RESOURCE:MEMORY",
  "RESOURCE:PORTS",
  "RESOURCE:ENI",
];

/** What a service's events say of a task that goes to none of the instances. */
export function unplacedWords(
  service: string,
  { misfits }: Extract<Placement, { misfits: unknown }>,
): string {
  const closest = misfits.toSorted(
    (a, b) => NEARNESS.indexOf(b.misfit) - NEARNESS.indexOf(a.misfit),
  )[0];
  if (!closest) return SAID.eventNoInstances({ service });
  return SAID.eventNoFittingInstance({
    service,
    instance: lastPart(closest.candidate.instance.arn),
    why: misfitWords(closest.misfit),
  });
}
