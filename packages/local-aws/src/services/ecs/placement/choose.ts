import { randomInt } from "node:crypto";
import type { PlacementStrategy } from "@aws-sdk/client-ecs";
import type { Candidate } from "./fitting.ts";

/** What each choice is made by. */
export interface Choice {
  readonly strategy: readonly PlacementStrategy[];
  /** Of the task's service or family: spread counts its tasks alone. */
  readonly group: string;
}

/** Over zones first, then over instances: what services do without a strategy. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html */
export const DEFAULT_STRATEGY: readonly PlacementStrategy[] = [
  { type: "spread", field: "attribute:ecs.availability-zone" },
  { type: "spread", field: "instanceId" },
];

/**
 * The instance that a task goes to, of those that it fits on: each step of the strategy keeps the best, and chance decides among
 * those left. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html
 */
export function choose(
  fitting: readonly Candidate[],
  { strategy, group }: Choice,
): Candidate | undefined {
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
