import { list, text, type Text, type Words } from "@workbook/toolchain";
import type { SynthContext } from "../check.ts";
import type { SynthResource } from "../synth-reader.ts";
import type { ServedApp, WebApp } from "../web-app.ts";
import { parseJsonencode } from "./jsonencode.ts";

/** A container of a task definition, as far as it can be read from the JSON. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly ports: readonly number[];
  /** The ports of the instance that it asks for; 0 leaves the choice to Docker. */
  readonly hostPorts: readonly number[];
  readonly environment: ReadonlyMap<string, string>;
  /** Where ECS reads variables from before the container starts, by their names. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Kernel parameters, by name. */
  readonly systemControls: ReadonlyMap<string, string>;
  /** The hard limit in MiB; undefined where it has none of its own. */
  readonly memory: number | undefined;
  /** The words of the container's own health check; none where it has none. */
  readonly healthCheck: readonly string[];
  /** Whether its end is the task's. */
  readonly isEssential: boolean;
  /** What it begins after. */
  readonly dependsOn: readonly { readonly container: string; readonly condition: string }[];
  /** The volumes of the task that it sees. */
  readonly mounts: readonly { readonly volume: string; readonly path: string }[];
  /** Its entry point and command, as words. */
  readonly command: readonly string[];
  /** Whether an init process stands before its program. */
  readonly hasInit: boolean;
  readonly logDriver: string | undefined;
  readonly logOptions: Readonly<Record<string, unknown>>;
}

/** The name of an app's repository: `golang-app-<owner>`. */
export function repositoryName(context: { owner: string }, app: WebApp): string {
  return `${app.repository}-${context.owner}`;
}

/** What an app's image is called, without a tag: by its repository of this owner, or as others publish it. */
export function imageName(context: { owner: string }, app: ServedApp): string {
  return "publicImage" in app ? app.publicImage : repositoryName(context, app);
}

/**
 * The containers of a task definition, from `JSON.stringify` or `Fn.jsonencode`.
 *
 * @returns undefined when `container_definitions` is neither, which Terraform may still understand
 */
export function containersOf(taskDefinition: SynthResource): readonly Container[] | undefined {
  const text = taskDefinition.attributes["container_definitions"];
  if (typeof text !== "string") return undefined;
  const definitions = parseJsonText(text);
  return Array.isArray(definitions)
    ? definitions.map((entry) => toContainer(record(entry)))
    : undefined;
}

/**
 * What a JSON text says that was made with `JSON.stringify` or `Fn.jsonencode`.
 *
 * @returns undefined when it is neither
 */
export function parseJsonText(text: string): unknown {
  return parseJsonencode(text) ?? parseJson(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The container that runs an app, in a task definition that does. */
export function containerOf(
  context: SynthContext,
  app: ServedApp,
  taskDefinition: SynthResource,
): Container | undefined {
  const containers = containersOf(taskDefinition)?.filter(({ image }) =>
    isImageOf(context, app, image),
  );
  return containers?.find(({ name }) => name === app.container) ?? containers?.[0];
}

/** The task definitions that run an app's image, and in its network mode where it has one. */
export function taskDefinitionsOf(context: SynthContext, app: ServedApp): readonly SynthResource[] {
  return context.synth
    .all("aws_ecs_task_definition")
    .filter(
      (definition) =>
        containerOf(context, app, definition) !== undefined && isInMode(definition, app),
    );
}

/** Without a word it is `bridge`: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#network_mode */
function isInMode({ attributes }: SynthResource, { networkMode }: ServedApp): boolean {
  if (networkMode === undefined) return true;
  const launchTypes = [attributes["requires_compatibilities"] ?? []].flat();
  return (
    !launchTypes.includes("FARGATE") && (attributes["network_mode"] ?? "bridge") === networkMode
  );
}

/** The services whose task definition runs an app's image. */
export function servicesOf(context: SynthContext, app: ServedApp): readonly SynthResource[] {
  return taskDefinitionsOf(context, app).flatMap((definition) =>
    context.synth.referringTo(definition, "aws_ecs_service", "task_definition"),
  );
}

/** The listeners on a port, of any load balancer. */
export function listenersOn(context: SynthContext, port: number): readonly SynthResource[] {
  return context.synth
    .all("aws_lb_listener")
    .filter(({ attributes }) => Number(attributes["port"]) === port);
}

/** The target groups that a listener forwards to. */
export function targetGroupsOf(
  context: SynthContext,
  listener: SynthResource,
): readonly SynthResource[] {
  return context.synth
    .referredToBy(listener, listener.attributes["default_action"])
    .filter(({ type }) => type === "aws_lb_target_group");
}

/** `a, b and c` for people; `nothing` for none. */
export function listed(words: readonly Words[]): Text {
  const last = words.at(-1);
  if (last === undefined) return text(["nothing", "なし"]);
  const others = words.slice(0, -1);
  return others.length === 0 ? text(last) : list([list(others), last], [" and ", "、"]);
}

/** What an attribute says, or what counts where it says nothing. */
export function given(attribute: unknown, otherwise: string): Text {
  return attribute === undefined
    ? text([`${otherwise} (the default)`, `${otherwise} (デフォルト)`])
    : text(String(attribute));
}

/** An image of ECR ends in `/<repository>:<tag>` or `/<repository>@<digest>`, or refers to the repository's URL. */
function isImageOf(context: SynthContext, app: ServedApp, image: string): boolean {
  const name = imageName(context, app);
  const path = image.replace(/[:@][^/]*$/, "");
  if (path === name || path.endsWith(`/${name}`)) return true;
  const repositories = context.synth.resources.filter(
    ({ type, attributes }) => type === "aws_ecr_repository" && attributes["name"] === name,
  );
  return repositories.some(({ address }) => image.includes(`\${${address}.`));
}

function toContainer(definition: Readonly<Record<string, unknown>>): Container {
  const logConfiguration = record(definition["logConfiguration"]);
  return {
    name: String(definition["name"] ?? ""),
    image: String(definition["image"] ?? ""),
    ports: records(definition["portMappings"]).map(({ containerPort }) => Number(containerPort)),
    hostPorts: records(definition["portMappings"]).map(({ hostPort }) => Number(hostPort ?? 0)),
    environment: new Map(
      records(definition["environment"]).map(({ name, value }) => [String(name), String(value)]),
    ),
    secrets: new Map(
      records(definition["secrets"]).map(({ name, valueFrom }) => [
        String(name),
        String(valueFrom),
      ]),
    ),
    systemControls: new Map(
      records(definition["systemControls"]).map(({ namespace, value }) => [
        String(namespace),
        String(value),
      ]),
    ),
    memory: definition["memory"] === undefined ? undefined : Number(definition["memory"]),
    healthCheck: [record(definition["healthCheck"])["command"] ?? []].flat().map(String),
    isEssential: definition["essential"] !== false,
    dependsOn: records(definition["dependsOn"]).map(({ containerName, condition }) => ({
      container: String(containerName),
      condition: String(condition),
    })),
    mounts: records(definition["mountPoints"]).map(({ sourceVolume, containerPath }) => ({
      volume: String(sourceVolume),
      path: String(containerPath),
    })),
    command: [definition["entryPoint"] ?? [], definition["command"] ?? []].flat().map(String),
    hasInit: record(definition["linuxParameters"])["initProcessEnabled"] === true,
    logDriver:
      typeof logConfiguration["logDriver"] === "string" ? logConfiguration["logDriver"] : undefined,
    logOptions: record(logConfiguration["options"]),
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function records(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(record) : [];
}
