import {
  type Check,
  type CheckResult,
  defineCheck,
  hint,
  listed,
  type SynthContext,
  walk,
} from "@workbook/lab-kit";
import { both, text, type Words } from "@workbook/toolchain";
import { appPort, NO_TASK, parameterPage, type WebTask, withTask } from "./web.ts";

const DEPENDS = parameterPage("container_definition_dependson");
const HEALTH = parameterPage("container_definition_healthcheck");
const ESSENTIAL = parameterPage("container_definition_essential");
const LINUX = parameterPage("container_definition_linuxparameters");

const ORDER = {
  "no-task": NO_TASK,
  "no-health-check": hint(
    [
      "How does ECS know that node-app is ready, and not just started?",
      "node-app が起動しただけでなく準備できたことを、ECS はどうやって知りますか。",
    ],
    both`${["By a health check in its container definition. Its image has no curl, but it has node:", "コンテナ定義のヘルスチェックで分かります。イメージに curl はありませんが、node はあります:"]} ${HEALTH}`,
    'healthCheck: { command: ["CMD", "node", "-e", HEALTHY], interval: 10, startPeriod: 30 },',
  ),
  "health-check-port": hint(
    [
      "Which port does the health check ask, and which one does the app listen on?",
      "ヘルスチェックはどのポートを調べ、アプリはどのポートで待ち受けますか。",
    ],
    both`${["It runs inside of the container, so localhost and the app's own port:", "コンテナの中で実行されるので、localhost の、アプリのポートを調べます:"]} ${HEALTH}`,
    "const HEALTHY = \"fetch('http://127.0.0.1:3000/healthz')…\";",
  ),
  "writer-first": hint(
    [
      "What does nginx read if configure has not written yet, or has failed?",
      "configure がまだ書いていない、または失敗したとき、nginx は何を読みますか。",
    ],
    both`${["SUCCESS waits until it has ended with exit code 0; COMPLETE takes any code:", "SUCCESS は終了コード 0 で終わるまで待ちます。COMPLETE ではコードを問いません:"]} ${DEPENDS}`,
    '{ containerName: "configure", condition: "SUCCESS" },',
  ),
  "app-first": hint(
    [
      "What does nginx answer while node-app is still starting?",
      "node-app がまだ起動中のとき、nginx は何を返しますか。",
    ],
    both`${["502, because nobody listens on the app's port yet. START waits for the process, HEALTHY for its health check:", "502 です。アプリのポートで待ち受けるものがまだないからです。START はプロセスを、HEALTHY はヘルスチェックを待ちます:"]} ${DEPENDS}`,
    '{ containerName: "node-app", condition: "HEALTHY" },',
  ),
};

/** nginx begins when its configuration is written and the app is well. */
export function beginsInOrder(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "nginx begins when its configuration is written and the app is healthy",
      "設定が書かれ、アプリが正常になってから nginx が起動する",
    ]),
    faults: ORDER,
    run: (context) => withTask(context, examineOrder),
  });
}

function examineOrder(_: SynthContext, task: WebTask): CheckResult<keyof typeof ORDER> {
  const { definition, nginx, app, writer } = task;
  const [kind = "NONE", ...words] = app?.healthCheck ?? [];
  const port = appPort(task) ?? "";
  const command = words.join(" ");
  const after = nginx.dependsOn.map(({ container, condition }) => `${container} ${condition}`);
  const waits = (name: string | undefined, condition: string) =>
    name !== undefined && after.includes(`${name} ${condition}`);
  const actual: Words = both`nginx: ${["begins after", "先に必要なもの"]}: ${listed(after)}`;
  return walk(definition.address, [
    {
      fault: "no-health-check",
      expected: ["node-app has a health check of its own", "node-app 自身のヘルスチェックがある"],
      actual: both`${["health check", "ヘルスチェック"]}: ${kind}`,
      holds: kind !== "NONE",
    },
    {
      fault: "health-check-port",
      expected: both`${["a health check that asks port", "ヘルスチェックのポートが次である:"]} ${port}`,
      actual: command,
      holds: new RegExp(`:${port}\\b`).test(command),
    },
    {
      fault: "writer-first",
      expected: both`nginx: ${writer?.name ?? ""} SUCCESS`,
      actual,
      holds: waits(writer?.name, "SUCCESS"),
    },
    {
      fault: "app-first",
      expected: both`nginx: ${app?.name ?? ""} HEALTHY`,
      actual,
      holds: waits(app?.name, "HEALTHY"),
    },
  ]);
}

const ENDS = {
  "no-task": NO_TASK,
  "writer-essential": hint(
    [
      "What does ECS do when an essential container ends, be it with exit code 0?",
      "必須 (essential) のコンテナが終了すると、終了コードが 0 でも、ECS はどうしますか。",
    ],
    both`${["It stops the task. A container whose work is to end is not essential:", "タスクを停止します。終わることが仕事のコンテナは必須にしません:"]} ${ESSENTIAL}`,
    "essential: false,",
  ),
  "nginx-essential": hint(
    [
      "Who notices that nginx is gone, if the task goes on without it?",
      "nginx がなくなってもタスクが続くと、誰がそれに気付きますか。",
    ],
    both`${["Nobody starts a single container again. An essential one ends its task, and the service starts another:", "コンテナだけが起動し直されることはありません。必須のコンテナが終わればタスクが止まり、サービスが新しいタスクを起動します:"]} ${ESSENTIAL}`,
    "essential: true,",
  ),
  "app-essential": hint(
    [
      "What does the load balancer hear from a task in which only nginx is left?",
      "nginx だけが残ったタスクは、ALB に何を返しますか。",
    ],
    both`${["502, until somebody replaces the task. An essential container ends it at once:", "誰かがタスクを置き換えるまで 502 です。必須のコンテナなら、タスクはすぐに止まります:"]} ${ESSENTIAL}`,
    "essential: true,",
  ),
  "no-init": hint(
    [
      "What is process 1 of this container, and who buries the children of others that end up with it?",
      "このコンテナのプロセス 1 は何ですか。親を失った子プロセスは誰が片付けますか。",
    ],
    both`${["ECS Exec starts processes of its own there. An init process passes signals on and reaps what is left:", "ECS Exec は、そこで自分のプロセスを起動します。init プロセスは、シグナルを伝え、残ったプロセスを片付けます:"]} ${LINUX}`,
    "linuxParameters: { initProcessEnabled: true },",
  ),
};

/** What ends with what: nginx and the app are the task, what prepares it is not; each has an init process. */
export function endsTogether(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "nginx and the app end together, each behind an init process",
      "nginx とアプリは一緒に止まり、どちらにも init プロセスがある",
    ]),
    faults: ENDS,
    run: (context) => withTask(context, examineEnds),
  });
}

function examineEnds(
  _: SynthContext,
  { definition, nginx, app, writer }: WebTask,
): CheckResult<keyof typeof ENDS> {
  const essential = (name: string, is: boolean): Words => [
    `${name} is ${is ? "" : "not "}essential`,
    `${name} は必須${is ? "" : "ではない"}`,
  ];
  const step = <F extends keyof typeof ENDS>(
    fault: F,
    container: { readonly name: string; readonly isEssential: boolean } | undefined,
    wanted: boolean,
  ) => ({
    fault,
    expected: essential(container?.name ?? "", wanted),
    actual: essential(container?.name ?? "", container?.isEssential === true),
    holds: container?.isEssential === wanted,
  });
  const without = [nginx, app].filter((each) => each !== undefined && !each.hasInit);
  return walk<keyof typeof ENDS>(definition.address, [
    step("writer-essential", writer, false),
    step("nginx-essential", nginx, true),
    step("app-essential", app, true),
    {
      fault: "no-init",
      expected: ["an init process in nginx and in the app", "nginx とアプリに init プロセスがある"],
      actual: both`${["without one", "init プロセスがないもの"]}: ${listed(without.map((each) => each!.name))}`,
      holds: without.length === 0,
    },
  ]);
}
