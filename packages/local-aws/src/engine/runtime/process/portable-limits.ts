import { CannotStartError, type ContainerSpec, type TaskSpec } from "../driver.ts";
import { containerCommand } from "./container-command.ts";
import { unsupported } from "./reasons.ts";

/** A port of the machine itself, in an address or a URL. */
export const LOCALHOST_PORT = /(?:localhost|\b127\.0\.0\.1|\[?::1\]?):(\d{1,5})\b/g;

/**
 * Refuses what plain processes cannot give a task, so that it fails by name instead of behaving strangely: files shared
 * between containers, ports that cannot be moved, and containers that look for each other on localhost.
 * @throws CannotStartError
 */
export function refusePortableTask(task: TaskSpec): void {
  const several = task.containers.length > 1;
  for (const container of task.containers) {
    const what = sharesFiles(container) ?? (several ? needsLocalhost(container) : undefined);
    if (what !== undefined) throw new CannotStartError(unsupported(container.name, what));
  }
}

function sharesFiles({ definition }: ContainerSpec): string | undefined {
  const volume = definition.mountPoints?.[0] ?? definition.volumesFrom?.[0];
  if (!volume) return undefined;
  return "sourceVolume" in volume
    ? `mounts the volume "${volume.sourceVolume}"`
    : "mounts the volumes of another container";
}

function needsLocalhost(container: ContainerSpec): string | undefined {
  const { definition, environment } = container;
  if (definition.firelensConfiguration) return "is a log router that others reach on localhost";
  const own = environment["PORT"];
  const fixed = definition.portMappings?.find(
    ({ containerPort }) => String(containerPort) !== own,
  )?.containerPort;
  if (fixed !== undefined) return `listens on the fixed port ${fixed} beside other containers`;
  const other = portsOnLocalhost(container).find((port) => port !== own);
  return other === undefined ? undefined : `needs port ${other} of another container on localhost`;
}

function portsOnLocalhost(container: ContainerSpec): string[] {
  const values = Object.entries(container.environment)
    // The cloud's own addresses: the metadata endpoint is on this machine's loopback.
    .filter(([name]) => !/^(?:AWS|ECS)_/.test(name))
    .map(([, value]) => value);
  const text = [...values, ...containerCommand(container)].join("\n");
  return Array.from(text.matchAll(LOCALHOST_PORT), (match) => match[1]!);
}
