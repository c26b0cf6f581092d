import { randomInt } from "node:crypto";
import type { PlacementConstraint, PlacementStrategy, TaskOverride } from "@aws-sdk/client-ecs";
import { lastPart } from "../../../ground/arn.ts";
import type { Scope } from "../../../store/store.ts";
import { subnets } from "../../ec2/state.ts";
import {
  containerInstances,
  containerInstancesByCluster,
  type ContainerInstance,
} from "../instances/state.ts";
import type { NetworkConfiguration } from "../deployment.ts";
import type { TaskDefinition } from "../state.ts";
import { INSTANCE_TEXTS as SAID } from "../instance-texts.ts";
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

/** What each choice is made by. */
interface Choice {
  readonly strategy: readonly PlacementStrategy[];
  /** Of the task's service or family: spread counts its tasks alone. */
  readonly group: string;
}

/** Over zones first, then over instances: what services do without a strategy. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html */
const DEFAULT_STRATEGY: readonly PlacementStrategy[] = [
  { type: "spread", field: "attribute:ecs.availability-zone" },
  { type: "spread", field: "instanceId" },
];

/**
 * The instance that a task goes to, of those that it fits on: each step of the strategy keeps the best, and chance decides among
 * those left. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html
 */
function choose(fitting: readonly Candidate[], { strategy, group }: Choice): Candidate | undefined {
  let left = fitting;
  for (const step of strategy) {
    if (step.type === "random") break;
    const rank = step.type === "binpack" ? binpack(step.field) : spread(step.field, left, group);
    const best = Math.min(...left.map(rank));
    left = left.filter((candidate) => rank(candidate) === best);
  }
  return left.length === 0 ? undefined : left[randomInt(left.length)];
}

/** The instance with the least left of a resource. */
function binpack(field = "memory"): (candidate: Candidate) => number {
  return ({ remaining }) => (field.toLowerCase() === "cpu" ? remaining.cpu : remaining.memoryMiB);
}

/** The instances whose value of an attribute has the fewest tasks of the group. */
function spread(
  field = "instanceId",
  candidates: readonly Candidate[],
  group: string,
): (candidate: Candidate) => number {
  const name = field.replace(/^attribute:/, "");
  const valueOf = (candidate: Candidate) =>
    name === "instanceId" || name === "host"
      ? candidate.instance.arn
      : (candidate.attribute(name) ?? "");
  const counts = new Map<string, number>();
  for (const candidate of candidates) {
    const value = valueOf(candidate);
    const own = candidate.groups.filter((each) => each === group).length;
    counts.set(value, (counts.get(value) ?? 0) + own);
  }
  return (candidate) => counts.get(valueOf(candidate)) ?? 0;
}
