import type { ContainerDefinition, Volume } from "@aws-sdk/client-ecs";
import { DEFINITION_TEXTS as SAID } from "./definition-texts.ts";
import { clientException } from "./faults.ts";

/**
 * Checks a task's volumes and what its containers mount.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_data_volumes.html
 * @throws AwsError `ClientException`
 */
export function checkVolumes(
  volumes: readonly Volume[],
  containers: readonly ContainerDefinition[],
): void {
  const known = new Set<string>();
  for (const volume of volumes) {
    const { name } = volume;
    if (!name || !/^[a-zA-Z0-9_-]{1,255}$/.test(name)) throw clientException(SAID.volumeName());
    if (known.has(name)) throw clientException(SAID.volumeTwice({ volume: name }));
    known.add(name);
    checkKind(volume, name);
  }
  const names = new Set(containers.map(({ name }) => name));
  for (const container of containers) {
    checkMounts(container, known);
    for (const { sourceContainer: source = "" } of container.volumesFrom ?? [])
      if (!names.has(source)) throw clientException(SAID.volumesFrom({ source }));
  }
}

function checkKind(volume: Volume, name: string): void {
  const { host, dockerVolumeConfiguration, efsVolumeConfiguration: efs } = volume;
  const { fsxWindowsFileServerVolumeConfiguration, s3filesVolumeConfiguration } = volume;
  const kinds = [
    host?.sourcePath,
    dockerVolumeConfiguration,
    efs,
    fsxWindowsFileServerVolumeConfiguration,
    s3filesVolumeConfiguration,
  ].filter((kind) => kind !== undefined && kind !== "");
  if (kinds.length > 1) throw clientException(SAID.volumeOneKind({ volume: name }));
  if (volume.configuredAtLaunch && kinds.length > 0)
    throw clientException(SAID.volumeLaunch({ volume: name }));
  const authorization = efs?.authorizationConfig;
  const root = efs?.rootDirectory ?? "/";
  if (authorization?.accessPointId && root !== "/") throw clientException(SAID.efsPath());
  if (efs?.transitEncryption === "ENABLED") return;
  if (authorization?.iam === "ENABLED") throw clientException(SAID.efsIam());
  if (efs?.transitEncryptionPort) throw clientException(SAID.efsPort());
  if (authorization?.accessPointId) throw clientException(SAID.efsAccessPoint({ volume: name }));
}

function checkMounts(
  { name: container = "", mountPoints = [] }: ContainerDefinition,
  known: ReadonlySet<string>,
): void {
  const paths = new Set<string>();
  for (const { sourceVolume = "", containerPath: path } of mountPoints) {
    if (!known.has(sourceVolume))
      throw clientException(SAID.volumeNotDefined({ volume: sourceVolume }));
    if (!path) throw clientException(SAID.mountPath({ container }));
    if (paths.has(path)) throw clientException(SAID.mountTwice({ container, path }));
    paths.add(path);
  }
}
