import {
  type Check,
  type CheckResult,
  containerOf,
  defineCheck,
  failed,
  hint,
  listed,
  type SynthContext,
  taskDefinitionsOf,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import { ecsPage, type ModeApp } from "./modes.ts";

const taskHints = ({ networkMode, port }: ModeApp) => ({
  missing: hint(
    [
      `Which task definition has the network mode ${networkMode}, and runs on instances?`,
      `ネットワークモードが ${networkMode} で、インスタンスで動くタスク定義はどれですか。`,
    ],
    both`${["A task definition says its mode, and what it is compatible with:", "モードと、対応する起動タイプはタスク定義に書きます:"]} ${ecsPage("task-networking")}`,
    'requiresCompatibilities: ["EC2"], networkMode,',
  ),
  memory: hint(
    [
      "On Fargate the task has a size. What does ECS count when it looks for room on an instance?",
      "Fargate ではタスクにサイズがありました。インスタンスの空きを探すとき、ECS は何を数えますか。",
    ],
    both`${["The memory of the containers, where the task has none of its own:", "タスクにメモリの指定がなければ、コンテナのメモリです:"]} ${ecsPage("task_definition_parameters")}`,
    "memory: 128,",
  ),
  port: hint(
    [
      "On which port does the container listen, and does the definition say so in both places?",
      "コンテナはどのポートで待ち受けますか。定義の 2 か所は一致していますか。",
    ],
    both`${["The mapping names the container's port, and the app takes it from PORT:", "portMappings はコンテナのポートを示し、アプリはそれを PORT から読みます:"]} ${ecsPage("task_definition_parameters")}`,
    `portMappings: [{ containerPort: ${port}, hostPort, protocol: "tcp" }],`,
  ),
  "fixed-host-port": hint(
    [
      "How many of these tasks fit on one instance, if each wants the same port of it?",
      "どのタスクもインスタンスの同じポートを使うなら、1 つのインスタンスにいくつ収まりますか。",
    ],
    both`${["One. With 0, or without a word, Docker chooses, another one for each task:", "1 つです。hostPort を 0 にするか省略すると、Docker がタスクごとに別のポートを選びます:"]} ${ecsPage("networking-networkmode-bridge")}`,
    'const hostPort = networkMode === "bridge" ? 0 : 3000;',
  ),
  "no-execution-role": hint(
    [
      "Who pulls the image and writes the logs, on instances as on Fargate?",
      "Fargate と同じように、イメージをプルしログを書くのは誰ですか。",
    ],
    both`${["The agent does, with the task execution role:", "エージェントが、タスク実行ロールを使って行います:"]} ${ecsPage("task_execution_IAM_role")}`,
    "executionRoleArn: executionRole.arn,",
  ),
});

/** A task definition of the mode, for instances: it is the same for all but its mode. */
export function definesTask(id: string, app: ModeApp): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      `A task in mode ${app.networkMode}, for instances`,
      `インスタンス用の ${app.networkMode} モードのタスク`,
    ]),
    faults: taskHints(app),
    run: (context) => examineTask(context, app),
  });
}

type Fault = keyof ReturnType<typeof taskHints>;

function notFound({ synth }: SynthContext, { networkMode }: ModeApp): CheckResult<Fault> {
  const modes = synth
    .all("aws_ecs_task_definition")
    .map(({ attributes }) =>
      [attributes["network_mode"] ?? "bridge", attributes["requires_compatibilities"]].join(" "),
    );
  return failed(
    "missing",
    [
      `a task definition of mode ${networkMode} for EC2`,
      `EC2 用で ${networkMode} モードのタスク定義がある`,
    ],
    both`${["task definitions", "タスク定義"]}: ${listed(modes)}`,
  );
}

function examineTask(context: SynthContext, app: ModeApp): CheckResult<Fault> {
  const [definition] = taskDefinitionsOf(context, app);
  const container = definition && containerOf(context, app, definition);
  if (definition === undefined || container === undefined) return notFound(context, app);
  const { attributes } = definition;
  const memory = container.memory ?? attributes["memory"];
  const told = container.environment.get("PORT") ?? "-";
  const fixed = container.hostPorts.filter((port) => port !== 0 && app.networkMode === "bridge");
  const roles = context.synth.referredToBy(definition, attributes["execution_role_arn"]);
  return walk(definition.address, [
    {
      fault: "memory",
      expected: ["memory for the container", "コンテナのメモリが決まっている"],
      actual: both`${["memory", "メモリ"]}: ${String(memory ?? "-")}`,
      holds: memory !== undefined,
    },
    {
      fault: "port",
      expected: both`${PORT} ${app.port}, PORT=${app.port}`,
      actual: both`${PORT} ${listed(container.ports.map(String))}, PORT=${told}`,
      holds: container.ports.includes(app.port) && told === String(app.port),
    },
    {
      fault: "fixed-host-port",
      expected: ["no port of the instance asked for", "インスタンスのポートを指定していない"],
      actual: both`hostPort: ${listed(fixed.map(String))}`,
      holds: fixed.length === 0,
    },
    {
      fault: "no-execution-role",
      expected: ["an execution role", "タスク実行ロールがある"],
      actual: both`${["execution role", "タスク実行ロール"]}: ${listed(roles.map(({ address }) => address))}`,
      holds: roles.some(({ type }) => type === "aws_iam_role"),
    },
  ]);
}

const PORT = ["container port", "コンテナポート"] as const;
