import type { RightsTable } from "../kit/rights.ts";
import type { CallContext } from "../service.ts";
import { buildIdOf, projectArn, projectNameOf } from "./find.ts";
import { projects } from "./state.ts";

type Names = readonly string[];

const project = (context: CallContext, nameOrArn: string) =>
  projectArn(context, projectNameOf(nameOrArn));

/** A build's right is its project's. */
const projectOf = (context: CallContext, build: string) =>
  projectArn(context, buildIdOf(build).replace(/:[^:]*$/, ""));

/** What IAM has to allow who uses CodeBuild. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodebuild.html */
export const rights: RightsTable<CallContext> = {
  prefix: "codebuild",
  resources: [
    [
      ({ name }: { name: string }, context: CallContext) => project(context, name),
      "CreateProject UpdateProject DeleteProject",
    ],
    [
      ({ names }: { names: Names }, context: CallContext) =>
        names.map((name) => project(context, name)),
      "BatchGetProjects",
    ],
    [
      ({ projectName }: { projectName: string }, context: CallContext) =>
        project(context, projectName),
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
  tagsOf: (arn, { store }) => store.of(projects).get(projectNameOf(arn))?.tags,
};
