import type * as Sdk from "@aws-sdk/client-codedeploy";
import { BLUE_GREEN, fromAlarms, fromAutoRollback, fromRoutes, fromWaits } from "./group-view.ts";
import type { StoredDeployment } from "./state.ts";

/** A deployment as the API shows it. https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentInfo.html */
export function describeDeployment(deployment: StoredDeployment): Sdk.DeploymentInfo {
  const { settings, error, startedAt, completedAt } = deployment;
  return {
    applicationName: deployment.applicationName,
    deploymentGroupName: deployment.groupName,
    deploymentConfigName: settings.configName,
    deploymentId: deployment.id,
    previousRevision: deployment.previousRevision,
    revision: deployment.revision,
    status: deployment.status,
    errorInformation: error && { ...error },
    createTime: new Date(deployment.createdAt),
    startTime: startedAt === undefined ? undefined : new Date(startedAt),
    completeTime: completedAt === undefined ? undefined : new Date(completedAt),
    deploymentOverview: overview(deployment),
    description: deployment.description,
    creator: deployment.creator as Sdk.DeploymentCreator,
    ignoreApplicationStopFailures: false,
    autoRollbackConfiguration: fromAutoRollback(settings.autoRollback),
    updateOutdatedInstancesOnly: false,
    rollbackInfo: { ...deployment.rollback },
    deploymentStyle: BLUE_GREEN,
    instanceTerminationWaitTimeStarted: hasWaited(deployment),
    blueGreenDeploymentConfiguration: fromWaits(settings),
    loadBalancerInfo: fromRoutes(settings),
    fileExistsBehavior: "DISALLOW",
    deploymentStatusMessages: [],
    computePlatform: "ECS",
    overrideAlarmConfiguration: settings.alarms.enabled ? fromAlarms(settings.alarms) : undefined,
  };
}

const hasWaited = ({ step, status }: StoredDeployment) => step === "wait" || status === "Succeeded";

/** The one target of a deployment is its service. */
function overview({ status }: StoredDeployment): Sdk.DeploymentOverview {
  const counts = { Pending: 0, InProgress: 0, Succeeded: 0, Failed: 0, Skipped: 0, Ready: 0 };
  counts[OVERVIEW[status] ?? "InProgress"] = 1;
  return counts;
}

const OVERVIEW: Partial<Record<Sdk.DeploymentStatus, keyof Sdk.DeploymentOverview>> = {
  Created: "Pending",
  Queued: "Pending",
  Succeeded: "Succeeded",
  Failed: "Failed",
  Stopped: "Skipped",
  Ready: "Ready",
};
