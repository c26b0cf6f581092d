import type * as Sdk from "@aws-sdk/client-codebuild";
import type { Scope } from "../../store/store.ts";
import { groupArn } from "../logs/find.ts";
import { buildArn, projectArn, uuidOf } from "./find.ts";
import type { Phase, Project, StoredBuild } from "./state.ts";

/** A project as the API shows it. https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Project.html */
export function describeProject(scope: Scope, project: Readonly<Project>): Sdk.Project {
  const { name, description, settings, tags, createdAt, modifiedAt, concurrentBuildLimit } =
    project;
  return {
    name,
    arn: projectArn(scope, name),
    description,
    ...shownSettings(settings),
    artifacts: settings.artifacts,
    secondaryArtifacts: [...settings.secondaryArtifacts],
    sourceVersion: settings.sourceVersion,
    tags: tags.map((tag) => ({ ...tag })),
    created: new Date(createdAt),
    lastModified: new Date(modifiedAt),
    badge: { badgeEnabled: false },
    logsConfig: settings.logsConfig,
    concurrentBuildLimit,
    projectVisibility: "PRIVATE",
    autoRetryLimit: settings.autoRetryLimit === 0 ? undefined : settings.autoRetryLimit,
  };
}

/** What projects and builds tell alike. */
const shownSettings = (settings: StoredBuild["settings"]) => ({
  source: settings.source,
  secondarySources: [...settings.secondarySources],
  secondarySourceVersions: [...settings.secondarySourceVersions],
  cache: settings.cache,
  environment: settings.environment,
  serviceRole: settings.serviceRole,
  timeoutInMinutes: settings.timeoutInMinutes,
  queuedTimeoutInMinutes: settings.queuedTimeoutInMinutes,
  encryptionKey: settings.encryptionKey,
});

/** A build as the API shows it. https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Build.html */
export function describeBuild(scope: Scope, build: Readonly<StoredBuild>): Sdk.Build {
  const { id, settings, createdAt, endedAt, retry } = build;
  return {
    id,
    arn: buildArn(scope, id),
    buildNumber: build.number,
    startTime: new Date(createdAt),
    endTime: endedAt === undefined ? undefined : new Date(endedAt),
    currentPhase: build.phases.at(-1)?.type ?? "SUBMITTED",
    buildStatus: build.status,
    projectName: build.projectName,
    phases: build.phases.map(describePhase),
    ...shownSettings(settings),
    sourceVersion: settings.sourceVersion,
    resolvedSourceVersion: build.resolvedSourceVersion,
    artifacts: describeArtifacts(build, settings.artifacts),
    secondaryArtifacts: settings.secondaryArtifacts.map((one) => describeArtifacts(build, one)),
    logs: describeLogs(scope, build),
    buildComplete: endedAt !== undefined,
    initiator: build.initiator,
    exportedEnvironmentVariables: build.exported.map((variable) => ({ ...variable })),
    autoRetryConfig:
      settings.autoRetryLimit === 0
        ? undefined
        : {
            autoRetryLimit: settings.autoRetryLimit,
            autoRetryNumber: retry.number,
            nextAutoRetry: retry.next && buildArn(scope, retry.next),
            previousAutoRetry: retry.previous && buildArn(scope, retry.previous),
          },
  };
}

function describePhase(phase: Phase): Sdk.BuildPhase {
  const { type, startedAt, endedAt, status, contexts } = phase;
  return {
    phaseType: type,
    phaseStatus: status,
    startTime: new Date(startedAt),
    endTime: endedAt === undefined ? undefined : new Date(endedAt),
    durationInSeconds: endedAt === undefined ? undefined : secondsBetween(startedAt, endedAt),
    contexts: contexts.length === 0 ? undefined : contexts.map((context) => ({ ...context })),
  };
}

export const secondsBetween = (from: number, to: number) => Math.round((to - from) / 1000);

function describeArtifacts(
  build: Readonly<StoredBuild>,
  artifacts: Sdk.ProjectArtifacts,
): Sdk.BuildArtifacts {
  const { artifactIdentifier, encryptionDisabled, overrideArtifactName } = artifacts;
  const identified = artifactIdentifier !== undefined && { artifactIdentifier };
  // A pipeline's build without an output has none either.
  if (artifacts.type !== "S3" && artifacts.location === undefined)
    return { location: "", ...identified };
  const written = build.written[artifactIdentifier ?? ""];
  return {
    location: `arn:aws:s3:::${written?.location ?? artifactPlace(build, artifacts)}`,
    sha256sum: written?.sha256,
    md5sum: written?.md5,
    overrideArtifactName,
    encryptionDisabled,
    ...identified,
  };
}

/**
 * Where an artifact goes: its bucket, and the key behind it.
 * @param name that the buildspec has for it, where it may say so
 * @see https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectArtifacts.html
 */
export function artifactPlace(
  build: Pick<StoredBuild, "id">,
  { location = "", path = "", namespaceType, name: own = "" }: Sdk.ProjectArtifacts,
  name = own,
): string {
  const parts = [path, namespaceType === "BUILD_ID" ? uuidOf(build) : "", name];
  const key = parts.flatMap((part) => part.replaceAll(/^\/+|\/+$/g, "") || []);
  return [location, ...key].join("/");
}

function describeLogs(scope: Scope, { settings, logs, s3Log }: StoredBuild): Sdk.LogsLocation {
  const { region } = scope;
  const { cloudWatchLogs, s3Logs } = settings.logsConfig;
  const { groupName, streamName } = logs ?? {};
  return {
    groupName,
    streamName,
    deepLink: logs && deepLink(region, logs),
    s3DeepLink: s3Log && `https://s3.console.aws.amazon.com/s3/object/${s3Log}?region=${region}`,
    cloudWatchLogsArn: logs && `${groupArn(scope, logs.groupName)}:log-stream:${logs.streamName}`,
    s3LogsArn: s3Log && `arn:aws:s3:::${s3Log}`,
    cloudWatchLogs,
    s3Logs,
  };
}

/** The console's own escapes: percent signs are dollars. */
function deepLink(region: string, { groupName, streamName }: NonNullable<StoredBuild["logs"]>) {
  const escaped = (text: string) =>
    encodeURIComponent(encodeURIComponent(text)).replaceAll("%", "$");
  return `https://console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${escaped(groupName)}/log-events/${escaped(streamName)}`;
}
