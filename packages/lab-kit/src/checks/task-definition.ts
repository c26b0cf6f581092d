import { both, text, type Text } from "@workbook/toolchain";
import { defineCheck, failed } from "../check.ts";
import type { Check, CheckResult, SynthContext } from "../check.ts";
import { blocksOf, type SynthResource } from "../synth-reader.ts";
import { GO_APP, type WebApp } from "../web-app.ts";
import { walk, type Step } from "./steps.ts";
import { taskDefinitionHints } from "./task-definition-hints.ts";
import {
  given,
  containerOf,
  containersOf,
  listed,
  repositoryName,
  taskDefinitionsOf,
  type Container,
} from "./wiring.ts";

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
  const image = repositoryName(context, app);
  const expected = [
    `a task definition with a container of the image ${image}`,
    `イメージ ${image} のコンテナを持つタスク定義がある`,
  ] as const;
  const definitions = context.synth.all("aws_ecs_task_definition");
  const unreadable = definitions.find((definition) => containersOf(definition) === undefined);
  if (unreadable !== undefined) {
    return failed("unreadable", expected, [
      `container_definitions of ${unreadable.address} is no list of containers in JSON: JSON.stringify([…])`,
      `${unreadable.address} の container_definitions が、コンテナのリストの JSON ではありません: JSON.stringify([…])`,
    ]);
  }
  const images = definitions
    .flatMap((definition) => containersOf(definition) ?? [])
    .map((container) => container.image);
  return failed(
    "missing",
    expected,
    both`${["task definitions run", "タスク定義のイメージ:"]} ${listed(images)}`,
  );
}

function examine(
  context: SynthContext,
  app: WebApp,
  definition: SynthResource,
): CheckResult<Fault> {
  const { attributes, address } = definition;
  const container = containerOf(context, app, definition);
  const roles = context.synth.referredToBy(definition, attributes["execution_role_arn"]);
  const healthCheck = container?.healthCheck ?? [];
  return walk<Fault>(address, [
    ...taskSteps(definition),
    ...containerSteps(app, container, Number(attributes["memory"])),
    ...portSteps(app, container),
    {
      fault: "health-check",
      expected: [
        "no health check of the container's own, or one that its image can run",
        "コンテナ自身のヘルスチェックがないか、イメージで実行できるものである",
      ],
      actual: both`${["health check", "ヘルスチェック"]}: ${healthCheck.join(" ") || "-"}`,
      holds: canRun(app, healthCheck),
    },
    {
      fault: "no-execution-role",
      expected: ["an execution role", "タスク実行ロールがある"],
      actual: both`${["execution role", "タスク実行ロール"]}: ${listed(roles.map((role) => role.address))}`,
      holds: roles.some(({ type }) => type === "aws_iam_role"),
    },
  ]);
}

function taskSteps({ attributes }: SynthResource): Step<Fault>[] {
  const mode = given(attributes["network_mode"], "bridge");
  const launchTypes = [attributes["requires_compatibilities"] ?? []].flat().map(String);
  const compatibility = listed(launchTypes);
  const [platform = {}] = blocksOf(attributes, "runtime_platform");
  const architecture = String(platform["cpu_architecture"] ?? "X86_64");
  const size = describeSize(attributes["cpu"], attributes["memory"]);
  const wantedSize = describeSize(CPU, MEMORY);
  return [
    {
      fault: "not-fargate",
      expected: [
        "network mode awsvpc and compatibility FARGATE",
        "ネットワークモードが awsvpc、互換性が FARGATE である",
      ],
      actual: [
        `network mode ${mode.en}, compatibility ${compatibility.en}`,
        `ネットワークモードは ${mode.ja}、互換性は ${compatibility.ja} です`,
      ],
      holds: mode.en === "awsvpc" && launchTypes.includes("FARGATE"),
    },
    {
      fault: "platform",
      expected: ["a task for X86_64", "CPU アーキテクチャが X86_64 である"],
      actual: both`${["a task for", "CPU アーキテクチャ:"]} ${architecture}`,
      holds: architecture === "X86_64",
    },
    { fault: "size", expected: wantedSize, actual: size, holds: size.en === wantedSize.en },
  ];
}

/** @param memory the task's, in MiB */
function containerSteps(
  app: WebApp,
  container: Container | undefined,
  memory: number,
): Step<Fault>[] {
  return [
    {
      fault: "container-name",
      expected: [
        `a container called "${app.container}"`,
        `コンテナの名前が "${app.container}" である`,
      ],
      actual: [
        `the container is called "${container?.name}"`,
        `コンテナの名前は "${container?.name}" です`,
      ],
      holds: container?.name === app.container,
    },
    {
      fault: "container-memory",
      expected: [
        "a container that fits into the task's memory",
        "コンテナのメモリがタスクのメモリに収まる",
      ],
      actual: container?.memory
        ? [
            `the container may use ${container.memory} MiB`,
            `コンテナの上限は ${container.memory} MiB です`,
          ]
        : ["the container has no limit of its own", "コンテナ自身の上限はありません"],
      holds: (container?.memory ?? 0) <= memory,
    },
  ];
}

function portSteps(app: WebApp, container: Container | undefined): Step<Fault>[] {
  const port = container?.environment.get("PORT");
  const lowestPort = Number(container?.systemControls.get(PORT_START) ?? FIRST_UNPRIVILEGED_PORT);
  return [
    {
      fault: "container-port",
      expected: [`container port ${app.port}`, `コンテナポート ${app.port}`],
      actual: both`${["container ports", "コンテナポート"]}: ${listed(container?.ports.map(String) ?? [])}`,
      holds: container?.ports.includes(app.port) === true,
    },
    {
      fault: "privileged-port",
      expected: [
        `a container without root's rights that may listen on port ${app.port}`,
        `root 権限のないコンテナがポート ${app.port} で待ち受けできる`,
      ],
      actual: [
        `it may listen on ports from ${lowestPort} up`,
        `待ち受けできるのはポート ${lowestPort} 以上です`,
      ],
      holds: lowestPort <= app.port,
    },
    {
      fault: "port-variable",
      expected: [`the environment variable PORT=${app.port}`, `環境変数 PORT=${app.port}`],
      actual:
        port === undefined ? ["PORT is not set", "PORT が設定されていません"] : `PORT=${port}`,
      holds: port === String(app.port),
    },
  ];
}

/** Neither image has curl or wget; that of the Go app begins FROM scratch and has the app alone. */
function canRun({ container }: WebApp, [kind, ...words]: readonly string[]): boolean {
  if (kind === undefined || kind === "NONE") return true;
  const asks = /\b(?:curl|wget)\b/.test(words.join(" "));
  const isScratch = container === GO_APP.container;
  return !asks && !(isScratch && (kind === "CMD-SHELL" || words[0] !== "/app"));
}

function describeSize(cpu: unknown, memory: unknown): Text {
  return text([
    `${String(cpu ?? "no")} CPU units and ${String(memory ?? "no")} MiB`,
    `CPU ${String(cpu ?? "なし")}、メモリ ${String(memory ?? "なし")} MiB`,
  ]);
}
