import type * as Sdk from "@aws-sdk/client-codebuild";
import { cutPage } from "../kit/pages.ts";
import type { Scope } from "../../store/store.ts";
import { invalidToken } from "./faults.ts";
import { buildIdOf, needProject } from "./find.ts";
import type { CodeBuildHandlers } from "./handlers.ts";
import { checkBatch } from "./projects.ts";
import { retryBuild, startBuild, stopBuild } from "./start-build.ts";
import { builds, isActive, type StoredBuild } from "./state.ts";
import { describeBuild } from "./views.ts";

export const buildHandlers: CodeBuildHandlers = {
  StartBuild: (input, context) => ({
    build: describeBuild(context.store, startBuild(input, context)),
  }),

  RetryBuild: (input, context) => ({
    build: describeBuild(context.store, retryBuild(input, context)),
  }),

  StopBuild: ({ id }, context) => ({
    build: describeBuild(context.store, stopBuild(id, context)),
  }),

  BatchGetBuilds({ ids }, { store }) {
    checkBatch(ids);
    const found = ids.map((id) => [id, store.of(builds).get(buildIdOf(store, id))] as const);
    return {
      builds: found.flatMap(([, build]) => (build ? [describeBuild(store, build)] : [])),
      buildsNotFound: found.flatMap(([id, build]) => (build ? [] : [id])),
    };
  },

  ListBuilds: ({ sortOrder, nextToken }, { store }) =>
    listed(store, { sortOrder, nextToken, project: undefined }),

  ListBuildsForProject({ projectName, sortOrder, nextToken }, { store }) {
    const { name: project } = needProject(store, projectName);
    return listed(store, { sortOrder, nextToken, project });
  },

  /** https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildNotDeleted.html */
  BatchDeleteBuilds({ ids }, { store }) {
    checkBatch(ids);
    const deleted: string[] = [];
    const kept: Sdk.BuildNotDeleted[] = [];
    for (const id of ids) {
      const build = store.of(builds).get(buildIdOf(store, id));
      if (build && !isActive(build)) {
        store.of(builds).delete(build.id);
        deleted.push(id);
      } else {
        kept.push({ id, statusCode: build ? "BUILD_IN_PROGRESS" : "BUILD_NOT_FOUND" });
      }
    }
    return { buildsDeleted: deleted, buildsNotDeleted: kept };
  },
};

interface Listing {
  readonly sortOrder: Sdk.SortOrderType | undefined;
  readonly nextToken: string | undefined;
  readonly project: string | undefined;
}

/** The newest first, where nothing else is said. */
function listed(store: Scope, { sortOrder = "DESCENDING", nextToken, project }: Listing) {
  const key = ({ createdAt, number, id }: Readonly<StoredBuild>) =>
    `${createdAt} ${String(number).padStart(9, "0")} ${id}`;
  const descending = sortOrder === "DESCENDING";
  const sign = descending ? -1 : 1;
  const found = store
    .of(builds)
    .filter(({ projectName }) => project === undefined || projectName === project)
    .toSorted((a, b) => (key(a) < key(b) ? -sign : sign));
  const { items, next } = cutPage(found, {
    key,
    size: 100,
    token: nextToken,
    of: `builds of ${project ?? "all"} ${sortOrder}`,
    invalid: invalidToken,
    descending,
  });
  return { ids: items.map(({ id }) => id), nextToken: next };
}
