import type { Members } from "../kit/members.ts";
import type { RightsTable } from "../kit/rights.ts";
import { defineService, type CallContext, type Service } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import { applicationHandlers } from "./applications.ts";
import { configHandlers } from "./deployment-configs.ts";
import { groupHandlers } from "./deployment-groups.ts";
import { deploymentHandlers } from "./deployments.ts";
import { applicationArn, configArn, groupArn } from "./find.ts";
import type { CodeDeployHandlers } from "./handlers.ts";
import { revisionHandlers } from "./revisions.ts";
import { applications, deploymentGroups, deployments } from "./state.ts";
import { tagHandlers, tagsOf } from "./tags.ts";
import { targetHandlers } from "./targets.ts";

/** What belongs to EC2, to machines of one's own and to Lambda, which CodeDeploy does not deploy to here. */
const OF_OTHERS =
  "ec2TagFilters onPremisesInstanceTagFilters autoScalingGroups ec2TagSet onPremisesTagSet terminationHookEnabled";

/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_Operations.html */
const members: Members = {
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

interface Named {
  readonly applicationName?: string;
  readonly deploymentGroupName?: string;
  readonly currentDeploymentGroupName?: string;
  readonly deploymentConfigName?: string;
  readonly deploymentId?: string;
}

const application = ({ applicationName = "*" }: Named, context: CallContext) =>
  applicationArn(context, applicationName);

const group = (input: Named, context: CallContext) =>
  groupArn(
    context,
    input.applicationName ?? "*",
    input.deploymentGroupName ?? input.currentDeploymentGroupName ?? "*",
  );

/** A deployment is its group's. */
function groupOf({ deploymentId = "" }: Named, context: CallContext): string {
  const found = context.store.of(deployments).get(deploymentId);
  return groupArn(context, found?.applicationName ?? "*", found?.groupName ?? "*");
}

/** What IAM has to allow who uses CodeDeploy. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodedeploy.html */
const rights: RightsTable<CallContext> = {
  prefix: "codedeploy",
  resources: [
    [application, "CreateApplication GetApplication UpdateApplication DeleteApplication"],
    [
      ({ applicationNames }: { applicationNames: string[] }, context: CallContext) =>
        applicationNames.map((name) => applicationArn(context, name)),
      "BatchGetApplications",
    ],
    [() => "*", "ListApplications ListDeploymentConfigs BatchGetDeployments"],
    [
      application,
      "ListDeploymentGroups RegisterApplicationRevision GetApplicationRevision BatchGetApplicationRevisions ListApplicationRevisions",
    ],
    [
      group,
      "CreateDeploymentGroup GetDeploymentGroup UpdateDeploymentGroup DeleteDeploymentGroup CreateDeployment ListDeployments",
    ],
    [
      (input: { applicationName: string; deploymentGroupNames: string[] }, context: CallContext) =>
        input.deploymentGroupNames.map((name) => groupArn(context, input.applicationName, name)),
      "BatchGetDeploymentGroups",
    ],
    [
      ({ deploymentConfigName = "*" }: Named, context: CallContext) =>
        configArn(context, deploymentConfigName),
      "CreateDeploymentConfig GetDeploymentConfig DeleteDeploymentConfig",
    ],
    [
      groupOf,
      "GetDeployment StopDeployment ContinueDeployment ListDeploymentTargets GetDeploymentTarget BatchGetDeploymentTargets",
    ],
    [
      ({ ResourceArn }: { ResourceArn: string }) => ResourceArn,
      "TagResource UntagResource ListTagsForResource",
    ],
  ],
  needs: ({ input }, usual) => {
    const role = (input as { serviceRoleArn?: string }).serviceRoleArn;
    if (role === undefined) return [usual];
    const keys = { "iam:PassedToService": "codedeploy.amazonaws.com" };
    return [usual, { action: "iam:PassRole", on: [role], keys }];
  },
  tagsOf: (arn, { store }) => tagsOf(store, arn),
};

const handlers = {
  ...applicationHandlers,
  ...configHandlers,
  ...deploymentHandlers,
  ...groupHandlers,
  ...revisionHandlers,
  ...tagHandlers,
  ...targetHandlers,
} satisfies CodeDeployHandlers;

/** AWS CodeDeploy for Amazon ECS. EC2, machines of one's own and Lambda, hooks and revisions of GitHub are refused by name. */
export const service = defineService({
  id: "codedeploy",
  rights,
  members,
  tagging: {
    kinds: [
      taggedKind(applications, ({ name, tags }, _id, scope) => ({
        arn: applicationArn(scope, name),
        tags,
      })),
      taggedKind(deploymentGroups, ({ applicationName, name, tags }, _id, scope) => ({
        arn: groupArn(scope, applicationName, name),
        tags,
      })),
    ],
    ...tagsByArn(["ResourceArn", "Tags", "TagKeys"]),
  },
  handlers: handlers as Service["handlers"],
});
