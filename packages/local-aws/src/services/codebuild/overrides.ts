import type * as Sdk from "@aws-sdk/client-codebuild";
import type { CallContext } from "../service.ts";
import { readCredential, readEnvironment } from "./environment.ts";
import {
  checkSettings,
  readArtifacts,
  readAuth,
  readCache,
  readLogs,
  readRole,
  readSource,
  readVersions,
} from "./settings.ts";
import type { BuildSettings } from "./state.ts";

type Overrides = Omit<Sdk.StartBuildCommandInput, "projectName" | "idempotencyToken">;

interface Place {
  readonly project: string;
  readonly context: CallContext;
}

/**
 * A project's settings as one build has them.
 * @throws AwsError
 * @see https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html
 */
export function withOverrides(
  settings: BuildSettings,
  given: Overrides,
  { project, context }: Place,
): BuildSettings {
  const { sourceVersion = settings.sourceVersion, secondarySourcesOverride } = given;
  const { secondarySourcesVersionOverride, artifactsOverride } = given;
  const { secondaryArtifactsOverride, cacheOverride, serviceRoleOverride } = given;
  const { timeoutInMinutesOverride, queuedTimeoutInMinutesOverride } = given;
  const { encryptionKeyOverride, logsConfigOverride, autoRetryLimitOverride } = given;
  const overridden: BuildSettings = {
    ...settings,
    source: sourceOf(settings.source, given),
    ...(sourceVersion && { sourceVersion }),
    ...(secondarySourcesOverride && {
      secondarySources: secondarySourcesOverride.map(readSource),
    }),
    ...(secondarySourcesVersionOverride && {
      secondarySourceVersions: readVersions(secondarySourcesVersionOverride),
    }),
    ...(artifactsOverride && { artifacts: readArtifacts(artifactsOverride, project) }),
    ...(secondaryArtifactsOverride && {
      secondaryArtifacts: secondaryArtifactsOverride.map((one) => readArtifacts(one, project)),
    }),
    ...(cacheOverride && { cache: readCache(cacheOverride) }),
    environment: environmentOf(settings.environment, given),
    ...(serviceRoleOverride && { serviceRole: readRole(serviceRoleOverride, project, context) }),
    timeoutInMinutes: timeoutInMinutesOverride ?? settings.timeoutInMinutes,
    queuedTimeoutInMinutes: queuedTimeoutInMinutesOverride ?? settings.queuedTimeoutInMinutes,
    encryptionKey: encryptionKeyOverride || settings.encryptionKey,
    ...(logsConfigOverride && { logsConfig: readLogs(logsConfigOverride) }),
    autoRetryLimit: autoRetryLimitOverride ?? settings.autoRetryLimit,
  };
  checkSettings(overridden);
  return overridden;
}

/** Of another type, it is another source: only the buildspec stays. */
function sourceOf(source: Sdk.ProjectSource, given: Overrides): Sdk.ProjectSource {
  const { sourceTypeOverride, sourceLocationOverride, sourceAuthOverride } = given;
  const { gitCloneDepthOverride, gitSubmodulesConfigOverride, buildspecOverride } = given;
  const { insecureSslOverride, reportBuildStatusOverride, buildStatusConfigOverride } = given;
  const isOther = sourceTypeOverride !== undefined && sourceTypeOverride !== source.type;
  const { buildspec } = source;
  const base: Sdk.ProjectSource = isOther
    ? { type: sourceTypeOverride, ...(buildspec !== undefined && { buildspec }) }
    : source;
  return readSource({
    ...base,
    ...(sourceLocationOverride !== undefined && { location: sourceLocationOverride }),
    ...(sourceAuthOverride && { auth: readAuth(sourceAuthOverride) }),
    ...(gitCloneDepthOverride !== undefined && { gitCloneDepth: gitCloneDepthOverride }),
    ...(gitSubmodulesConfigOverride && { gitSubmodulesConfig: gitSubmodulesConfigOverride }),
    ...(buildspecOverride !== undefined && { buildspec: buildspecOverride }),
    ...(insecureSslOverride !== undefined && { insecureSsl: insecureSslOverride }),
    ...(reportBuildStatusOverride !== undefined && {
      reportBuildStatus: reportBuildStatusOverride,
    }),
    ...(buildStatusConfigOverride && { buildStatusConfig: buildStatusConfigOverride }),
  });
}

/** Variables that are given stand in for those of the same name. */
function environmentOf(
  environment: Sdk.ProjectEnvironment,
  given: Overrides,
): Sdk.ProjectEnvironment {
  const { environmentTypeOverride, imageOverride, computeTypeOverride } = given;
  const { privilegedModeOverride, registryCredentialOverride } = given;
  const { imagePullCredentialsTypeOverride, environmentVariablesOverride = [] } = given;
  const names = new Set(environmentVariablesOverride.map(({ name }) => name));
  const kept = (environment.environmentVariables ?? []).filter(({ name }) => !names.has(name));
  return readEnvironment({
    ...environment,
    type: environmentTypeOverride ?? environment.type,
    image: imageOverride ?? environment.image,
    computeType: computeTypeOverride ?? environment.computeType,
    privilegedMode: privilegedModeOverride ?? environment.privilegedMode,
    ...(registryCredentialOverride && {
      registryCredential: readCredential(registryCredentialOverride),
    }),
    imagePullCredentialsType:
      imagePullCredentialsTypeOverride ?? environment.imagePullCredentialsType,
    environmentVariables: [...kept, ...environmentVariablesOverride],
  });
}
