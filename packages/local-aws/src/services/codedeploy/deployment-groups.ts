import { randomUUID } from "node:crypto";
import { lastPart } from "../../ground/arn.ts";
import type { Scope } from "../../store/store.ts";
import { cutPage } from "../kit/pages.ts";
import { checkBatch } from "./applications.ts";
import { groupExists, invalidToken, serviceTaken } from "./faults.ts";
import { groupArn, groupKey, groupsOf, needApplication, needGroup } from "./find.ts";
import { toSettings } from "./group-settings.ts";
import { describeGroup } from "./group-view.ts";
import type { CodeDeployHandlers } from "./handlers.ts";
import {
  deploymentGroups,
  deployments,
  type DeploymentGroup,
  type GroupSettings,
} from "./state.ts";
import { withTags } from "./tags.ts";

/** An ECS service can be deployed by one group. */
function checkFree(store: Scope, { ecs }: GroupSettings, groupId: string | undefined): void {
  const other = store
    .of(deploymentGroups)
    .find(
      ({ id, settings }) =>
        id !== groupId &&
        lastPart(settings.ecs.serviceName) === lastPart(ecs.serviceName) &&
        lastPart(settings.ecs.clusterName) === lastPart(ecs.clusterName),
    );
  if (other)
    throw serviceTaken(
      `The ECS service is already associated with the deployment group ${other.name} of the application ${other.applicationName}.`,
    );
}

function put(store: Scope, group: DeploymentGroup): void {
  store.of(deploymentGroups).put(groupKey(group.applicationName, group.name), group);
}

export const groupHandlers: CodeDeployHandlers = {
  CreateDeploymentGroup(input, context) {
    const { store } = context;
    const { applicationName, deploymentGroupName: name, tags } = input;
    needApplication(store, applicationName);
    if (store.of(deploymentGroups).has(groupKey(applicationName, name))) throw groupExists(name);
    const settings = toSettings(input, context, groupArn(context, applicationName, name));
    checkFree(store, settings, undefined);
    const id = randomUUID();
    put(store, {
      id,
      applicationName,
      name,
      settings,
      outdatedInstancesStrategy: input.outdatedInstancesStrategy ?? "UPDATE",
      tags: withTags([], tags),
    });
    return { deploymentGroupId: id };
  },

  UpdateDeploymentGroup(input, context) {
    const { store } = context;
    const { applicationName, currentDeploymentGroupName: current } = input;
    const group = needGroup(store, applicationName, current);
    const name = input.newDeploymentGroupName ?? current;
    if (name !== current && store.of(deploymentGroups).has(groupKey(applicationName, name)))
      throw groupExists(name);
    const settings = toSettings(
      input,
      context,
      groupArn(context, applicationName, name),
      group.settings,
    );
    checkFree(store, settings, group.id);
    store.of(deploymentGroups).delete(groupKey(applicationName, current));
    put(store, {
      ...group,
      name,
      settings,
      outdatedInstancesStrategy: input.outdatedInstancesStrategy ?? group.outdatedInstancesStrategy,
    });
    if (name !== current)
      for (const each of store.of(deployments).filter(({ groupId }) => groupId === group.id))
        store.of(deployments).patch(each.id, { groupName: name });
    return { hooksNotCleanedUp: [] };
  },

  GetDeploymentGroup({ applicationName, deploymentGroupName }, { store }) {
    const group = needGroup(store, applicationName, deploymentGroupName);
    return { deploymentGroupInfo: describeGroup(store, group) };
  },

  BatchGetDeploymentGroups({ applicationName, deploymentGroupNames }, { store }) {
    checkBatch(deploymentGroupNames);
    return {
      deploymentGroupsInfo: deploymentGroupNames.map((name) =>
        describeGroup(store, needGroup(store, applicationName, name)),
      ),
    };
  },

  ListDeploymentGroups({ applicationName, nextToken }, { store }) {
    needApplication(store, applicationName);
    const { items, next } = cutPage(groupsOf(store, applicationName), {
      key: ({ name }) => name,
      size: 100,
      token: nextToken,
      of: "deployment groups",
      invalid: invalidToken,
    });
    return { applicationName, deploymentGroups: items.map(({ name }) => name), nextToken: next };
  },

  // One that is not there is deleted already.
  DeleteDeploymentGroup({ applicationName, deploymentGroupName }, { store }) {
    store.of(deploymentGroups).delete(groupKey(applicationName, deploymentGroupName));
    return { hooksNotCleanedUp: [] };
  },
};
