import { isIP } from "node:net";
import { startOrder } from "../../../services/ecs/container-rules.ts";
import { CannotStartError } from "../../cannot-start-error.ts";
import type { ContainerSpec, TaskSpec } from "../driver.ts";
import { HOST_GATEWAY } from "./host-files.ts";

/** What a machine gives to containers beyond namespaces. */
export interface RoomTools {
  readonly init: string | undefined;
}

const refused = (container: string, what: string) =>
  new CannotStartError(`CannotStartContainerError: container "${container}" ${what}`);

/**
 * Refuses what containers here cannot be given, by name, and what Docker gives to none, instead of starting them without it.
 * @throws CannotStartError
 */
export function refuseTask(task: TaskSpec, tools: RoomTools): void {
  // As the agent orders them: aws/amazon-ecs-agent, agent/engine/dependencygraph.
  const ordered = task.containers.map(({ name, definition }) => ({
    name,
    dependsOn: [
      ...(definition.dependsOn ?? []).map(({ containerName }) => containerName),
      ...(definition.links ?? []).map((link) => link.split(":")[0]),
      ...(definition.volumesFrom ?? []).map(({ sourceContainer }) => sourceContainer),
    ].map((containerName) => ({ containerName, condition: "START" as const })),
  }));
  if (startOrder(ordered) === undefined)
    throw new CannotStartError(`Task dependencies cannot be resolved, taskArn: ${task.taskArn}`);
  for (const container of task.containers) {
    refuseSettings(task, container);
    refuseContainer(task, container, tools);
  }
}

/** What Docker and runc say of settings that make no sense. */
function refuseSettings({ networkMode }: TaskSpec, { definition }: ContainerSpec): void {
  const { extraHosts = [], systemControls = [] } = definition;
  const wrong = extraHosts.find(
    ({ ipAddress = "" }) => ipAddress !== HOST_GATEWAY && isIP(ipAddress) === 0,
  );
  if (wrong)
    throw new CannotStartError(
      `CannotCreateContainerError: Error response from daemon: invalid IP address in add-host: "${wrong.ipAddress}"`,
    );
  const shared = systemControls.find(({ namespace }) => namespace?.startsWith("net."));
  if (networkMode === "host" && shared)
    throw new CannotStartError(
      `CannotStartContainerError: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: sysctl "${shared.namespace}" not allowed in host network namespace: unknown`,
    );
}

function refuseContainer(task: TaskSpec, container: ContainerSpec, tools: RoomTools): void {
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
