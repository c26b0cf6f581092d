import type { ContainerDefinition, FirelensConfiguration } from "@aws-sdk/client-ecs";
import {
  toFluentBit,
  toFluentd,
  type FluentConfig,
  type FluentPattern,
  type FluentPipe,
} from "./fluent-config.ts";

/** Where containers of a router reach it. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-docker-buffer-limit.html */
export const ROUTER_PORT = "24224";
const SOCKET = "/var/run/fluent.sock";
const HEALTH_TAG = "firelens-healthcheck";
const HEALTH_PORT = "8877";
const DEFAULT_BUFFER_MB = 25;

/** What differs between the two programs that a router can be. */
interface Kind {
  readonly config: string;
  /** Where a configuration from S3 is. */
  readonly external: string;
  readonly output: string;
  readonly everything: string;
  readonly write: (config: FluentConfig) => string;
  /** How a variable of the environment is named in it. */
  readonly variable: (name: string) => string;
}

const KINDS: Readonly<Record<string, Kind>> = {
  fluentbit: {
    config: "/fluent-bit/etc/fluent-bit.conf",
    external: "/fluent-bit/etc/external.conf",
    output: "Name",
    everything: "*",
    write: toFluentBit,
    variable: (name) => `\${${name}}`,
  },
  fluentd: {
    config: "/fluentd/etc/fluent.conf",
    external: "/fluentd/etc/external.conf",
    output: "@type",
    everything: "**",
    write: toFluentd,
    variable: (name) => `"#{ENV['${name}']}"`,
  },
};

/** Of the options of a container's log configuration, what is the driver's and not the router's. */
const OF_THE_DRIVER = "log-driver-buffer-limit";

/** A task with a router, as its configuration tells of it. */
export interface RoutedTask {
  readonly cluster: string;
  readonly taskArn: string;
  /** `family:revision`. */
  readonly definition: string;
  readonly networkMode: string;
  /** Absent on Fargate. */
  readonly instanceId: string | undefined;
  readonly containers: readonly ContainerDefinition[];
}

/** What a router is given: its files by their paths in its container, and variables that they name. */
export interface RouterFiles {
  readonly files: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
}

/** The container that routes what a task's others write; undefined where there is none. */
export const routerOf = <C extends ContainerDefinition>(containers: readonly C[]): C | undefined =>
  containers.find(({ firelensConfiguration }) => firelensConfiguration);

/** Where a router's file of S3 is: undefined where it has none there. */
export function externalObject({ options = {} }: FirelensConfiguration): string | undefined {
  return options["config-file-type"] === "s3" ? options["config-file-value"] : undefined;
}

/**
 * A router's configuration, as ECS's agent generates it.
 * @param external what its file in S3 says, where it has one
 * @param secrets of log configurations, by container, then by option
 * @throws Error in the agent's words
 * @see https://github.com/aws/amazon-ecs-agent/blob/master/agent/taskresource/firelens/firelensconfig_unix.go
 */
export function routerFiles(
  task: RoutedTask,
  external: string | undefined,
  secrets: ReadonlyMap<string, Readonly<Record<string, string>>>,
): RouterFiles {
  const router = routerOf(task.containers)!;
  const { type = "", options = {} } = router.firelensConfiguration!;
  const kind = KINDS[type]!;
  const variables: Record<string, string> = {};
  const includes: FluentPattern[] = [];
  const excludes: FluentPattern[] = [];
  const outputs: FluentPipe[] = healthOutput(type, task);
  for (const [index, container] of task.containers.entries()) {
    const { name = "", logConfiguration } = container;
    if (logConfiguration?.logDriver !== "awsfirelens") continue;
    const given: Record<string, string> = { ...logConfiguration.options };
    for (const [option, value] of Object.entries(secrets.get(name) ?? {})) {
      const variable = `${option}_${index}`;
      variables[variable] = value;
      given[option] = kind.variable(variable);
    }
    const tag = `${name}-firelens${kind.everything}`;
    const { "include-pattern": include, "exclude-pattern": exclude, ...rest } = given;
    const { [kind.output]: output, [OF_THE_DRIVER]: _, ...ofOutput } = rest;
    if (include !== undefined) includes.push({ tag, pattern: include });
    if (exclude !== undefined) excludes.push({ tag, pattern: exclude });
    if (output !== undefined) outputs.push({ name: output, tag, options: ofOutput });
    else if (Object.keys(ofOutput).length > 0)
      throw new Error(outputMissing(name, kind.output, type));
  }
  const source = options["config-file-type"];
  const file = source === "s3" ? kind.external : options["config-file-value"];
  const config = kind.write({
    inputs: inputs(type, router, task),
    includes,
    excludes,
    fields: options["enable-ecs-log-metadata"] === "false" ? {} : metadata(task),
    everything: kind.everything,
    external: source === undefined ? undefined : file,
    outputs,
  });
  const files = external === undefined ? {} : { [kind.external]: external };
  return { files: { [kind.config]: config, ...files }, variables };
}

const outputMissing = (container: string, key: string, type: string) =>
  `unable to generate firelens config: unable to apply log options of container ${container} to firelens config: missing output key ${key} which is required for firelens configuration of type ${type}`;

/** In modes with ports of the task's own, or of its containers: elsewhere it would be the instance's. */
const hasPorts = ({ networkMode }: RoutedTask) =>
  networkMode === "awsvpc" || networkMode === "bridge";

function inputs(type: string, router: ContainerDefinition, task: RoutedTask): FluentPipe[] {
  const isBit = type === "fluentbit";
  const bufferMb = Math.floor((router.memoryReservation ?? router.memory ?? 0) / 2);
  const socket: Record<string, string> = isBit
    ? { unix_path: SOCKET, Mem_Buf_Limit: `${bufferMb || DEFAULT_BUFFER_MB}MB` }
    : { path: SOCKET };
  const all: FluentPipe[] = [{ name: isBit ? "forward" : "unix", options: socket }];
  if (!hasPorts(task)) return all;
  const at = task.networkMode === "bridge" ? "0.0.0.0" : "127.0.0.1";
  const options: Record<string, string> = isBit
    ? { Listen: at, Port: ROUTER_PORT }
    : { bind: at, port: ROUTER_PORT };
  all.push({ name: "forward", options });
  if (isBit)
    all.push({ name: "tcp", tag: HEALTH_TAG, options: { Listen: "127.0.0.1", Port: HEALTH_PORT } });
  return all;
}

const healthOutput = (type: string, task: RoutedTask): FluentPipe[] =>
  type === "fluentbit" && hasPorts(task) ? [{ name: "null", tag: HEALTH_TAG, options: {} }] : [];

const metadata = ({ cluster, taskArn, definition, instanceId }: RoutedTask) => ({
  ecs_cluster: cluster,
  ecs_task_arn: taskArn,
  ecs_task_definition: definition,
  ...(instanceId !== undefined && { ec2_instance_id: instanceId }),
});
