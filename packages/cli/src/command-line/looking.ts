import { defineCommand, flag, value } from "./define-command.ts";

/** What looks at what was deployed, and other programs that do. */
export const LOOKING = [
  defineCommand({
    name: "status",
    group: "look",
    isEssential: true,
    summary: ["Say what runs, and where it answers", "何が動いていて、どこで応答するかを示す"],
    run: async (session) => (await import("../commands/status.ts")).statusCommand(session),
  }),
  defineCommand({
    name: "why",
    group: "look",
    isEssential: true,
    summary: [
      "Say why it does not work: all, a service, a task, a URL",
      "なぜ動かないかを示す: すべて、サービス、タスク、URL",
    ],
    args: { what: {} },
    target: "any",
    exits: { 1: ["a cause was found", "原因が見つかった"] },
    run: async (session, { what }) =>
      (await import("../commands/why.ts")).whyCommand(session, what),
  }),
  defineCommand({
    name: "logs",
    group: "look",
    isEssential: true,
    summary: [
      "Print what tasks wrote to CloudWatch Logs",
      "タスクが CloudWatch Logs に書いたものを表示する",
    ],
    args: { service: {} },
    options: { follow: flag(["Go on printing", "表示し続ける"], "f") },
    target: "any",
    run: async (session, { service }, { follow }) =>
      (await import("../commands/logs.ts")).logsCommand(session, service, follow),
  }),
  defineCommand({
    name: "exec",
    group: "look",
    isEssential: true,
    summary: [
      "Open a shell in a task, or run a command in it",
      "タスクの中でシェルを開く、またはコマンドを実行する",
    ],
    more: [
      "The exit code is the command's. On AWS, the AWS CLI does the same with the Session Manager plugin: aws ecs execute-command.",
      "終了コードは実行したコマンドのものです。AWS では、AWS CLI の aws ecs execute-command が Session Manager プラグインを使って同じことをします。",
    ],
    examples: [
      ["exec", ["A shell in the only service's task", "唯一のサービスのタスクでシェルを開く"]],
      [
        "exec node-app --container web -- env",
        [
          "A command in one container of a service's task",
          "サービスのタスクの 1 つのコンテナで実行する",
        ],
      ],
    ],
    args: { service: {}, command: { isBehindDashes: true } },
    options: {
      container: value("<name>", [
        "The container; needed where the task has several",
        "コンテナ名。タスクに複数あるときに必要",
      ]),
    },
    run: async (session, { service, command }, { container }) =>
      (await import("../commands/exec.ts")).execCommand(session, { service, container, command }),
  }),
  defineCommand({
    name: "load",
    group: "look",
    summary: [
      "Send requests to a service, and watch it scale",
      "サービスにリクエストを送り、スケールする様子を見る",
    ],
    more: [
      "Minutes are AWS's: at a pace of 60, one is a second. On AWS the requests are paid for, and so are the tasks that they make appear.",
      "分は AWS の時間です。60 倍速なら 1 秒になります。AWS では、リクエストにも、それで増えるタスクにも料金がかかります。",
    ],
    examples: [
      [
        "load node-app --requests 240 --minutes 8",
        ["240 requests a minute for 8 minutes", "毎分 240 リクエストを 8 分間送る"],
      ],
      [
        "load --minutes 12 --quiet 40 --picture scaling.svg",
        [
          "Then watch quiet make tasks go, and draw it all",
          "その後タスクが減る様子も見て、図にする",
        ],
      ],
    ],
    args: { service: {} },
    options: {
      requests: value("<count>", [
        "Requests a minute; 110 unless told, 0 only watches",
        "1 分間のリクエスト数。指定しなければ 110、0 なら見るだけ",
      ]),
      minutes: value("<count>", [
        "How long, in minutes; 10 unless told",
        "何分間続けるか。指定しなければ 10",
      ]),
      quiet: value("<count>", [
        "Then watch so many minutes without a request",
        "その後、リクエストを送らずに見る分数",
      ]),
      picture: value("<file>", [
        "Draw what was seen into a file, as SVG",
        "見えたことを SVG の図にしてファイルに書く",
      ]),
      path: value("<path>", ["What is asked for; / unless told", "送り先のパス。指定しなければ /"]),
    },
    target: "any",
    exits: { 1: ["no request was answered", "応答が 1 つもなかった"] },
    run: async (session, { service }, options) =>
      (await import("../commands/load.ts")).loadCommand(session, service, options),
  }),
  defineCommand({
    name: "aws",
    group: "look",
    isEssential: true,
    summary: ["Run the AWS CLI against Local AWS", "Local AWS に対して AWS CLI を実行する"],
    args: { args: { isRest: true } },
    isVerbatim: true,
    run: async (session, { args }) =>
      (await import("../commands/aws.ts")).awsCommand(session, args),
  }),
  defineCommand({
    name: "ecspresso",
    group: "look",
    summary: ["Run ecspresso against Local AWS", "Local AWS に対して ecspresso を実行する"],
    args: { args: { isRest: true } },
    isVerbatim: true,
    run: async (session, { args }) =>
      (await import("../commands/ecspresso.ts")).ecspressoCommand(session, args),
  }),
  defineCommand({
    name: "terraform",
    group: "look",
    summary: [
      "Run Terraform on a stack: terraform service state list",
      "スタックに Terraform を実行する: terraform service state list",
    ],
    args: { args: { isRest: true } },
    isVerbatim: true,
    run: async (session, { args }) =>
      (await import("../commands/terraform.ts")).terraformCommand(session, args),
  }),
  defineCommand({
    name: "env",
    group: "look",
    summary: [
      'Print shell exports: eval "$(./workbook env)"',
      'シェルの設定を書き出す: eval "$(./workbook env)"',
    ],
    options: {
      unset: flag([
        "Print the way back: what makes the shell forget all that again",
        "元に戻すための設定を書き出す",
      ]),
    },
    run: async (session, _args, { unset }) =>
      (await import("../commands/env.ts")).envCommand(session, unset),
  }),
  defineCommand({
    name: "doctor",
    group: "look",
    summary: [
      "Look at what this machine has and lacks",
      "このマシンにあるもの、足りないものを調べる",
    ],
    exits: { 3: ["something needed is missing", "必要なものが足りない"] },
    run: async (session) => (await import("../commands/doctor.ts")).doctorCommand(session),
  }),
];
