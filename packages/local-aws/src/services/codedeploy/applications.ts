import { randomUUID } from "node:crypto";
import type { ApplicationInfo } from "@aws-sdk/client-codedeploy";
import type { Scope } from "../../store/store.ts";
import { unsupported } from "../kit/faults.ts";
import { cutPage } from "../kit/pages.ts";
import { applicationExists, invalidToken, tooManyInBatch } from "./faults.ts";
import { groupKey, groupsOf, needApplication } from "./find.ts";
import type { CodeDeployHandlers } from "./handlers.ts";
import { moveRevisions } from "./known-revisions.ts";
import { applications, deploymentGroups, deployments, type Application } from "./state.ts";
import { withTags } from "./tags.ts";

/** How many names one call of those that get several may bring. https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetApplications.html */
const MOST_IN_BATCH = 100;

const shown = ({ id, name, createdAt }: Readonly<Application>): ApplicationInfo => ({
  applicationId: id,
  applicationName: name,
  createTime: new Date(createdAt),
  linkedToGitHub: false,
  computePlatform: "ECS",
});

/** @throws AwsError `BatchLimitExceededException` */
export function checkBatch(names: readonly string[], most = MOST_IN_BATCH): void {
  if (names.length > most)
    throw tooManyInBatch(`At most ${most} names can be given in one request.`);
}

/** All that names an application names it by its new name. */
function rename(store: Scope, application: Readonly<Application>, name: string): void {
  for (const group of groupsOf(store, application.name)) {
    store.of(deploymentGroups).delete(groupKey(application.name, group.name));
    store.of(deploymentGroups).put(groupKey(name, group.name), { ...group, applicationName: name });
  }
  for (const each of store.of(deployments).filter((it) => it.applicationName === application.name))
    store.of(deployments).patch(each.id, { applicationName: name });
  moveRevisions(store, application.name, name);
  store.of(applications).delete(application.name);
  store.of(applications).put(name, { ...application, name });
}

export const applicationHandlers: CodeDeployHandlers = {
  CreateApplication({ applicationName: name, computePlatform, tags }, { store, clock }) {
    const platform = computePlatform ?? "Server";
    if (platform !== "ECS")
      throw unsupported(`the compute platform ${platform}: create applications of ECS`);
    if (store.of(applications).has(name)) throw applicationExists(name);
    const id = randomUUID();
    store
      .of(applications)
      .put(name, { name, id, createdAt: clock.now(), tags: withTags([], tags) });
    return { applicationId: id };
  },

  GetApplication({ applicationName }, { store }) {
    return { application: shown(needApplication(store, applicationName)) };
  },

  BatchGetApplications({ applicationNames }, { store }) {
    checkBatch(applicationNames);
    return {
      applicationsInfo: applicationNames.map((name) => shown(needApplication(store, name))),
    };
  },

  ListApplications({ nextToken }, { store }) {
    const { items, next } = cutPage(store.of(applications).ids(), {
      key: (name) => name,
      size: 100,
      token: nextToken,
      of: "applications",
      invalid: invalidToken,
    });
    return { applications: items, nextToken: next };
  },

  UpdateApplication({ applicationName = "", newApplicationName }, { store }) {
    const application = needApplication(store, applicationName);
    if (newApplicationName === undefined || newApplicationName === applicationName) return {};
    if (store.of(applications).has(newApplicationName)) throw applicationExists(newApplicationName);
    rename(store, application, newApplicationName);
    return {};
  },

  // One that is not there is deleted already.
  DeleteApplication({ applicationName }, { store }) {
    for (const group of groupsOf(store, applicationName))
      store.of(deploymentGroups).delete(groupKey(applicationName, group.name));
    moveRevisions(store, applicationName, undefined);
    store.of(applications).delete(applicationName);
    return {};
  },
};
