import { RE2JS } from "re2js";
import type { Clock } from "../../../clock/clock.ts";
import type { ConnectLog, LogAddress } from "../log-connections.ts";
import type { LoggedContainer, LogSink, LogSinkRequest } from "../log-sink.ts";
import { CannotReachReceiver, LoggerArgsError, needsContainers } from "../reasons.ts";
import { parseFluentdOptions, type FluentdAddress } from "./fluentd-options.ts";
import { FluentdSink } from "./fluentd-sink.ts";

/** A router is asked as soon as it has been started, before it listens; a container may have ended by then. */
const ROUTER_PATIENCE_MS = 5000;

/**
 * Opens the driver of a container whose lines go to another: to its task's router (`awsfirelens`), or to whoever listens at an address of
 * its instance (`fluentd`). Nobody is connected to before there is a line, or the container starts.
 * @throws LoggerArgsError
 */
export function openFluentd(
  { logConfiguration, container }: LogSinkRequest,
  { clock, connect }: { readonly clock: Clock; readonly connect: ConnectLog | undefined },
): LogSink {
  const { logDriver = "", options: given = {} } = logConfiguration ?? {};
  if (!connect) throw new LoggerArgsError(needsContainers(logDriver));
  const isRouted = logDriver === "awsfirelens";
  const driver = isRouted ? routedOptions(given, container) : given;
  const options = parseFluentdOptions(driver);
  const address: LogAddress = isRouted
    ? { kind: "router", taskId: container.taskId }
    : ofInstance(container, options.address);
  return new FluentdSink({
    clock,
    options,
    tag: logTag(driver["tag"], container),
    fields: containerFields(driver, container),
    patienceMs: isRouted ? ROUTER_PATIENCE_MS : undefined,
    connect: () => connect(address),
    refused: (error) => new CannotReachReceiver(options.address, error),
  });
}

/**
 * What ECS's agent makes of a log configuration of FireLens.
 * https://github.com/aws/amazon-ecs-agent/blob/master/agent/engine/docker_task_engine.go
 */
function routedOptions(
  given: Readonly<Record<string, string>>,
  { name, taskId }: LoggedContainer,
): Record<string, string> {
  const limit = given["log-driver-buffer-limit"];
  return {
    tag: `${name}-firelens-${taskId}`,
    "fluentd-async": "true",
    "fluentd-sub-second-precision": "true",
    ...(limit !== undefined && { "fluentd-buffer-limit": limit }),
  };
}

function ofInstance({ instanceId }: LoggedContainer, address: FluentdAddress): LogAddress {
  if (instanceId === undefined) throw new LoggerArgsError(needsContainers("fluentd"));
  return "path" in address
    ? { kind: "unix", instanceId, path: address.path }
    : { kind: "tcp", instanceId, ...address };
}

/** As many of an id's digits as Docker shows. */
const SHORT_ID = 12;
const DEFAULT_TAG = "{{.ID}}";

/**
 * The tag of what a container writes: a template of Docker's.
 * https://docs.docker.com/engine/logging/log_tags/
 * @throws LoggerArgsError where it names what there is not
 */
function logTag(template: string | undefined, container: LoggedContainer): string {
  const { runtimeId, dockerName, image, imageId } = container;
  const fields: Readonly<Record<string, string>> = {
    ID: runtimeId.slice(0, SHORT_ID),
    FullID: runtimeId,
    Name: dockerName.replace(/^\//, ""),
    ImageID: imageId.replace(/^sha256:/, "").slice(0, SHORT_ID),
    ImageFullID: imageId,
    ImageName: image,
    DaemonName: "docker",
  };
  return (template || DEFAULT_TAG).replaceAll(/\{\{\s*([^}]*?)\s*\}\}/g, (_, said: string) => {
    const label = /^index \.ContainerLabels "([^"]*)"$/.exec(said)?.[1];
    if (label !== undefined) return container.labels[label] ?? "";
    const value = fields[said.replace(/^\./, "")];
    if (!said.startsWith(".") || value === undefined)
      throw new LoggerArgsError(`template: log-tag:1: can't evaluate ${said} in type logger.Info`);
    return value;
  });
}

/** What every line of a container says beside the line. Named labels and variables come with it. */
function containerFields(
  options: Readonly<Record<string, string>>,
  { runtimeId, dockerName, labels, environment }: LoggedContainer,
): Readonly<Record<string, string>> {
  return {
    ...chosen(labels, options["labels"], options["labels-regex"]),
    ...chosen(environment, options["env"], options["env-regex"]),
    container_id: runtimeId,
    container_name: dockerName,
  };
}

function chosen(
  all: Readonly<Record<string, string>>,
  names = "",
  pattern: string | undefined,
): Record<string, string> {
  const named = names.split(",").map((name) => name.trim());
  const expression = pattern ? compile(pattern) : undefined;
  const kept = Object.entries(all).filter(
    ([name]) => named.includes(name) || expression?.test(name),
  );
  return Object.fromEntries(kept);
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new LoggerArgsError(`error parsing regexp: ${pattern}`, { cause: error });
  }
}
