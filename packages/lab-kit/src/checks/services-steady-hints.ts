import { hint } from "../hint.ts";

const STOPPED =
  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html";
const STOPPED_JA =
  "https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/stopped-task-error-codes.html";

/** Why a service does not come to rest. */
export type ServiceFault = keyof typeof SERVICE_FAULTS;

/** Help with services that are not there or do not come to rest. */
export const SERVICE_FAULTS = {
  "not-deployed": hint(
    [
      "Has the stack been deployed since you wrote the service?",
      "サービスを書いた後、デプロイしましたか。",
    ],
    [
      "The checks of this tier look at what runs.",
      "この段階のチェックは、実際に動いているものを見ます。",
    ],
    "./workbook deploy",
  ),
  image: hint(
    [
      "Can the task reach the repository, and is the tag there?",
      "タスクからリポジトリに届きますか。そのタグはありますか。",
    ],
    [
      `Private subnets pull through the NAT gateway. See the reason of the stopped task: ${STOPPED}`,
      `プライベートサブネットからは NAT ゲートウェイ経由でプルします。停止したタスクの理由を見てください: ${STOPPED_JA}`,
    ],
    `image: settings.image("…"), … subnets: [...network.privateSubnetIds],`,
  ),
  initialization: hint(
    [
      "What did ECS try to do before the container started, and as whom?",
      "コンテナが起動する前に、ECS は何の権限で何をしようとしましたか。",
    ],
    [
      `It pulls the image and opens the log stream, with the execution role and through the NAT gateway: ${STOPPED}`,
      `タスク実行ロールを使い、NAT ゲートウェイ経由でイメージをプルし、ログストリームを開きます: ${STOPPED_JA}`,
    ],
    "executionRoleArn: executionRole.arn, … subnets: [...network.privateSubnetIds],",
  ),
  role: hint(
    [
      "Who may take the role that the task is started with?",
      "タスクの起動に使うロールを引き受けられるのは誰ですか。",
    ],
    [
      "Its trust policy names ecs-tasks.amazonaws.com: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
      "信頼ポリシーに ecs-tasks.amazonaws.com を書きます: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
    ],
    'Principal: { Service: "ecs-tasks.amazonaws.com" },',
  ),
  "log-group": hint(
    [
      "Before the container started, ECS wanted to open a log stream. In which group, in which region, and as whom?",
      "コンテナの起動前に、ECS はログストリームを開こうとしました。どのリージョンのどのロググループに、何の権限で開こうとしましたか。",
    ],
    [
      `The driver makes streams, not groups, and writes with the execution role: ${STOPPED}`,
      `ログドライバーが作るのはストリームだけで、グループは作りません。書き込みにはタスク実行ロールを使います: ${STOPPED_JA}`,
    ],
    `"awslogs-group": "/ecs/…", "awslogs-region": settings.region,`,
  ),
  "health-timeout": hint(
    [
      "The load balancer asks the tasks and hears nothing. What lies between them?",
      "ALB がヘルスチェックを送っても、タスクから応答がありません。間には何がありますか。",
    ],
    [
      "Request timed out: the tasks' security group has to admit the load balancer's group on the container port: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html",
      "Request timed out: タスクのセキュリティグループで、ALB のグループからコンテナポートへの接続を許可します: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html",
    ],
    "sourceGroupIds: [albSecurityGroup.id],",
  ),
  "health-code": hint(
    [
      "Which path does the health check ask for, and what does the app answer there?",
      "ヘルスチェックはどのパスを呼び、アプリは何を返しますか。",
    ],
    [
      "Tasks whose health check fails are replaced, for ever: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html",
      "ヘルスチェックに失敗するタスクは、いつまでも入れ替えられます: https://docs.aws.amazon.com/ja_jp/elasticloadbalancing/latest/application/target-group-health-checks.html",
    ],
    `healthCheck: { path: "/healthz", matcher: "200" },`,
  ),
  unhealthy: hint(
    [
      "What does the load balancer ask the tasks, and what do they answer?",
      "ALB はタスクに何をリクエストし、何が返っていますか。",
    ],
    [
      "Compare the health check's path and port with the app's, and look at the tasks' security group: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html",
      "ヘルスチェックのパスとポートをアプリと比べ、タスクのセキュリティグループを確認します: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html",
    ],
    `healthCheck: { path: "/healthz", matcher: "200" },`,
  ),
  exits: hint(
    ["What did the container say last?", "コンテナは最後に何を出力しましたか。"],
    ["Read its log: ./workbook logs", "ログを読みます: ./workbook logs"],
    "./workbook logs",
  ),
  "desired-count": hint(
    ["How many tasks does the service want?", "サービスはタスクをいくつ求めていますか。"],
    ["Two, one for each zone.", "AZ ごとに 1 つ、合計 2 つです。"],
    "desiredCount: 2,",
  ),
  "old-revision": hint(
    [
      "terraform apply registered a new revision. Who tells the service to run it?",
      "terraform apply は新しいリビジョンを登録しました。サービスに切り替えさせるのは誰ですか。",
    ],
    [
      "Provisioning is not deploying: the service ignores changes of the task definition, and deploy moves it on.",
      "プロビジョニングとデプロイは別です。サービスはタスク定義の変更を無視するので、deploy で切り替えます。",
    ],
    "./workbook deploy",
  ),
  slow: hint(
    [
      "What do the service's latest events say?",
      "サービスの最新イベントには何が書いてありますか。",
    ],
    [
      "The events tell step by step what ECS is doing: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages.html",
      "イベントを見ると、ECS が何をしているか順に分かります: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/service-event-messages.html",
    ],
    "./workbook status",
  ),
};
