import type { Members } from "../kit/members.ts";
import type { RightsTable } from "../kit/rights.ts";
import { taggedKind, type TagsByKey } from "../kit/tagging.ts";
import { defineService, type CallContext, type Service } from "../service.ts";
import { buildHandlers } from "./builds.ts";
import { buildIdOf, needProject, projectArn, projectArnOf, projectNameOf } from "./find.ts";
import type { CodeBuildHandlers } from "./handlers.ts";
import { imageHandlers } from "./images.ts";
import { projectHandlers } from "./projects.ts";
import { credentialHandlers } from "./source-credentials.ts";
import { projects } from "./state.ts";

const OF_PROJECTS = "vpcConfig badgeEnabled fileSystemLocations buildBatchConfig";

/** https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Operations.html */
const members: Members = {
  refused: {
    CreateProjectInput: OF_PROJECTS,
    UpdateProjectInput: OF_PROJECTS,
    StartBuildInput: "certificateOverride debugSessionEnabled fleetOverride hostKernelOverride",
    ProjectEnvironment: "computeConfiguration fleet certificate dockerServer hostKernel",
    ProjectArtifacts: "bucketOwnerAccess",
    S3LogsConfig: "bucketOwnerAccess",
    GitSubmodulesConfig: "fetchSubmodules",
    ImportSourceCredentialsInput: "username",
  },
  meaningless: [
    {
      why: [
        "Stored and shown: repositories of this machine take no credentials, are reached without TLS, and are told of no build.",
        "保存され、表示されます。このマシンのリポジトリには認証情報も TLS も不要で、ビルドの状態も通知されません。",
      ],
      members: {
        ProjectSource: "reportBuildStatus buildStatusConfig insecureSsl auth",
        StartBuildInput:
          "sourceAuthOverride insecureSslOverride reportBuildStatusOverride buildStatusConfigOverride",
      },
    },
  ],
  usedIn: {
    "settings.ts": {
      UpdateProjectInput:
        "artifacts autoRetryLimit cache encryptionKey environment logsConfig queuedTimeoutInMinutes secondaryArtifacts secondarySources secondarySourceVersions serviceRole source sourceVersion timeoutInMinutes",
    },
  },
};

type Names = readonly string[];

/** A build's right is its project's. */
const projectOf = (context: CallContext, build: string) =>
  projectArnOf(context, buildIdOf(context, build).replace(/:[^:]*$/, ""));

/** What IAM has to allow who uses CodeBuild. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodebuild.html */
const rights: RightsTable<CallContext> = {
  prefix: "codebuild",
  resources: [
    [
      ({ name }: { name: string }, context: CallContext) => projectArnOf(context, name),
      "CreateProject UpdateProject DeleteProject",
    ],
    [
      ({ names }: { names: Names }, context: CallContext) =>
        names.map((name) => projectArnOf(context, name)),
      "BatchGetProjects",
    ],
    [
      ({ projectName }: { projectName: string }, context: CallContext) =>
        projectArnOf(context, projectName),
      "StartBuild ListBuildsForProject InvalidateProjectCache",
    ],
    [
      ({ id = "*" }: { id?: string }, context: CallContext) => projectOf(context, id),
      "StopBuild RetryBuild",
    ],
    [
      ({ ids }: { ids: Names }, context: CallContext) => ids.map((id) => projectOf(context, id)),
      "BatchGetBuilds BatchDeleteBuilds",
    ],
    [
      () => "*",
      "ListProjects ListBuilds ListCuratedEnvironmentImages ListSourceCredentials ImportSourceCredentials DeleteSourceCredentials",
    ],
  ],
  needs: ({ input }, usual) => {
    const { serviceRole, serviceRoleOverride } = input as Record<string, string | undefined>;
    const role = serviceRole ?? serviceRoleOverride;
    if (!role) return [usual];
    const keys = { "iam:PassedToService": "codebuild.amazonaws.com" };
    return [usual, { action: "iam:PassRole", on: [role], keys }];
  },
  tagsOf: (arn, { store }) => store.of(projects).get(projectNameOf(store, arn))?.tags,
};

const handlers = {
  ...projectHandlers,
  ...buildHandlers,
  ...imageHandlers,
  ...credentialHandlers,
} satisfies CodeBuildHandlers;

/** Tags are a part of the project, and given as a whole. */
const retagged = (arn: string, { store }: CallContext, change: (tags: TagsByKey) => TagsByKey) => {
  const { name, tags } = needProject(store, arn);
  const before = Object.fromEntries(tags.map(({ key, value }) => [key, value]));
  const after = Object.entries(change(before)).map(([key, value]) => ({ key, value }));
  return { operation: "UpdateProject", input: { name, tags: after } };
};

/** AWS CodeBuild. Builds run as containers; batches, reports, webhooks, fleets and sandboxes are refused by name. */
export const service = defineService({
  id: "codebuild",
  rights,
  members,
  tagging: {
    kinds: [
      taggedKind(projects, ({ name, tags }, _id, scope) => ({
        arn: projectArn(scope, name),
        tags: tags.map(({ key, value }) => ({ Key: key, Value: value })),
      })),
    ],
    tag: (arn, tags, context) => retagged(arn, context, (before) => ({ ...before, ...tags })),
    untag: (arn, keys, context) =>
      retagged(arn, context, (before) =>
        Object.fromEntries(Object.entries(before).filter(([key]) => !keys.includes(key))),
      ),
  },
  handlers: handlers as Service["handlers"],
});
