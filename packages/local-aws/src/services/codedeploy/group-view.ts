import type * as Sdk from "@aws-sdk/client-codedeploy";
import type { Scope } from "../../store/store.ts";
import { deploymentsOf } from "./find.ts";
import type {
  AlarmSettings,
  AutoRollback,
  DeploymentGroup,
  GroupSettings,
  StoredDeployment,
} from "./state.ts";

/** A deployment group as the API shows it. https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentGroupInfo.html */
export function describeGroup(scope: Scope, group: DeploymentGroup): Sdk.DeploymentGroupInfo {
  const { settings } = group;
  const past = deploymentsOf(scope, group);
  return {
    applicationName: group.applicationName,
    deploymentGroupId: group.id,
    deploymentGroupName: group.name,
    deploymentConfigName: settings.configName,
    ec2TagFilters: [],
    onPremisesInstanceTagFilters: [],
    autoScalingGroups: [],
    serviceRoleArn: settings.roleArn,
    targetRevision: group.target?.revision,
    triggerConfigurations: [...settings.triggers],
    alarmConfiguration: fromAlarms(settings.alarms),
    autoRollbackConfiguration: fromAutoRollback(settings.autoRollback),
    deploymentStyle: BLUE_GREEN,
    outdatedInstancesStrategy: group.outdatedInstancesStrategy,
    blueGreenDeploymentConfiguration: fromWaits(settings),
    loadBalancerInfo: fromRoutes(settings),
    lastSuccessfulDeployment: last(past.filter(({ status }) => status === "Succeeded")),
    lastAttemptedDeployment: last(past),
    computePlatform: "ECS",
    ecsServices: [{ ...settings.ecs }],
    terminationHookEnabled: false,
  };
}

/** Of ECS there is no other. */
export const BLUE_GREEN: Sdk.DeploymentStyle = {
  deploymentType: "BLUE_GREEN",
  deploymentOption: "WITH_TRAFFIC_CONTROL",
};

export const fromAlarms = ({
  enabled,
  ignorePollAlarmFailure,
  names,
}: AlarmSettings): Sdk.AlarmConfiguration => ({
  enabled,
  ignorePollAlarmFailure,
  alarms: names.map((name) => ({ name })),
});

export const fromAutoRollback = ({
  enabled,
  events,
}: AutoRollback): Sdk.AutoRollbackConfiguration => ({ enabled, events: [...events] });

export const fromWaits = ({
  ready,
  terminationWaitMinutes,
}: GroupSettings): Sdk.BlueGreenDeploymentConfiguration => ({
  terminateBlueInstancesOnDeploymentSuccess: {
    action: "TERMINATE",
    terminationWaitTimeInMinutes: terminationWaitMinutes,
  },
  deploymentReadyOption: {
    actionOnTimeout: ready.actionOnTimeout,
    waitTimeInMinutes: ready.waitMinutes,
  },
});

export function fromRoutes({ routes }: GroupSettings): Sdk.LoadBalancerInfo {
  const { targetGroups, prodListenerArn, testListenerArn } = routes;
  return {
    targetGroupPairInfoList: [
      {
        targetGroups: targetGroups.map((name) => ({ name })),
        prodTrafficRoute: { listenerArns: [prodListenerArn] },
        ...(testListenerArn !== undefined && {
          testTrafficRoute: { listenerArns: [testListenerArn] },
        }),
      },
    ],
  };
}

function last(past: readonly StoredDeployment[]): Sdk.LastDeploymentInfo | undefined {
  const deployment = past.at(-1);
  if (!deployment) return undefined;
  const { id, status, createdAt, completedAt } = deployment;
  return {
    deploymentId: id,
    status,
    createTime: new Date(createdAt),
    ...(completedAt !== undefined && { endTime: new Date(completedAt) }),
  };
}
