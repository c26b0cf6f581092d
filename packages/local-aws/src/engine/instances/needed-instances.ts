import type { AutoScalingGroup } from "../../services/autoscaling/state.ts";
import { templateData } from "../../services/ec2/instances/launch-templates.ts";
import { launchTemplates } from "../../services/ec2/instances/template-state.ts";
import { INSTANCE_TYPES } from "../../services/ec2/instances/instance-types.ts";
import { containerInstances, containerInstancesByEc2 } from "../../services/ecs/instances/state.ts";
import { usableMemory } from "../../services/ecs/instances/register.ts";
import { taskNeeds, type TaskNeeds } from "../../services/ecs/placement/task-needs.ts";
import type { CapacityProvider } from "../../services/ecs/providers/state.ts";
import { taskDefinitions, tasks, type Task } from "../../services/ecs/state.ts";
import type { Scope } from "../../store/store.ts";
import { isIdle } from "./managed-draining.ts";

/**
 * How many instances a provider's tasks need: those that have tasks, and as many more as the tasks that wait fill, with the room that the
 * target capacity leaves free. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html
 */
export function neededInstances(
  scope: Scope,
  { name, managedScaling }: CapacityProvider,
  group: AutoScalingGroup,
): number {
  const busy = group.instances.filter(({ instanceId }) =>
    scope
      .of(containerInstances)
      .by(containerInstancesByEc2, instanceId)
      .some(({ arn }) => !isIdle(scope, arn)),
  ).length;
  const waiting = scope
    .of(tasks)
    .filter((task) => task.capacityProviderName === name && isWaiting(task));
  const more = waiting.length === 0 ? 0 : packed(scope, group, waiting);
  return Math.ceil(((busy + more) * 100) / managedScaling.targetCapacity);
}

const isWaiting = ({ containerInstanceArn, desiredStatus, lastStatus }: Task): boolean =>
  containerInstanceArn === undefined &&
  desiredStatus === "RUNNING" &&
  lastStatus === "PROVISIONING";

interface Bin {
  cpu: number;
  memoryMiB: number;
  interfaces: number;
  readonly ports: Set<string>;
  readonly groups: Set<string>;
}

/** How many empty instances of the group's type the tasks fill, each put into the first that has room for it. */
function packed(scope: Scope, group: AutoScalingGroup, waiting: readonly Task[]): number {
  const empty = emptyBin(scope, group);
  if (!empty) return 0;
  const bins: Bin[] = [];
  for (const task of waiting) {
    const definition = scope.of(taskDefinitions).get(task.taskDefinitionArn);
    if (!definition) continue;
    const needs = taskNeeds(definition, task.overrides);
    const apart = task.placement?.constraints.some(({ type }) => type === "distinctInstance");
    const apartFrom = apart ? task.group : undefined;
    // What fits on no instance of this type makes none.
    if (!fits(needs, empty(), undefined)) continue;
    let bin = bins.find((it) => fits(needs, it, apartFrom));
    if (!bin) bins.push((bin = empty()));
    bin.cpu -= needs.cpu;
    bin.memoryMiB -= needs.memoryMiB;
    bin.interfaces -= needs.interfaces;
    for (const port of portsOf(needs)) bin.ports.add(port);
    bin.groups.add(task.group);
  }
  return bins.length;
}

const portsOf = ({ ports, udpPorts }: TaskNeeds) => [
  ...ports.map((port) => `tcp/${port}`),
  ...udpPorts.map((port) => `udp/${port}`),
];

const fits = (needs: TaskNeeds, bin: Bin, apartFrom: string | undefined): boolean =>
  needs.cpu <= bin.cpu &&
  needs.memoryMiB <= bin.memoryMiB &&
  needs.interfaces <= bin.interfaces &&
  portsOf(needs).every((port) => !bin.ports.has(port)) &&
  (apartFrom === undefined || !bin.groups.has(apartFrom));

/** An instance of the group's type without any task; undefined where the template names none that is known. */
function emptyBin(scope: Scope, group: AutoScalingGroup): (() => Bin) | undefined {
  const { id: LaunchTemplateId, version: Version } = group.launchTemplate;
  if (!scope.of(launchTemplates).has(LaunchTemplateId)) return undefined;
  const { data } = templateData(scope, { LaunchTemplateId, Version });
  const type = INSTANCE_TYPES.get(data.InstanceType ?? "");
  return (
    type &&
    (() => ({
      cpu: type.vcpus * 1024,
      memoryMiB: usableMemory(type.memoryMiB),
      interfaces: type.interfaces - 1,
      ports: new Set(["tcp/22", "tcp/2375", "tcp/2376", "tcp/51678", "tcp/51679", "tcp/51680"]),
      groups: new Set<string>(),
    }))
  );
}
