import type * as Sdk from "@aws-sdk/client-codedeploy";
import { lastPart } from "../../ground/arn.ts";
import type { Scope } from "../../store/store.ts";
import { ecsArn } from "../ecs/arns.ts";
import { ecsServices, type EcsService } from "../ecs/state.ts";
import { taskSetsOf } from "../ecs/task-sets/task-set.ts";
import { describeTaskSet } from "../ecs/task-sets/view.ts";
import { cutPage } from "../kit/pages.ts";
import { checkBatch } from "./applications.ts";
import { invalidToken, targetMissing } from "./faults.ts";
import { needDeployment } from "./find.ts";
import type { CodeDeployHandlers } from "./handlers.ts";
import type { Side, StoredDeployment } from "./state.ts";

/** The service that a deployment is of; undefined where it has been deleted. */
export function serviceOf(
  scope: Scope,
  { settings }: Pick<StoredDeployment, "settings">,
): EcsService | undefined {
  return scope.of(ecsServices).get(serviceArn(scope, { settings }));
}

function serviceArn(scope: Scope, { settings }: Pick<StoredDeployment, "settings">): string {
  const { clusterName, serviceName } = settings.ecs;
  return ecsArn(scope, `service/${lastPart(clusterName)}/${lastPart(serviceName)}`);
}

/** `cluster:service`. */
function targetIdOf({ settings }: StoredDeployment): string {
  const { clusterName, serviceName } = settings.ecs;
  return `${lastPart(clusterName)}:${lastPart(serviceName)}`;
}

const TARGET_STATUS: Partial<Record<Sdk.DeploymentStatus, Sdk.TargetStatus>> = {
  Created: "Pending",
  Queued: "Pending",
  Succeeded: "Succeeded",
  Failed: "Failed",
  Stopped: "Skipped",
  Ready: "Ready",
};

const statusOf = ({ status }: StoredDeployment) => TARGET_STATUS[status] ?? "InProgress";

/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ECSTarget.html */
function describeTarget(scope: Scope, deployment: StoredDeployment): Sdk.DeploymentTarget {
  const { id, lifecycle, updatedAt, blue, green, weight } = deployment;
  const service = serviceOf(scope, deployment);
  const sides = [
    ...(blue ? [describeSide(scope, service, blue, 100 - weight, "Blue")] : []),
    ...(green ? [describeSide(scope, service, green, weight, "Green")] : []),
  ];
  return {
    deploymentTargetType: "ECSTarget",
    ecsTarget: {
      deploymentId: id,
      targetId: targetIdOf(deployment),
      targetArn: serviceArn(scope, deployment),
      lastUpdatedAt: new Date(updatedAt),
      lifecycleEvents: lifecycle.map(({ name, status, startedAt, endedAt }) => ({
        lifecycleEventName: name,
        status,
        startTime: startedAt === undefined ? undefined : new Date(startedAt),
        endTime: endedAt === undefined ? undefined : new Date(endedAt),
      })),
      status: statusOf(deployment),
      taskSetsInfo: sides,
    },
  };
}

function describeSide(
  scope: Scope,
  service: EcsService | undefined,
  { taskSetId, targetGroup }: Side,
  trafficWeight: number,
  taskSetLabel: Sdk.TargetLabel,
): Sdk.ECSTaskSet {
  const set = service && taskSetsOf(service).find(({ id }) => id === taskSetId);
  // Of a set that has gone nothing runs.
  const described = set && describeTaskSet(scope, service, set, false);
  return {
    identifer: taskSetId,
    desiredCount: described?.computedDesiredCount ?? 0,
    pendingCount: described?.pendingCount ?? 0,
    runningCount: described?.runningCount ?? 0,
    status: described?.status ?? "DRAINING",
    trafficWeight,
    targetGroup: { name: targetGroup },
    taskSetLabel,
  };
}

function needTarget(scope: Scope, deployment: StoredDeployment, targetId: string | undefined) {
  const isNamed = [targetIdOf(deployment), serviceArn(scope, deployment)].includes(targetId ?? "");
  if (!isNamed) throw targetMissing(targetId ?? "");
  return describeTarget(scope, deployment);
}

export const targetHandlers: CodeDeployHandlers = {
  ListDeploymentTargets({ deploymentId, nextToken, targetFilters = {} }, { store }) {
    const deployment = needDeployment(store, deploymentId);
    const { TargetStatus: wanted = [] } = targetFilters;
    const isWanted = wanted.length === 0 || wanted.includes(statusOf(deployment));
    const { items, next } = cutPage(isWanted ? [targetIdOf(deployment)] : [], {
      key: (id) => id,
      size: 100,
      token: nextToken,
      of: "deployment targets",
      invalid: invalidToken,
    });
    return { targetIds: items, nextToken: next };
  },

  GetDeploymentTarget({ deploymentId, targetId }, { store }) {
    const deployment = needDeployment(store, deploymentId);
    return { deploymentTarget: needTarget(store, deployment, targetId) };
  },

  BatchGetDeploymentTargets({ deploymentId, targetIds }, { store }) {
    const deployment = needDeployment(store, deploymentId);
    checkBatch(targetIds, 25);
    return {
      deploymentTargets: targetIds.map((id) => needTarget(store, deployment, id)),
    };
  },
};
