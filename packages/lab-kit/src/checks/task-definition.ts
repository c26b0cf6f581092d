import { defineCheck, failed } from "../check.ts";
import type { Check, CheckResult, SynthContext } from "../check.ts";
import { text } from "@workbook/toolchain";
import type { SynthResource } from "../synth-reader.ts";
import type { WebApp } from "../web-app.ts";
import { walk } from "./steps.ts";
import { taskDefinitionHints } from "./task-definition-hints.ts";
import { containerOf, containersOf, listed, repositoryName, taskDefinitionsOf } from "./wiring.ts";

/** The smallest size of a Fargate task: a quarter of a vCPU and 512 MiB. */
const CPU = "256";
const MEMORY = "512";

/** Below this only root may listen, unless {@link PORT_START} says otherwise. https://man7.org/linux/man-pages/man7/ip.7.html */
const FIRST_UNPRIVILEGED_PORT = 1024;
const PORT_START = "net.ipv4.ip_unprivileged_port_start";

type Fault = keyof ReturnType<typeof taskDefinitionHints>;

/** A task definition runs the app on Fargate: size, network mode, container name and port, the right to it, execution role. */
export function hasTaskDefinition(id: string, app: WebApp): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([`A task definition for ${app.container}`, `${app.container} のタスク定義`]),
    faults: taskDefinitionHints(app),
    run(context) {
      const [definition] = taskDefinitionsOf(context, app);
      return definition === undefined ? notFound(context, app) : examine(context, app, definition);
    },
  });
}

function notFound(context: SynthContext, app: WebApp): CheckResult<Fault> {
  const expected = `a task definition with a container of the image ${repositoryName(context, app)}`;
  const definitions = context.synth.all("aws_ecs_task_definition");
  const unreadable = definitions.find((definition) => containersOf(definition) === undefined);
  if (unreadable !== undefined) {
    return failed(
      "unreadable",
      expected,
      `container_definitions of ${unreadable.address} is not JSON text`,
    );
  }
  const images = definitions
    .flatMap((definition) => containersOf(definition) ?? [])
    .map(({ image }) => image);
  return failed("missing", expected, `task definitions run ${listed(images)}`);
}

function examine(
  context: SynthContext,
  app: WebApp,
  definition: SynthResource,
): CheckResult<Fault> {
  const { attributes, address } = definition;
  const container = containerOf(context, app, definition);
  const mode = String(attributes["network_mode"] ?? "bridge (the default)");
  const launchTypes = [attributes["requires_compatibilities"] ?? []].flat().map(String);
  const size = `${String(attributes["cpu"] ?? "no")} CPU units and ${String(attributes["memory"] ?? "no")} MiB`;
  const roles = context.synth.referredToBy(definition, attributes["execution_role_arn"]);
  const wantedSize = `${CPU} CPU units and ${MEMORY} MiB`;
  const port = container?.environment.get("PORT");
  const lowestPort = Number(container?.systemControls.get(PORT_START) ?? FIRST_UNPRIVILEGED_PORT);
  return walk<Fault>(address, [
    {
      fault: "not-fargate",
      expected: "network mode awsvpc and compatibility FARGATE",
      actual: `network mode ${mode}, compatibility ${listed(launchTypes)}`,
      holds: mode === "awsvpc" && launchTypes.includes("FARGATE"),
    },
    { fault: "size", expected: wantedSize, actual: size, holds: size === wantedSize },
    {
      fault: "container-name",
      expected: `a container called "${app.container}"`,
      actual: `it is called "${container?.name}"`,
      holds: container?.name === app.container,
    },
    {
      fault: "container-memory",
      expected: "a container that fits into the task's memory",
      actual: `the container may use ${container?.memory ?? "all of the"} MiB`,
      holds: (container?.memory ?? 0) <= Number(attributes["memory"]),
    },
    {
      fault: "container-port",
      expected: `container port ${app.port}`,
      actual: `container ports: ${listed(container?.ports.map(String) ?? [])}`,
      holds: container?.ports.includes(app.port) === true,
    },
    {
      fault: "privileged-port",
      expected: `an image without root's rights that may listen on port ${app.port}`,
      actual: `ports from ${lowestPort} up`,
      holds: lowestPort <= app.port,
    },
    {
      fault: "port-variable",
      expected: `the environment variable PORT=${app.port}`,
      actual: port === undefined ? "PORT is not set" : `PORT=${port}`,
      holds: port === String(app.port),
    },
    {
      fault: "no-execution-role",
      expected: "an execution role",
      actual: `execution role: ${listed(roles.map((role) => role.address))}`,
      holds: roles.some(({ type }) => type === "aws_iam_role"),
    },
  ]);
}
