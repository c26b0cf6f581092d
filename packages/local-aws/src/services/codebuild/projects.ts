import type { Scope } from "../../store/store.ts";
import { cutPage } from "../kit/pages.ts";
import { invalidInput, invalidToken, projectExists } from "./faults.ts";
import { needProject, projectArn, projectNameOf } from "./find.ts";
import type { CodeBuildHandlers } from "./handlers.ts";
import { readSettings, type GivenSettings } from "./settings.ts";
import { builds, projects, type Project } from "./state.ts";
import { readTags } from "./tags.ts";
import { describeProject } from "./views.ts";

/** https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetProjects.html */
const MOST_AT_ONCE = 100;

/** Members that a caller leaves out keep what they were. */
function given<T extends object>(input: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(input).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}

/** What decides in which order projects are listed. */
const ORDERS: Readonly<Record<string, (project: Readonly<Project>) => string>> = {
  NAME: ({ name }) => name,
  CREATED_TIME: ({ createdAt, name }) => `${createdAt} ${name}`,
  LAST_MODIFIED_TIME: ({ modifiedAt, name }) => `${modifiedAt} ${name}`,
};

export const projectHandlers: CodeBuildHandlers = {
  CreateProject(input, context) {
    const { store, clock } = context;
    const { name, description = "", concurrentBuildLimit, tags } = input;
    if (store.of(projects).has(name)) throw projectExists(projectArn(context, name));
    const now = clock.now();
    const project: Project = {
      name,
      description,
      settings: readSettings(name, settingsIn(input), context),
      ...(concurrentBuildLimit !== undefined &&
        concurrentBuildLimit > 0 && { concurrentBuildLimit }),
      tags: readTags(tags),
      createdAt: now,
      modifiedAt: now,
      lastNumber: 0,
      cacheVersion: 1,
    };
    store.of(projects).put(name, project);
    return { project: describeProject(store, project) };
  },

  UpdateProject(input, context) {
    const { store, clock } = context;
    const { description, concurrentBuildLimit, tags } = input;
    const before = needProject(store, input.name);
    const settings = { ...before.settings, ...given(settingsIn(input)) } as GivenSettings;
    const limit = concurrentBuildLimit ?? before.concurrentBuildLimit;
    const project: Project = {
      ...before,
      description: description ?? before.description,
      settings: readSettings(before.name, settings, context),
      // -1 takes the limit away.
      concurrentBuildLimit: limit !== undefined && limit > 0 ? limit : undefined,
      tags: tags ? readTags(tags) : before.tags,
      modifiedAt: clock.now(),
    };
    store.of(projects).put(before.name, project);
    return { project: describeProject(store, project) };
  },

  BatchGetProjects({ names }, { store }) {
    checkBatch(names);
    const found = names.map(
      (name) => [name, store.of(projects).get(projectNameOf(store, name))] as const,
    );
    return {
      projects: found.flatMap(([, project]) => (project ? [describeProject(store, project)] : [])),
      projectsNotFound: found.flatMap(([name, project]) => (project ? [] : [name])),
    };
  },

  ListProjects({ sortBy = "NAME", sortOrder = "ASCENDING", nextToken }, { store }) {
    const key = ORDERS[sortBy]!;
    const { items, next } = cutPage(sorted(store, key, sortOrder), {
      key,
      size: MOST_AT_ONCE,
      token: nextToken,
      of: `projects by ${sortBy} ${sortOrder}`,
      invalid: invalidToken,
      descending: sortOrder === "DESCENDING",
    });
    return { projects: items.map(({ name }) => name), nextToken: next };
  },

  // One that is not there is deleted already. Builds stay that it has had, as on AWS only those that run.
  DeleteProject({ name }, { store }) {
    const project = store.of(projects).get(projectNameOf(store, name));
    if (!project) return {};
    for (const build of store.of(builds).filter(({ projectName }) => projectName === project.name))
      store.of(builds).delete(build.id);
    store.of(projects).delete(project.name);
    return {};
  },

  InvalidateProjectCache({ projectName }, { store }) {
    const { name, cacheVersion } = needProject(store, projectName);
    store.of(projects).patch(name, { cacheVersion: cacheVersion + 1 });
    return {};
  },
};

/** What of an input is about builds. */
function settingsIn(input: Partial<GivenSettings>): GivenSettings {
  const { artifacts, secondaryArtifacts, source, secondarySources, sourceVersion } = input;
  const { secondarySourceVersions, cache, environment, serviceRole, encryptionKey } = input;
  const { timeoutInMinutes, queuedTimeoutInMinutes, logsConfig, autoRetryLimit } = input;
  return {
    artifacts,
    secondaryArtifacts,
    source,
    secondarySources,
    sourceVersion,
    secondarySourceVersions,
    cache,
    environment,
    serviceRole,
    encryptionKey,
    timeoutInMinutes,
    queuedTimeoutInMinutes,
    logsConfig,
    autoRetryLimit,
  };
}

function sorted(
  store: Scope,
  key: (project: Readonly<Project>) => string,
  order: string,
): Readonly<Project>[] {
  const sign = order === "DESCENDING" ? -1 : 1;
  return store
    .of(projects)
    .values()
    .toSorted((a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : 0));
}

/** @throws AwsError `InvalidInputException` */
export function checkBatch(names: readonly string[]): void {
  if (names.length > MOST_AT_ONCE)
    throw invalidInput(`Cannot ask for more than ${MOST_AT_ONCE} at a time`);
}
