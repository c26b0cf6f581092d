import { cutPage } from "../kit/pages.ts";
import { checkBatch } from "./applications.ts";
import { checkRevision } from "./app-spec.ts";
import { routingOf } from "./deployment-configs.ts";
import { describeDeployment } from "./deployment-view.ts";
import {
  deploymentActive,
  deploymentCompleted,
  invalidInput,
  invalidToken,
  notReady,
} from "./faults.ts";
import { deploymentsOf, needApplication, needDeployment, needGroup } from "./find.ts";
import { toAlarms, toAutoRollback } from "./group-settings.ts";
import type { CodeDeployHandlers } from "./handlers.ts";
import { newDeployment } from "./new-deployment.ts";
import { useRevision } from "./known-revisions.ts";
import { deployments, isActive } from "./state.ts";

/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeployments.html */
const MOST_IN_BATCH = 25;

/** https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-ecs.html */
export const deploymentHandlers: CodeDeployHandlers = {
  CreateDeployment(input, { store, clock }) {
    const { applicationName, deploymentGroupName, description } = input;
    needApplication(store, applicationName);
    if (deploymentGroupName === undefined)
      throw invalidInput("A deployment group must be specified.");
    const group = needGroup(store, applicationName, deploymentGroupName);
    const active = deploymentsOf(store, group).find(isActive);
    if (active) throw deploymentActive(group.name, active.id);
    const configName = input.deploymentConfigName ?? group.settings.configName;
    const settings = {
      ...group.settings,
      configName,
      autoRollback: toAutoRollback(input.autoRollbackConfiguration) ?? group.settings.autoRollback,
      alarms: toAlarms(input.overrideAlarmConfiguration) ?? group.settings.alarms,
    };
    const deployment = newDeployment({
      group,
      settings,
      routing: routingOf(store, configName),
      revision: checkRevision(input.revision),
      description,
      creator: "user",
      now: clock.now(),
    });
    store.of(deployments).put(deployment.id, deployment);
    useRevision(store, applicationName, deployment.revision, deployment);
    return { deploymentId: deployment.id };
  },

  GetDeployment({ deploymentId }, { store }) {
    return { deploymentInfo: describeDeployment(needDeployment(store, deploymentId)) };
  },

  BatchGetDeployments({ deploymentIds }, { store }) {
    checkBatch(deploymentIds, MOST_IN_BATCH);
    return {
      deploymentsInfo: deploymentIds.map((id) => describeDeployment(needDeployment(store, id))),
    };
  },

  ListDeployments(input, { store }) {
    const { applicationName, deploymentGroupName, includeOnlyStatuses, createTimeRange } = input;
    if ((applicationName === undefined) !== (deploymentGroupName === undefined))
      throw invalidInput("An application and a deployment group must be specified together.");
    const group =
      applicationName !== undefined && deploymentGroupName !== undefined
        ? needGroup(store, applicationName, deploymentGroupName)
        : undefined;
    const { start, end } = createTimeRange ?? {};
    const found = store
      .of(deployments)
      .filter((it) => group === undefined || it.groupId === group.id)
      .filter((it) => !includeOnlyStatuses?.length || includeOnlyStatuses.includes(it.status))
      .filter((it) => it.createdAt >= Number(start ?? 0) && it.createdAt <= Number(end ?? Infinity))
      .toSorted((a, b) => b.createdAt - a.createdAt);
    const { items, next } = cutPage(found, {
      key: ({ createdAt, id }) => `${createdAt} ${id}`,
      size: 100,
      token: input.nextToken,
      of: "deployments",
      invalid: invalidToken,
      descending: true,
    });
    return { deployments: items.map(({ id }) => id), nextToken: next };
  },

  StopDeployment({ deploymentId, autoRollbackEnabled }, { store }) {
    const deployment = needDeployment(store, deploymentId);
    if (!isActive(deployment)) throw deploymentCompleted(deploymentId);
    const { enabled, events } = deployment.settings.autoRollback;
    const rollback =
      autoRollbackEnabled ?? (enabled && events.includes("DEPLOYMENT_STOP_ON_REQUEST"));
    const message = "The deployment was stopped by a user.";
    const stop = { status: "Stopped", code: "MANUAL_STOP", message, rollback } as const;
    store.of(deployments).patch(deploymentId, { asked: { ...deployment.asked, stop } });
    return { status: "Pending", statusMessage: "Stopping deployment." };
  },

  ContinueDeployment({ deploymentId = "", deploymentWaitType = "READY_WAIT" }, { store }) {
    const deployment = needDeployment(store, deploymentId);
    if (!isActive(deployment)) throw deploymentCompleted(deploymentId);
    const isReady = deploymentWaitType === "READY_WAIT";
    if (isReady ? deployment.status !== "Ready" : deployment.step !== "wait")
      throw notReady(deploymentId);
    const asked = isReady ? { goOn: true } : { terminate: true };
    store.of(deployments).patch(deploymentId, { asked: { ...deployment.asked, ...asked } });
    return {};
  },
};
