import type { RightsTable } from "../kit/rights.ts";
import type { CallContext } from "../service.ts";
import { applicationArn, configArn, groupArn } from "./find.ts";
import { deployments } from "./state.ts";
import { tagsOf } from "./tags.ts";

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
export const rights: RightsTable<CallContext> = {
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
