import type { PlacementConstraint } from "@aws-sdk/client-ecs";
import { lastPart } from "../../../ground/arn.ts";
import type { Scope } from "../../../store/store.ts";
import { isOpen, type ContainerInstance } from "../instances/state.ts";
import { INSTANCE_TEXTS as SAID } from "../instance-texts.ts";
import { parseQuery, type Query } from "./cluster-query.ts";
import { remainingOf, tasksOn, type Remaining } from "./remaining.ts";
import type { TaskNeeds } from "./task-needs.ts";

/** Why a task does not go to an instance. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html */
export type Misfit =
  | "AGENT"
  | "LOCATION"
  | "ATTRIBUTE"
  | "RESOURCE:CPU"
  | "RESOURCE:MEMORY"
  | "RESOURCE:PORTS"
  | "RESOURCE:ENI"
  | "MemberOf placement constraint unsatisfied."
  | "DistinctInstance placement constraint unsatisfied.";

/** An instance as placement sees it. */
export interface Candidate {
  readonly instance: ContainerInstance;
  readonly remaining: Remaining;
  /** Groups of the tasks on it. */
  readonly groups: readonly string[];
  /** Zone, type and the rest of what may be asked about it. */
  attribute(name: string): string | undefined;
}

/** What a task asks of where it is placed. */
export interface Wish {
  readonly needs: TaskNeeds;
  readonly group: string;
  readonly constraints: readonly PlacementConstraint[];
  /** Zones that the task's subnets are in; undefined where it has none of its own. */
  readonly zones: ReadonlySet<string> | undefined;
}

export function toCandidate(scope: Scope, instance: ContainerInstance): Candidate {
  const own = new Map(instance.attributes.map(({ name, value = "" }) => [name, value]));
  const facts: Readonly<Record<string, string>> = {
    ec2InstanceId: instance.ec2InstanceId,
    agentVersion: instance.agentVersion,
    dockerVersion: instance.dockerVersion,
    agentConnected: String(instance.agentConnected),
    runningTasksCount: String(
      tasksOn(scope, instance.arn).filter(({ lastStatus }) => lastStatus === "RUNNING").length,
    ),
    pendingTasksCount: String(
      tasksOn(scope, instance.arn).filter(({ lastStatus }) => lastStatus === "PENDING").length,
    ),
    registeredAt: new Date(instance.registeredAt).toISOString(),
    instanceId: lastPart(instance.arn),
  };
  return {
    instance,
    remaining: remainingOf(scope, instance),
    groups: tasksOn(scope, instance.arn).map(({ group }) => group),
    attribute: (name) => own.get(name) ?? facts[name],
  };
}

const overlaps = (wanted: readonly string[], taken: readonly string[]) =>
  wanted.some((port) => taken.includes(port));

/** What keeps a task from an instance, the first of all; undefined where nothing does. */
export function misfitOf(wish: Wish, candidate: Candidate): Misfit | undefined {
  const { instance, remaining } = candidate;
  const { needs } = wish;
  if (!isOpen(instance)) return "AGENT";
  if (wish.zones && !wish.zones.has(instance.availabilityZone)) return "LOCATION";
  if (needs.attributes.some((name) => candidate.attribute(name) === undefined)) return "ATTRIBUTE";
  const broken = wish.constraints.map((it) => brokenConstraint(it, wish, candidate)).find(Boolean);
  if (broken) return broken;
  if (needs.cpu > remaining.cpu) return "RESOURCE:CPU";
  if (needs.memoryMiB > remaining.memoryMiB) return "RESOURCE:MEMORY";
  if (overlaps(needs.ports, remaining.ports) || overlaps(needs.udpPorts, remaining.udpPorts))
    return "RESOURCE:PORTS";
  return needs.interfaces > remaining.interfaces ? "RESOURCE:ENI" : undefined;
}

function brokenConstraint(
  { type, expression = "" }: PlacementConstraint,
  { group }: Wish,
  candidate: Candidate,
): Misfit | undefined {
  if (type === "distinctInstance")
    return candidate.groups.includes(group)
      ? "DistinctInstance placement constraint unsatisfied."
      : undefined;
  const query: Query = parseQuery(expression);
  return query(candidate) ? undefined : "MemberOf placement constraint unsatisfied.";
}

/** How an event says that an instance does not do. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
export function misfitWords(misfit: Misfit): string {
  switch (misfit) {
    case "RESOURCE:CPU":
      return SAID.misfitCpu();
    case "RESOURCE:MEMORY":
      return SAID.misfitMemory();
    case "RESOURCE:PORTS":
      return SAID.misfitPorts();
    case "ATTRIBUTE":
      return SAID.misfitAttribute();
    default:
      return SAID.misfitOther({ error: misfit });
  }
}
