import { userInfo } from "node:os";
import { CannotStartError } from "../../cannot-start-error.ts";
import type { ContainerSpec, TaskSpec } from "../driver.ts";
import { containerCommand } from "../container-command.ts";
import { terminalsOf, unsupported } from "../reasons.ts";

/** A port of the machine itself, in an address or a URL. */
export const LOCALHOST_PORT = /(?:localhost|\b127\.0\.0\.1|\[?::1\]?):(\d{1,5})\b/g;

/**
 * Refuses what plain processes cannot give a task, so that it fails by name instead of behaving strangely: files shared
 * between containers, other users, a root that is only read, ports that cannot be moved, and containers that look for each other
 * on localhost.
 * @throws CannotStartError
 */
export function refusePortableTask(task: TaskSpec): void {
  const several = task.containers.length > 1;
  for (const container of task.containers) {
    const what =
      sharesFiles(container) ??
      needsIsolation(container) ??
      (several ? needsLocalhost(container) : undefined);
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

function needsIsolation({ definition }: ContainerSpec): string | undefined {
  if (definition.readonlyRootFilesystem) return "needs a root file system that can only be read";
  if (definition.user && !isOwnUser(definition.user))
    return `runs as the user "${definition.user}"`;
  return definition.resourceRequirements?.some(({ type }) => type === "GPU")
    ? "needs a GPU"
    : undefined;
}

/** Whether `user`, `user:group` or `uid:gid` is who this process is already. */
function isOwnUser(user: string): boolean {
  const { uid, gid, username } = userInfo();
  const [name = "", group = String(gid)] = user.split(":");
  return (
    (name === String(uid) || name === username) && (group === String(gid) || group === username)
  );
}

/**
 * What plain processes go without and run all the same, in words: a program seldom shows that it is missing.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
 */
export function unheededOf(task: TaskSpec): readonly string[] {
  const ofTask: string[] = UNHEEDED_OF_TASKS.filter((member) => isGiven(task[member]));
  const ofContainers = task.containers.flatMap((container) => {
    const { definition, environment, image } = container;
    const what: string[] = UNHEEDED.filter((member) => isGiven(definition[member]));
    what.push(...terminalsOf(definition));
    const { User: user } = image.config;
    if (user && !definition.user) what.push(`USER ${user} of the image`);
    const port = definition.portMappings?.[0]?.containerPort;
    if (port !== undefined && environment["PORT"] === undefined)
      what.push(`port ${port}, since the environment has no PORT to tell the program another by`);
    return what.length === 0 ? [] : [`container "${container.name}": ${what.join(", ")}`];
  });
  return [...ofTask, ...ofContainers];
}

const UNHEEDED_OF_TASKS = ["pidMode", "ipcMode"] as const;
const UNHEEDED = [
  "ulimits",
  "systemControls",
  "linuxParameters",
  "dockerSecurityOptions",
  "privileged",
  "hostname",
  "extraHosts",
  "dnsServers",
  "dnsSearchDomains",
  "links",
  "disableNetworking",
] as const;

/** An empty list is as good as none. */
const isGiven = (value: unknown) =>
  typeof value === "object" && value !== null ? Object.keys(value).length > 0 : Boolean(value);

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
