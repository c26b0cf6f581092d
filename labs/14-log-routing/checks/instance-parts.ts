import {
  blocksOf,
  type CheckResult,
  type Container,
  containersOf,
  failed,
  type SynthContext,
  type SynthResource,
} from "@workbook/lab-kit";

/** The router's image, without a tag. */
export const IMAGE = "public.ecr.aws/aws-observability/aws-for-fluent-bit";

/** Whether that is the image, with a tag, a digest or both. */
export const isRouterImage = (image: string): boolean =>
  image.startsWith(`${IMAGE}:`) || image.startsWith(`${IMAGE}@`);

/** A task on instances, its service, and its containers by what they are for. */
export interface InstanceTask {
  readonly definition: SynthResource;
  readonly service: SynthResource | undefined;
  /** The container that takes lines, where it has one. */
  readonly router: Container | undefined;
  /** The container that sends lines by the driver fluentd, where it has one. */
  readonly app: Container | undefined;
}

/** How lines of a task on an instance are taken away: by the daemon's port, by its socket, or by a router in the task. */
export type Way = "port" | "socket" | "sidecar";

/** The tasks for instances, with their services. */
export function instanceTasks(context: SynthContext): readonly InstanceTask[] {
  return context.synth
    .all("aws_ecs_task_definition")
    .filter(({ attributes }) => launchTypesOf(attributes).includes("EC2"))
    .map((definition) => {
      const containers = containersOf(definition) ?? [];
      return {
        definition,
        service: context.synth.referringTo(definition, "aws_ecs_service", "task_definition")[0],
        router: containers.find(({ image }) => isRouterImage(image)),
        app: containers.find(({ logDriver }) => logDriver === "fluentd"),
      };
    });
}

const launchTypesOf = (attributes: Readonly<Record<string, unknown>>) =>
  [attributes["requires_compatibilities"] ?? []].flat().map(String);

/** The task that is nothing but a router. */
export const daemonOf = (context: SynthContext): InstanceTask | undefined =>
  instanceTasks(context).find(({ router, app }) => router !== undefined && app === undefined);

/** The task whose lines go this way. */
export function sendsBy(context: SynthContext, way: Way): InstanceTask | undefined {
  return instanceTasks(context).find((task) => task.app !== undefined && wayOf(task) === way);
}

function wayOf(task: InstanceTask): Way {
  if (task.router !== undefined) return "sidecar";
  return addressOf(task).startsWith("unix:") ? "socket" : "port";
}

/** Where a task's driver sends to. */
export const addressOf = ({ app }: InstanceTask): string =>
  String(app?.logOptions["fluentd-address"] ?? "localhost:24224");

/** `[port of the instance]` that leads to 24224 of a router. */
export function hostPortOf({ router }: InstanceTask): number | undefined {
  const index = router?.ports.indexOf(24_224) ?? -1;
  return index === -1 ? undefined : router?.hostPorts[index];
}

/** What a router is told to do: its configuration is in the environment of the container that writes it, or in its command. */
export const configurationIn = (writer: Container | undefined): string =>
  [...(writer?.environment.values() ?? []), ...(writer?.command ?? [])].join("\n");

/** What a property of a configuration says, wherever it stands first. */
export function propertyOf(configuration: string, name: string): string {
  return new RegExp(`^\\s*${name}\\s+(\\S+)`, "im").exec(configuration)?.[1] ?? "";
}

/** Where a path in the router is on the instance; undefined where it is the container's own. */
export function onInstance({ definition, router }: InstanceTask, path: string): string | undefined {
  for (const { volume, path: mounted } of router?.mounts ?? []) {
    const block = blocksOf(definition.attributes, "volume").find(({ name }) => name === volume);
    const host = block?.["host_path"];
    if (typeof host === "string" && path.startsWith(`${mounted}/`))
      return `${host}${path.slice(mounted.length)}`;
  }
  return undefined;
}

/** What is asked of a task that has to be there. */
export function asked<Fault extends string>(
  task: InstanceTask | undefined,
  examine: (task: InstanceTask, service: SynthResource) => CheckResult<Fault>,
): CheckResult<Fault | "missing"> {
  if (task?.service !== undefined) return examine(task, task.service);
  return failed(
    "missing",
    ["a task definition for EC2, and its service", "EC2 用のタスク定義とサービスがある"],
    task?.definition.address ?? ["there is none", "ありません"],
  );
}
