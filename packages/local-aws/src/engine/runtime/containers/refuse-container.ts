import { CannotStartError } from "../../cannot-start-error.ts";
import type { ContainerSpec, TaskSpec } from "../driver.ts";

/** What a machine gives to containers beyond namespaces. */
export interface RoomTools {
  readonly init: string | undefined;
}

const refused = (container: string, what: string) =>
  new CannotStartError(`CannotStartContainerError: container "${container}" ${what}`);

/**
 * Refuses what containers here cannot be given, by name, instead of starting them without it.
 * @throws CannotStartError
 */
export function refuseContainer(task: TaskSpec, container: ContainerSpec, tools: RoomTools): void {
  const { name, definition } = container;
  const { linuxParameters = {}, resourceRequirements = [] } = definition;
  const no = (what: string) => {
    throw refused(name, what);
  };
  if (resourceRequirements.some(({ type }) => type === "GPU"))
    no("needs a GPU, which Local AWS has not");
  if (linuxParameters.devices?.length)
    no("needs devices of this machine, which Local AWS does not give away");
  if (linuxParameters.initProcessEnabled && tools.init === undefined)
    no(
      "wants an init process (initProcessEnabled): install it with sudo apt-get install tini, then start Local AWS again",
    );
  if (task.networkMode !== "awsvpc" && task.instanceId === undefined)
    no(`has network mode ${task.networkMode}, and no instance to have it on`);
  if (definition.disableNetworking)
    no("wants no network (disableNetworking): use the network mode none");
  for (const [member, mode] of Object.entries({ pidMode: task.pidMode, ipcMode: task.ipcMode }))
    if (mode === "host")
      no(`wants what its instance has (${member} host), which Local AWS does not give away`);
  for (const { name: volume, ...kind } of task.volumes ?? []) {
    const { dockerVolumeConfiguration: docker, host } = kind;
    if ((host?.sourcePath || docker) && task.instanceId === undefined)
      no(`mounts the volume "${volume}" of its instance, and there is none`);
    const driver = docker?.driver ?? "local";
    if (driver !== "local" || docker?.driverOpts)
      no(
        `mounts the volume "${volume}" of the driver ${driver}, which Local AWS has not, or with options`,
      );
    if (
      kind.fsxWindowsFileServerVolumeConfiguration ||
      kind.s3filesVolumeConfiguration ||
      kind.configuredAtLaunch
    )
      no(`mounts the volume "${volume}", whose kind Local AWS has not`);
  }
}
