import type { Clock } from "../../../clock/clock.ts";
import type { ConnectLog, LogAddress } from "../log-connections.ts";
import type { LoggedContainer, LogSink, LogSinkRequest } from "../log-sink.ts";
import { CannotReachReceiver, LoggerArgsError, needsContainers } from "../reasons.ts";
import { parseFluentdOptions, type FluentdAddress } from "./fluentd-options.ts";
import { containerFields, logTag } from "./fluentd-record.ts";
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
