import { forgetRollouts } from "../../services/ecs/rollouts/begin.ts";
import { isUnderWay, serviceDeployments } from "../../services/ecs/rollouts/state.ts";
import { ecsServices, taskDefinitions, tasks } from "../../services/ecs/state.ts";
import type { Store } from "../../store/store.ts";

/** How long a stopped task can be described at least, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html */
const STOPPED_TASK_KEPT_MS = 60 * 60_000;
/**
 * How long a deleted service can be described: AWS promises no time.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
 */
const INACTIVE_SERVICE_KEPT_MS = 60 * 60_000;

/** How long deployments can be looked back at, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html */
const ROLLOUT_KEPT_MS = 90 * 24 * 60 * 60_000;

/** Forgets tasks that stopped and services that were deleted long ago, and deleted task definitions that nothing stands on any more. */
export function expire(store: Store, now: number): void {
  store.record(() => {
    for (const collection of store.all(tasks))
      for (const { arn, stoppedAt } of collection.values())
        if (stoppedAt !== undefined && now - stoppedAt > STOPPED_TASK_KEPT_MS)
          collection.delete(arn);
    for (const collection of store.all(ecsServices))
      for (const { arn, status, inactiveAt = 0 } of collection.values())
        if (status === "INACTIVE" && now - inactiveAt > INACTIVE_SERVICE_KEPT_MS) {
          const { account, region } = collection.place;
          forgetRollouts(store.scope(account, region), arn);
          collection.delete(arn);
        }
    for (const collection of store.all(serviceDeployments))
      for (const rollout of collection.values())
        if (!isUnderWay(rollout) && now - rollout.updatedAt > ROLLOUT_KEPT_MS)
          collection.delete(rollout.arn);
    for (const collection of store.all(taskDefinitions)) {
      const scope = store.scope(collection.place.account, collection.place.region);
      for (const { arn, status } of collection.values()) {
        if (status !== "DELETE_IN_PROGRESS") continue;
        const used =
          scope
            .of(tasks)
            .find((it) => it.taskDefinitionArn === arn && it.lastStatus !== "STOPPED") ??
          scope
            .of(ecsServices)
            .find((it) =>
              it.deployments.some(({ taskDefinitionArn }) => taskDefinitionArn === arn),
            );
        if (!used) collection.delete(arn);
      }
    }
  });
}
