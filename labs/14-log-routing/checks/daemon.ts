import {
  allowedBy,
  allows,
  type Check,
  type CheckResult,
  defineCheck,
  failed,
  hint,
  passed,
  type Step,
  type SynthContext,
  type SynthResource,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import {
  asked,
  configurationIn,
  daemonOf,
  hostPortOf,
  type InstanceTask,
  onInstance,
  propertyOf,
} from "./instance-parts.ts";
import { awsPage } from "./stack-parts.ts";

const INSTANCES = awsPage("AmazonECS/latest/developerguide/launch_container_instance.html");
const DAEMON = awsPage("AmazonECS/latest/developerguide/ecs_services.html");
const VOLUMES = awsPage("AmazonECS/latest/developerguide/bind-mounts.html");
const ROLE = awsPage("AmazonECS/latest/developerguide/task-iam-roles.html");
const FORWARD = "https://docs.fluentbit.io/manual/pipeline/inputs/forward";

const NO_INSTANCES = {
  missing: hint(
    [
      "A daemon runs on each instance. Which instances has the cluster?",
      "デーモンはインスタンスごとに動きます。クラスターにはどのインスタンスがありますか。",
    ],
    both`${["None yet. infra has a construct for them, which chapter 15 takes apart:", "まだありません。infra のコンストラクトを使います。中身は第 15 章で作ります:"]} ${INSTANCES}`,
    'new Instances(stack, "instances", { … });',
  ),
};

/** The cluster has an instance. */
export function hasInstance(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text(["The cluster has an instance", "クラスターにインスタンスがある"]),
    faults: NO_INSTANCES,
    run({ synth }) {
      const expected = ["an Auto Scaling group", "Auto Scaling グループがある"] as const;
      const [group] = synth.all("aws_autoscaling_group");
      return group
        ? passed(expected, group.address)
        : failed("missing", expected, ["there is none", "ありません"]);
    },
  });
}

const FAULTS = {
  missing: hint(
    ["Which task on the instance takes lines?", "インスタンスで行を受け取るタスクはどれですか。"],
    both`${["One of its own, with the router alone, and a service that runs it:", "ルーターだけのタスクと、それを動かすサービスです:"]} ${DAEMON}`,
    'this.run("log-daemon", [daemon], ground, { … });',
  ),
  "not-daemon": hint(
    [
      "A second instance comes. Who starts a router there?",
      "インスタンスが 1 台増えました。そこでルーターを起動するのは何ですか。",
    ],
    both`${["A service with the strategy DAEMON: one task on each instance, however many there are:", "DAEMON 戦略のサービスです。何台あっても、インスタンスごとに 1 つ動かします:"]} ${DAEMON}`,
    'schedulingStrategy: "DAEMON",',
  ),
  port: hint(
    [
      "The driver is on the instance. At which port of the instance does it find the router?",
      "ドライバーはインスタンスの上にいます。ルーターはインスタンスの何番ポートにいますか。",
    ],
    both`${["At a fixed one: where Docker chooses, nobody who sends knows it. Inside, an [INPUT] forward listens at it, and not at 127.0.0.1 alone:", "固定したポートです。Docker に選ばせると、送る側にはわかりません。中では [INPUT] forward が 127.0.0.1 以外でも待ち受けます:"]} ${FORWARD}`,
    'portMappings: [{ containerPort: 24224, hostPort, protocol: "tcp" }],',
  ),
  socket: hint(
    [
      "Who sees a socket that the router makes in its own file system?",
      "ルーターが自分のファイルシステムに作ったソケットは、誰に見えますか。",
    ],
    both`${["Only the router. The folder has to be one of the instance's, where the driver is:", "ルーターだけです。ドライバーがいるインスタンスのフォルダーに作ります:"]} ${VOLUMES}`,
    'volume: [{ name: "sockets", hostPath: "/var/run/fluent" }],',
  ),
  output: hint(
    ["Where does the daemon bring the lines?", "デーモンは行をどこに届けますか。"],
    both`${["To the log group of your stack, by [OUTPUT] cloudwatch_logs, and Match takes all tags:", "[OUTPUT] cloudwatch_logs でスタックのロググループに届けます。Match はすべてのタグを受け取ります:"]} https://docs.fluentbit.io/manual/pipeline/outputs/cloudwatch`,
    "Match             *",
  ),
  role: hint(
    [
      "As whom does the daemon call CloudWatch Logs: as the instance?",
      "デーモンは誰として CloudWatch Logs を呼び出しますか。インスタンスとしてですか。",
    ],
    both`${["As its task's role, as on Fargate:", "Fargate と同じく、タスクロールとしてです:"]} ${ROLE}`,
    "Resource: `arn:aws:logs:*:*:log-group:${logs.name}:*`,",
  ),
};

type Fault = keyof typeof FAULTS;

/** On each instance a router listens, at a port and at a socket of the instance. */
export function hasDaemon(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "A daemon takes lines on each instance, by a port and by a socket",
      "インスタンスごとに、デーモンがポートとソケットで行を受け取る",
    ]),
    faults: FAULTS,
    run: (context) => asked(daemonOf(context), (task, service) => examine(context, task, service)),
  });
}

function examine(
  context: SynthContext,
  task: InstanceTask,
  service: SynthResource,
): CheckResult<Fault> {
  const strategy = String(service.attributes["scheduling_strategy"] ?? "REPLICA");
  return walk<Fault>(service.address, [
    {
      fault: "not-daemon",
      expected: both`${STRATEGY} DAEMON`,
      actual: both`${STRATEGY} ${strategy}`,
      holds: strategy === "DAEMON",
    },
    ...inputSteps(task),
    ...outputSteps(context, task),
  ]);
}

/** Where it takes lines. */
function inputSteps(task: InstanceTask): Step<Fault>[] {
  const configuration = configurationIn(task.router);
  const port = hostPortOf(task);
  const listens = propertyOf(configuration, "Listen");
  const socket = propertyOf(configuration, "unix_path");
  const shown = onInstance(task, socket);
  return [
    {
      fault: "port",
      expected: [
        "a fixed port of the instance leads to 24224",
        "インスタンスの固定したポートが 24224 につながる",
      ],
      actual: both`hostPort: ${String(port ?? "-")}, Listen ${listens || "-"}`,
      holds: port !== undefined && port !== 0 && listens === "0.0.0.0",
    },
    {
      fault: "socket",
      expected: [
        "a socket in a folder of the instance",
        "インスタンスのフォルダーにソケットがある",
      ],
      actual: both`unix_path ${socket || "-"} → ${shown ?? "-"}`,
      holds: shown !== undefined,
    },
  ];
}

/** Where it brings them, and whether it may. */
function outputSteps(context: SynthContext, task: InstanceTask): Step<Fault>[] {
  const { definition } = task;
  const configuration = configurationIn(task.router);
  const group = context.synth
    .referredToBy(definition, propertyOf(configuration, "log_group_name"))
    .find(({ type }) => type === "aws_cloudwatch_log_group");
  const match = propertyOf(configuration, "Match");
  const [role] = context.synth.referredToBy(definition, definition.attributes["task_role_arn"]);
  const statements = role ? allowedBy(context, role) : [];
  return [
    {
      fault: "output",
      expected: [
        "all lines go to a log group of the stack",
        "すべての行がスタックのロググループに届く",
      ],
      actual: both`${["it brings", "届けるもの:"]} ${match || "-"} → ${group?.address ?? "-"}`,
      holds: group !== undefined && match === "*",
    },
    {
      fault: "role",
      expected: both`CreateLogStream, PutLogEvents: ${group?.address ?? "-"}`,
      actual: role?.address ?? ["no task role", "タスクロールがありません"],
      holds: ["logs:CreateLogStream", "logs:PutLogEvents"].every((action) =>
        allows(statements, action, group),
      ),
    },
  ];
}

const STRATEGY = ["the service's strategy:", "サービスの戦略:"] as const;
