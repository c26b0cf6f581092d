import { CannotStartError, type ContainerSpec, type TaskSpec } from "../driver.ts";

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
  if (definition.firelensConfiguration) no("is a log router, which Local AWS has not");
  if (linuxParameters.devices?.length)
    no("needs devices of this machine, which Local AWS does not give away");
  if (linuxParameters.initProcessEnabled && tools.init === undefined)
    no(
      "wants an init process (initProcessEnabled): install it with sudo apt-get install tini, then start Local AWS again",
    );
  if (task.networkMode !== "awsvpc" && task.instanceId === undefined)
    no(`has network mode ${task.networkMode}, and no instance to have it on`);
  for (const volume of task.volumes ?? []) {
    if (volume.host?.sourcePath)
      no(`mounts ${volume.host.sourcePath} of its instance, and there is none`);
    if (volume.dockerVolumeConfiguration || volume.fsxWindowsFileServerVolumeConfiguration)
      no(`mounts the volume "${volume.name}", which is more than an empty one`);
  }
}
