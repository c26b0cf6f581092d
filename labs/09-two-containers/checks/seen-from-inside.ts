import {
  blocksOf,
  type Check,
  type CheckResult,
  defineCheck,
  grantsOf,
  hint,
  listed,
  servicesOf,
  type SynthContext,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import { NO_TASK, WEB, type WebTask, withTask } from "./web.ts";

const EXEC = [
  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html",
  "https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/ecs-exec.html",
] as const;
/** With these the agent beside the container opens its way to Session Manager. */
const ACTIONS = [
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
];

const LOGS = {
  "no-task": NO_TASK,
  silent: hint(
    [
      "Which of the containers says nothing, should it fail?",
      "失敗したときに何も残さないコンテナはどれですか。",
    ],
    [
      "A log configuration belongs to one container. Each has its own, and a stream of its own: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
      "ログの設定はコンテナごとです。ストリームもコンテナごとに分かれます: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/using_awslogs.html",
    ],
    "logConfiguration,",
  ),
};

/** Each of the task's containers logs with awslogs. */
export function everyContainerLogs(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text(["Every container of the task logs", "タスクのすべてのコンテナがログを出力する"]),
    faults: LOGS,
    run: (context) => withTask(context, examineLogs),
  });
}

function examineLogs(
  _: SynthContext,
  { definition, containers }: WebTask,
): CheckResult<keyof typeof LOGS> {
  const silent = containers.filter(({ logDriver }) => logDriver !== "awslogs");
  const names = (of: typeof containers) => listed(of.map(({ name }) => name));
  return walk(definition.address, [
    {
      fault: "silent",
      expected: both`awslogs: ${names(containers)}`,
      actual: both`awslogs: ${names(containers.filter((each) => !silent.includes(each)))}`,
      holds: silent.length === 0,
    },
  ]);
}

const ALLOWED = {
  "no-task": NO_TASK,
  "no-task-role": hint(
    [
      "As whom does a program in the container call AWS?",
      "コンテナの中のプログラムは、誰として AWS を呼び出しますか。",
    ],
    both`${["As the task role, which is not the execution role. The agent of ECS Exec runs in the container:", "タスクロールとしてです。タスク実行ロールではありません。ECS Exec のエージェントはコンテナの中で動きます:"]} ${EXEC}`,
    "taskRoleArn: taskRole.arn,",
  ),
  rights: hint(
    [
      "What does the agent in the container need to be reached by Session Manager?",
      "コンテナの中のエージェントがセッションマネージャーとつながるには、どの権限が必要ですか。",
    ],
    both`${["Four actions of ssmmessages:", "ssmmessages の 4 つの操作です:"]} ${EXEC}`,
    `Action: ["ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"],`,
  ),
  "not-enabled": hint(
    [
      "May anybody with the right open a shell in each of your services?",
      "権限のある人なら、どのサービスでもシェルを開けますか。",
    ],
    both`${["Only where the service says so, and in tasks that started since:", "サービスで有効にした場合だけです。それも、有効にした後に起動したタスクだけです:"]} ${EXEC}`,
    "enableExecuteCommand: true,",
  ),
};

/** ECS Exec may run commands in the service's containers. */
export function allowsExec(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text(["ECS Exec into the containers", "ECS Exec でコンテナに入れる"]),
    faults: ALLOWED,
    run: (context) => withTask(context, examineExec),
  });
}

function examineExec(
  context: SynthContext,
  { definition }: WebTask,
): CheckResult<keyof typeof ALLOWED> {
  const roles = context.synth.referredToBy(definition, definition.attributes["task_role_arn"]);
  const role = roles.find(({ type }) => type === "aws_iam_role");
  const grants = role === undefined ? "" : grantsOf(context, role);
  const isGranted = (action: string) =>
    /"(?:Action":"\*|ssmmessages:\*)"/.test(grants) || grants.includes(`"${action}"`);
  const missing = ACTIONS.filter((action) => !isGranted(action));
  const [service] = servicesOf(context, WEB);
  const isEnabled = service?.attributes["enable_execute_command"] === true;
  return walk(definition.address, [
    {
      fault: "no-task-role",
      expected: ["a task role", "タスクロールがある"],
      actual: both`${["task role", "タスクロール"]}: ${listed(roles.map(({ address }) => address))}`,
      holds: role !== undefined,
    },
    {
      fault: "rights",
      expected: both`${["the task role may", "タスクロールに許可された操作"]}: ${listed(ACTIONS)}`,
      actual: both`${["it may not", "許可されていない操作"]}: ${listed(missing)}`,
      holds: missing.length === 0,
    },
    {
      fault: "not-enabled",
      expected: ["the service allows ECS Exec", "サービスで ECS Exec が有効になっている"],
      actual: isEnabled
        ? ["it does", "有効です"]
        : ["it does not allow it", "有効になっていません"],
      holds: isEnabled,
    },
  ]);
}

const ASKED = {
  "no-task": NO_TASK,
  path: hint(
    [
      "If the app is gone, and nginx is not: shall the load balancer find this task healthy?",
      "アプリが止まり nginx だけが動いているとき、ALB はそのタスクを正常と見なすべきですか。",
    ],
    [
      "Ask for a path that nginx hands on to the app: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html",
      "nginx がアプリに渡すパスを調べます: https://docs.aws.amazon.com/ja_jp/elasticloadbalancing/latest/application/target-group-health-checks.html",
    ],
    'healthCheckPath: "/healthz",',
  ),
};

/** The load balancer's health check asks the app, through nginx. */
export function asksThroughNginx(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "The load balancer asks the app for its health, through nginx",
      "ALB のヘルスチェックが nginx を通ってアプリに届く",
    ]),
    faults: ASKED,
    run: (context) => withTask(context, examineHealth),
  });
}

function examineHealth(context: SynthContext): CheckResult<keyof typeof ASKED> {
  const [service] = servicesOf(context, WEB);
  const [target = {}] = service ? blocksOf(service.attributes, "load_balancer") : [];
  const group = service && context.synth.referredToBy(service, target["target_group_arn"])[0];
  const path = String(
    (group ? blocksOf(group.attributes, "health_check")[0]?.["path"] : undefined) ?? "/",
  );
  return walk(group?.address ?? "", [
    {
      fault: "path",
      expected: ["a health check of /healthz", "ヘルスチェックのパスが /healthz である"],
      actual: [`a health check of ${path}`, `ヘルスチェックのパスは ${path} です`],
      holds: path === "/healthz",
    },
  ]);
}
