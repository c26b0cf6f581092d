import { hint } from "@workbook/lab-kit";

const STOPPED =
  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html";
const STOPPED_JA =
  "https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/stopped-task-error-codes.html";
const ROLE =
  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html";
const ROLE_JA =
  "https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/task_execution_IAM_role.html";

/** Help with a standalone task that does not come to the exit code that its command has. */
export const ONE_OFF_FAULTS = {
  "not-deployed": hint(
    ["What does a task need to start in?", "タスクはどこで起動しますか。"],
    [
      "A cluster, private subnets and a security group: ./workbook deploy 4",
      "クラスター、プライベートサブネット、セキュリティグループが必要です: ./workbook deploy 4",
    ],
    "./workbook deploy 4",
  ),
  refused: hint(
    [
      "What did ECS say when it was asked to run the task?",
      "タスクの実行を頼んだとき、ECS は何と答えましたか。",
    ],
    [
      "RunTask has to fit the task definition: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html",
      "RunTask はタスク定義に合っている必要があります: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html",
    ],
    `requiresCompatibilities: ["FARGATE"], networkMode: "awsvpc",`,
  ),
  role: hint(
    [
      "As whom did ECS try to prepare the task, and what was it not allowed?",
      "ECS は何の権限でタスクを準備し、何が許可されていませんでしたか。",
    ],
    [
      `See the trust and the permissions of the execution role: ${ROLE}`,
      `タスク実行ロールの信頼ポリシーと権限を見てください: ${ROLE_JA}`,
    ],
    `new ExecutionRole(this, "execution_role", { name: settings.named("ecs-execution"), readsParameters: false });`,
  ),
  "no-way-out": hint(
    [
      "Which way did the task try to reach ECR?",
      "タスクはどの経路で ECR に接続しようとしましたか。",
    ],
    [
      `A time-out while pulling means that there is no route, or that nothing may leave: ${STOPPED}`,
      `プル中のタイムアウトは、ルートがないか、外に出られないことを示します: ${STOPPED_JA}`,
    ],
    `new Network(this, "network", { name: settings.named("workbook"), … });`,
  ),
  image: hint(
    [
      "Is there an image of that tag in the repository?",
      "そのタグのイメージはリポジトリにありますか。",
    ],
    [
      `CannotPullContainerError names what it looked for: ${STOPPED}`,
      `CannotPullContainerError に、探したイメージが書かれています: ${STOPPED_JA}`,
    ],
    `image: settings.image("nodejs-app"),`,
  ),
  "exit-code": hint(
    ["What did the command of the override do?", "オーバーライドしたコマンドは何をしましたか。"],
    [
      `The container's exit code is that of its first process: ${STOPPED}`,
      `コンテナの終了コードは、最初のプロセスの終了コードです: ${STOPPED_JA}`,
    ],
    `CMD ["node", "src/main.js"]`,
  ),
  slow: hint(
    ["In which state is the task still?", "タスクはまだどの状態ですか。"],
    [
      "A task goes through these states: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html",
      "タスクのライフサイクルを見てください: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/task-lifecycle-explanation.html",
    ],
    "./workbook check 4",
  ),
};
