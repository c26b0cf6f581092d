import { containerInstances } from "../../services/ecs/instances/state.ts";
import { chooseSubnet } from "../../services/ecs/new-task.ts";
import { placeTask } from "../../services/ecs/placement/place-task.ts";
import { clusters, taskDefinitions, tasks, type Task } from "../../services/ecs/state.ts";
import type { Change } from "../../store/collection.ts";
import type { Scope, Store } from "../../store/store.ts";

/** Whether a task waits for an instance. */
const waits = ({ launchType, containerInstanceArn, desiredStatus }: Task): boolean =>
  launchType === "EC2" && containerInstanceArn === undefined && desiredStatus === "RUNNING";

/** Whether a commit may have made room for tasks that wait, or such a task. */
export function mayPlace({ kind, before, after }: Change): boolean {
  if (kind === containerInstances.name) return true;
  if (kind !== tasks.name) return false;
  const [was, is] = [before, after] as (Task | undefined)[];
  if (!is) return false;
  return (
    (was === undefined && waits(is)) ||
    (is.lastStatus === "STOPPED" && was?.lastStatus !== "STOPPED")
  );
}

/** Gives tasks that wait the instances that there are by now, those first that have waited longest. */
export function placeWaiting(store: Store, scope: Scope): void {
  const waiting = scope.of(tasks).filter(waits);
  for (const task of waiting.toSorted((a, b) => a.createdAt - b.createdAt))
    store.record(() => place(scope, task));
}

function place(scope: Scope, task: Task): void {
  const definition = scope.of(taskDefinitions).get(task.taskDefinitionArn);
  const cluster = scope.of(clusters).get(task.clusterArn);
  if (!definition || !cluster) return;
  const { group, overrides, networkConfiguration, capacityProviderName, clusterArn } = task;
  const { constraints = [], strategy = [] } = task.placement ?? {};
  const placed = placeTask(scope, {
    clusterArn,
    definition,
    overrides,
    group,
    networkConfiguration,
    constraints,
    strategy,
    capacityProvider: capacityProviderName,
  });
  if (!("instance" in placed)) return;
  const { arn, availabilityZone } = placed.instance;
  const subnet = chooseSubnet(scope, { networkConfiguration, group, cluster }, availabilityZone);
  scope.of(tasks).patch(task.arn, {
    containerInstanceArn: arn,
    availabilityZone,
    subnetId: subnet?.subnetId,
    version: task.version + 1,
  });
}
