import { ALL_AT_ONCE } from "../../services/codedeploy/deployment-configs.ts";
import { toRevision } from "../../services/codedeploy/app-spec.ts";
import { newDeployment } from "../../services/codedeploy/new-deployment.ts";
import { groupKey } from "../../services/codedeploy/find.ts";
import {
  deploymentGroups,
  deployments,
  type Ending,
  type StoredDeployment,
} from "../../services/codedeploy/state.ts";
import { serviceOf } from "../../services/codedeploy/targets.ts";
import { taskSetsOf } from "../../services/ecs/task-sets/task-set.ts";
import type { Scope } from "../../store/store.ts";

/**
 * Ends a deployment before it is done, and begins the one that rolls it back where that is wanted, in the transaction under way.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/deployments-rollback-and-redeploy.html
 */
export function endDeployment(
  scope: Scope,
  deployment: StoredDeployment,
  { status, code, message, rollback }: Ending,
  now: number,
): void {
  const lifecycle = deployment.lifecycle.map((event) => {
    if (event.status === "InProgress") return { ...event, status: "Failed" as const, endedAt: now };
    return event.status === "Pending" ? { ...event, status: "Skipped" as const } : event;
  });
  const ended: StoredDeployment = {
    ...deployment,
    status,
    error: { code, message },
    lifecycle,
    step: "done",
    stepAt: now,
    completedAt: now,
    updatedAt: now,
  };
  const back = rollback ? wayBack(scope, ended, now) : undefined;
  scope.of(deployments).put(ended.id, {
    ...ended,
    ...(back && {
      // What is left to the replacement is nothing, from the rollback's first step on.
      weight: 0,
      rollback: {
        rollbackDeploymentId: back.id,
        rollbackMessage: `Deployment ${ended.id} terminated. Automatic rollback is triggered with a DeploymentId ${back.id}.`,
      },
    }),
  });
  if (back) scope.of(deployments).put(back.id, back);
}

/** The deployment that rolls one back; undefined where it has not touched anything. */
function wayBack(
  scope: Scope,
  deployment: StoredDeployment,
  now: number,
): StoredDeployment | undefined {
  const { blue, green, applicationName, groupName, settings } = deployment;
  const group = scope.of(deploymentGroups).get(groupKey(applicationName, groupName));
  const revision = deployment.previousRevision ?? revisionOf(scope, deployment);
  if (!blue || !green || !group || !revision) return undefined;
  const made = newDeployment({
    group,
    settings: { ...settings, configName: ALL_AT_ONCE },
    routing: { type: "AllAtOnce" },
    revision,
    creator: "codeDeployRollback",
    now,
  });
  return {
    ...made,
    step: "back",
    blue,
    green,
    rollback: {
      rollbackTriggeringDeploymentId: deployment.id,
      rollbackMessage: `Deployment ${made.id} is triggered to roll back deployment ${deployment.id}.`,
    },
  };
}

/** What the original task set runs, where no deployment before has said it. */
function revisionOf(scope: Scope, deployment: StoredDeployment) {
  const service = serviceOf(scope, deployment);
  const original =
    service && taskSetsOf(service).find(({ id }) => id === deployment.blue?.taskSetId);
  const [balanced] = original?.loadBalancers ?? [];
  if (!original || !balanced) return undefined;
  const { containerName, containerPort } = balanced;
  return toRevision({ taskDefinition: original.taskDefinitionArn, containerName, containerPort });
}
