import type * as Sdk from "@aws-sdk/client-codebuild";
import { parseArn } from "../../ground/arn.ts";
import { mayAssume } from "../iam/authorize.ts";
import { unsupported } from "../kit/faults.ts";
import type { CallContext } from "../service.ts";
import { foreignRole, invalidInput, roleNotAssumable } from "./faults.ts";
import { placeInS3, projectArn } from "./find.ts";
import { readEnvironment } from "./environment.ts";
import type { BuildSettings } from "./state.ts";

/** https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html */
const DEFAULT_TIMEOUT_MINUTES = 60;
const DEFAULT_QUEUED_TIMEOUT_MINUTES = 480;

/** What of a project's settings a caller gives: all of them for a new one. */
export type GivenSettings = Pick<
  Sdk.CreateProjectCommandInput,
  | "artifacts"
  | "autoRetryLimit"
  | "cache"
  | "encryptionKey"
  | "environment"
  | "logsConfig"
  | "queuedTimeoutInMinutes"
  | "secondaryArtifacts"
  | "secondarySources"
  | "secondarySourceVersions"
  | "serviceRole"
  | "source"
  | "sourceVersion"
  | "timeoutInMinutes"
>;

/**
 * The settings of a project's builds, what nobody says filled in.
 * @throws AwsError `InvalidInputException`; `NotImplemented` for what cannot be here
 */
export function readSettings(
  name: string,
  given: GivenSettings,
  context: CallContext,
): BuildSettings {
  const settings: BuildSettings = {
    source: readSource(given.source!),
    secondarySources: (given.secondarySources ?? []).map((source) => secondary(readSource(source))),
    ...(given.sourceVersion && { sourceVersion: given.sourceVersion }),
    secondarySourceVersions: readVersions(given.secondarySourceVersions),
    artifacts: readArtifacts(given.artifacts!, name),
    secondaryArtifacts: (given.secondaryArtifacts ?? []).map((one) => readArtifacts(one, name)),
    cache: readCache(given.cache),
    environment: readEnvironment(given.environment!),
    serviceRole: readRole(given.serviceRole!, name, context),
    timeoutInMinutes: given.timeoutInMinutes ?? DEFAULT_TIMEOUT_MINUTES,
    queuedTimeoutInMinutes: given.queuedTimeoutInMinutes ?? DEFAULT_QUEUED_TIMEOUT_MINUTES,
    encryptionKey: given.encryptionKey || defaultKey(context),
    logsConfig: readLogs(given.logsConfig),
    autoRetryLimit: given.autoRetryLimit ?? 0,
  };
  checkSettings(settings);
  return settings;
}

const defaultKey = ({ account, region }: CallContext) =>
  `arn:aws:kms:${region}:${account}:alias/aws/s3`;

/** What has to fit together. @throws AwsError `InvalidInputException` */
export function checkSettings(settings: BuildSettings): void {
  const { source, secondarySources, artifacts, secondaryArtifacts } = settings;
  if ((source.type === "CODEPIPELINE") !== (artifacts.type === "CODEPIPELINE"))
    throw invalidInput(
      "Invalid artifacts: source type and artifacts type must both be CODEPIPELINE, or neither of them",
    );
  const sourceNames = secondarySources.map(({ sourceIdentifier }) => sourceIdentifier);
  const artifactNames = secondaryArtifacts.map(({ artifactIdentifier }) => artifactIdentifier);
  for (const [what, names] of [
    ["source", sourceNames],
    ["artifact", artifactNames],
  ] as const) {
    if (names.some((name) => !name || !/^\w+$/.test(name)))
      throw invalidInput(
        `Invalid ${what} identifier: it must be given for each secondary ${what}, and have letters, digits and underscores only`,
      );
    if (new Set(names).size < names.length)
      throw invalidInput(`Invalid ${what} identifier: each secondary ${what} must have its own`);
  }
}

const GIT_SOURCES: readonly string[] = ["GITHUB", "GITHUB_ENTERPRISE"];
const SOURCES: readonly string[] = ["S3", "NO_SOURCE", "CODEPIPELINE", ...GIT_SOURCES];

/** Whether a source is a repository on this machine. */
export const isGit = ({ type }: Pick<Sdk.ProjectSource, "type">) =>
  GIT_SOURCES.includes(String(type));

/** @throws AwsError */
export function readSource(given: Sdk.ProjectSource): Sdk.ProjectSource {
  const { type, location, gitCloneDepth, buildspec, auth, reportBuildStatus, insecureSsl } = given;
  const { sourceIdentifier, gitSubmodulesConfig, buildStatusConfig } = given;
  if (!SOURCES.includes(String(type)))
    throw unsupported(
      `sources of the type ${type}: use S3, NO_SOURCE, CODEPIPELINE, or GITHUB, which is a Git repository on this machine`,
    );
  if (type === "NO_SOURCE" && !buildspec)
    throw invalidInput("Invalid project source: buildspec is required for source type NO_SOURCE");
  if (type === "S3" && !/^(?:arn:aws:s3:::)?[^/]+\/.+$/.test(location ?? ""))
    throw invalidInput("Invalid project source: location must be a valid S3 source");
  if (isGit(given) && !repositoryOf(location ?? ""))
    throw invalidInput("Invalid project source: location must be a valid GitHub repository");
  return {
    type,
    ...(location !== undefined && type !== "NO_SOURCE" && { location }),
    ...(isGit(given) && gitCloneDepth !== undefined && { gitCloneDepth }),
    ...(buildspec !== undefined && { buildspec }),
    ...(auth && { auth: readAuth(auth) }),
    ...(gitSubmodulesConfig && {
      gitSubmodulesConfig: { fetchSubmodules: gitSubmodulesConfig.fetchSubmodules },
    }),
    ...(reportBuildStatus !== undefined && { reportBuildStatus }),
    ...(buildStatusConfig && { buildStatusConfig }),
    insecureSsl: insecureSsl ?? false,
    ...(sourceIdentifier !== undefined && { sourceIdentifier }),
  };
}

/** @throws AwsError */
export function readAuth({ type, resource }: Sdk.SourceAuth): Sdk.SourceAuth {
  if (type === "SECRETS_MANAGER")
    throw unsupported(
      "source credentials of Secrets Manager: repositories of this machine ask for none",
    );
  return { type, ...(resource !== undefined && { resource }) };
}

const secondary = (source: Sdk.ProjectSource): Sdk.ProjectSource => {
  if (source.type === "NO_SOURCE")
    throw invalidInput("Invalid project source: a secondary source cannot be NO_SOURCE");
  return source;
};

/** Owner and name in the address of a repository: `https://github.com/owner/name.git`. */
export function repositoryOf(location: string): { owner: string; name: string } | undefined {
  const [, owner, name] =
    /^https:\/\/[^/]+\/([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/.exec(location) ?? [];
  return owner === undefined || name === undefined ? undefined : { owner, name };
}

export const readVersions = (given: readonly Sdk.ProjectSourceVersion[] = []) =>
  given.map(({ sourceIdentifier, sourceVersion }) => ({ sourceIdentifier, sourceVersion }));

/** @throws AwsError `InvalidInputException` */
export function readArtifacts(given: Sdk.ProjectArtifacts, project: string): Sdk.ProjectArtifacts {
  const { type, location, path, namespaceType, name, packaging, overrideArtifactName } = given;
  const { encryptionDisabled, artifactIdentifier } = given;
  const identified = artifactIdentifier !== undefined && { artifactIdentifier };
  if (type === "NO_ARTIFACTS") return { type, ...identified };
  if (type === "S3" && !location)
    throw invalidInput("Invalid artifacts: location must be a valid S3 bucket");
  return {
    type,
    ...(location !== undefined && { location: placeInS3(location) }),
    ...(path !== undefined && { path }),
    ...(type === "S3" && { namespaceType: namespaceType ?? "NONE" }),
    name: name || project,
    packaging: packaging ?? "NONE",
    ...(overrideArtifactName !== undefined && { overrideArtifactName }),
    encryptionDisabled: encryptionDisabled ?? false,
    ...identified,
  };
}

/** @throws AwsError `InvalidInputException` */
export function readCache(given: Sdk.ProjectCache | undefined): Sdk.ProjectCache {
  const { type = "NO_CACHE", location, modes, cacheNamespace } = given ?? {};
  if (type === "S3" && !location)
    throw invalidInput("Invalid cache: location must be a valid S3 location");
  if (type === "LOCAL" && !modes?.length)
    throw invalidInput("Invalid cache: modes must be given for the cache type LOCAL");
  return {
    type,
    ...(type === "S3" && { location: placeInS3(location!) }),
    ...(type === "LOCAL" && { modes }),
    ...(type === "S3" && cacheNamespace && { cacheNamespace }),
  };
}

/** @throws AwsError `InvalidInputException` */
export function readLogs(given: Sdk.LogsConfig | undefined): Sdk.LogsConfig {
  const { cloudWatchLogs, s3Logs } = given ?? {};
  const { status = "ENABLED", groupName, streamName } = cloudWatchLogs ?? {};
  const { status: s3Status = "DISABLED", location, encryptionDisabled } = s3Logs ?? {};
  if (s3Status === "ENABLED" && !location)
    throw invalidInput("Invalid logs config: location must be given for S3 logs");
  return {
    cloudWatchLogs: {
      status,
      ...(groupName !== undefined && { groupName }),
      ...(streamName !== undefined && { streamName }),
    },
    s3Logs: {
      status: s3Status,
      ...(location !== undefined && { location: placeInS3(location) }),
      encryptionDisabled: encryptionDisabled ?? false,
    },
  };
}

/** A role that CodeBuild may take on. @throws AwsError `InvalidInputException` */
export function readRole(role: string, project: string, context: CallContext): string {
  const { account, region, cloud, clock } = context;
  const arn = role.startsWith("arn:") ? role : `arn:aws:iam::${account}:role/${role}`;
  const parsed = parseArn(arn);
  if (parsed?.service !== "iam" || !parsed.resource.startsWith("role/"))
    throw invalidInput("Invalid service role: it must be the ARN of a role");
  if (parsed.account !== account) throw foreignRole();
  const service = "codebuild.amazonaws.com";
  const sourceArn = projectArn(context, project);
  if (!mayAssume(cloud, account, arn, { service, sourceArn, region, now: clock.now() }))
    throw roleNotAssumable(arn);
  return arn;
}
