import type { Members } from "../kit/members.ts";

/** What belongs to EC2, to machines of one's own and to Lambda, which CodeDeploy does not deploy to here. */
const OF_OTHERS =
  "ec2TagFilters onPremisesInstanceTagFilters autoScalingGroups ec2TagSet onPremisesTagSet terminationHookEnabled";

/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_Operations.html */
export const members: Members = {
  refused: {
    CreateDeploymentGroupInput: OF_OTHERS,
    UpdateDeploymentGroupInput: OF_OTHERS,
    CreateDeploymentInput:
      "ignoreApplicationStopFailures targetInstances updateOutdatedInstancesOnly fileExistsBehavior=DISALLOW deploymentMode=STANDARD",
    CreateDeploymentConfigInput: "minimumHealthyHosts zonalConfig",
    LoadBalancerInfo: "elbInfoList targetGroupInfoList",
    BlueGreenDeploymentConfiguration: "greenFleetProvisioningOption",
    BlueInstanceTerminationOption: "action=TERMINATE",
    RevisionLocation: "gitHubLocation string",
    ListDeploymentsInput: "externalId",
  },
  meaningless: [
    {
      why: [
        "Stored and shown. Alarms of this cloud can always be looked at.",
        "保存され、表示されます。このクラウドのアラームはいつでも確認できます。",
      ],
      members: { AlarmConfiguration: "ignorePollAlarmFailure" },
    },
    {
      why: ["All tags fit on one page.", "すべてのタグが 1 ページに収まります。"],
      members: { ListTagsForResourceInput: "NextToken" },
    },
  ],
  usedIn: {
    "group-settings.ts": {
      UpdateDeploymentGroupInput:
        "alarmConfiguration autoRollbackConfiguration blueGreenDeploymentConfiguration deploymentConfigName deploymentStyle ecsServices loadBalancerInfo triggerConfigurations",
    },
  },
};
