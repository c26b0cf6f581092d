import { releaseInstance } from "../../services/autoscaling/release-instance.ts";
import { autoScalingGroups } from "../../services/autoscaling/state.ts";
import { containerInstances, containerInstancesByEc2 } from "../../services/ecs/instances/state.ts";
import { tasksOn } from "../../services/ecs/placement/remaining.ts";
import { providerOfGroup } from "../../services/ecs/providers/find.ts";
import { ecsServices } from "../../services/ecs/state.ts";
import type { Scope } from "../../store/store.ts";

/**
 * Takes an instance out of its group, in the transaction under way. Where ECS drains the group's instances, its tasks go elsewhere
 * first: it ends when this is called again and none is left.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html
 */
export function drainBeforeEnd(
  scope: Scope,
  groupName: string,
  instanceId: string,
  now: number,
): void {
  const group = scope.of(autoScalingGroups).get(groupName);
  if (!group) return;
  const provider = providerOfGroup(scope, groupName);
  const [registered] = scope.of(containerInstances).by(containerInstancesByEc2, instanceId);
  const drains = provider?.managedDraining === "ENABLED" && group.status === undefined;
  if (!registered || !drains || isIdle(scope, registered.arn))
    return releaseInstance(scope, group, instanceId, now);
  if (registered.status === "ACTIVE")
    scope
      .of(containerInstances)
      .patch(registered.arn, { status: "DRAINING", version: registered.version + 1 });
  const isMarked = group.instances.some(
    (it) => it.instanceId === instanceId && it.lifecycleState === "Terminating",
  );
  if (isMarked) return;
  scope.of(autoScalingGroups).patch(groupName, {
    instances: group.instances.map((it) =>
      it.instanceId === instanceId ? { ...it, lifecycleState: "Terminating" as const } : it,
    ),
  });
}

/** Whether no task is on an instance but those of daemons, which every instance has. */
export function isIdle(scope: Scope, containerInstanceArn: string): boolean {
  return tasksOn(scope, containerInstanceArn).every(
    ({ serviceArn = "" }) => scope.of(ecsServices).get(serviceArn)?.schedulingStrategy === "DAEMON",
  );
}
