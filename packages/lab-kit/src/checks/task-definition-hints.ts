import { hint } from "../hint.ts";
import { GO_APP, type WebApp } from "../web-app.ts";

/** Help with everything that can be wrong in an app's task definition. */
export function taskDefinitionHints(app: WebApp) {
  return { ...definitionHints(app), ...TASK_HINTS, ...containerHints(app), ...portHints(app) };
}

/** Help with what is there at all. */
function definitionHints({ container, repository }: WebApp) {
  return {
    missing: hint(
      [
        `What tells ECS to run the image of ${container}?`,
        `ECS は何を見て ${container} のイメージを動かしますか。`,
      ],
      [
        `Write an EcsTaskDefinition whose container has the image settings.image("${repository}"): https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definitions.html`,
        `コンテナのイメージに settings.image("${repository}") を指定した EcsTaskDefinition を書きます: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/task_definitions.html`,
      ],
      `containerDefinitions: JSON.stringify([{ name: "${container}", image: settings.image("${repository}"), … }]),`,
    ),
    unreadable: hint(
      [
        "What does container_definitions look like in the synthesised JSON?",
        "生成された JSON で container_definitions はどうなっていますか。",
      ],
      [
        "Terraform wants the container definitions as one JSON text. JSON.stringify makes it, and these checks can read it.",
        "Terraform はコンテナ定義を 1 つの JSON テキストとして受け取ります。JSON.stringify を使うと、このチェックでも読めます。",
      ],
      "containerDefinitions: JSON.stringify([{ … }]),",
    ),
  };
}

/** Help with the task as a whole. */
const TASK_HINTS = {
  "not-fargate": hint(
    [
      "Which network mode do tasks on Fargate have?",
      "Fargate のタスクのネットワークモードは何ですか。",
    ],
    [
      "On Fargate every task has a network interface of its own: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html",
      "Fargate ではタスクごとに専用のネットワークインターフェイス (ENI) が付きます: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/fargate-task-networking.html",
    ],
    `requiresCompatibilities: ["FARGATE"], networkMode: "awsvpc",`,
  ),
  platform: hint(
    [
      "For which processor was the image built, and on which one does the task run?",
      "イメージはどの CPU 用にビルドされ、タスクはどの CPU で動きますか。",
    ],
    [
      "The images are built for X86_64, which is what a task runs on where it does not say otherwise: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm64.html",
      "イメージは X86_64 用にビルドされています。何も指定しなければタスクも X86_64 で動きます: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/ecs-arm64.html",
    ],
    'runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "LINUX" },',
  ),
  size: hint(
    [
      "How much does this app need, and which pairs of CPU and memory does Fargate offer?",
      "このアプリに必要な大きさはどれくらいですか。Fargate が用意する CPU とメモリの組み合わせはどれですか。",
    ],
    [
      "Take the smallest pair of the table: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size",
      "表のいちばん小さい組み合わせを選びます: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size",
    ],
    `cpu: "256", memory: "512",`,
  ),
  "no-execution-role": hint(
    [
      "Who pulls the image and writes the logs, before any of your code runs?",
      "あなたのコードが動く前に、イメージをプルし、ログを書くのは誰ですか。",
    ],
    [
      "ECS does, with the task execution role: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
      "ECS がタスク実行ロールを使って行います: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
    ],
    "executionRoleArn: executionRole.arn,",
  ),
};

/** Help with its container. */
function containerHints({ container }: WebApp) {
  return {
    "container-name": hint(
      [
        "By which name will the service's load balancer block find this container?",
        "サービスの loadBalancer ブロックは、このコンテナをどの名前で探しますか。",
      ],
      [
        `The container is called ${container}; service, logs and deployments use that name.`,
        `コンテナ名は ${container} です。サービス、ログ、デプロイがこの名前を使います。`,
      ],
      `name: "${container}",`,
    ),
    "container-memory": hint(
      [
        "How much memory does the task have, and how much may its container use?",
        "タスクのメモリはいくつで、コンテナはそのうちいくつ使えますか。",
      ],
      [
        "A container without a memory of its own may use all that the task has: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_memory",
        "コンテナの memory を書かなければ、タスクのメモリをすべて使えます: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_memory",
      ],
      `memory: "512",`,
    ),
    "health-check": hint(
      [
        "In which file system does the container's health check look for its program?",
        "コンテナのヘルスチェックは、どのファイルシステムからプログラムを探しますか。",
      ],
      [
        "It runs inside of the container, with what the image has: no curl in either image, and no shell in one FROM scratch. The target group's health check asks from outside: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html",
        "コンテナの中で、イメージにあるものだけを使って実行されます。どちらのイメージにも curl はなく、FROM scratch のイメージにはシェルもありません。ターゲットグループのヘルスチェックは外から調べます: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/healthcheck.html",
      ],
      container === GO_APP.container
        ? 'healthCheck: { path: "/healthz", matcher: "200" },'
        : 'healthCheck: { command: ["CMD", "node", "-e", "…"] },',
    ),
  };
}

/** Help with the port that it listens on. */
function portHints({ container, port }: WebApp) {
  return {
    "container-port": hint(
      [`On which port does ${container} listen?`, `${container} はどのポートで待ち受けますか。`],
      [
        "In awsvpc mode a port mapping names the container's port alone: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html",
        "awsvpc モードの portMappings にはコンテナのポートだけを書きます: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/APIReference/API_PortMapping.html",
      ],
      `portMappings: [{ containerPort: ${port}, protocol: "tcp" }],`,
    ),
    "privileged-port": hint(
      [
        `As which user does the image of ${container} run, and on which ports may that user listen?`,
        `${container} のイメージはどのユーザーで動き、そのユーザーはどのポートで待ち受けられますか。`,
      ],
      [
        "On Fargate only root may listen below port 1024, unless the task lowers that border: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SystemControl.html",
        "Fargate では、1024 未満のポートで待ち受けられるのは root だけです。その境目はタスクごとに下げられます: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/APIReference/API_SystemControl.html",
      ],
      `systemControls: [{ namespace: "net.ipv4.ip_unprivileged_port_start", value: "${port}" }],`,
    ),
    "port-variable": hint(
      [
        `How does ${container} know that it should listen on ${port}?`,
        `${container} はポート ${port} で待ち受けることをどうやって知りますか。`,
      ],
      [
        "The app reads the environment variable PORT, and a mapping does not set it.",
        "アプリは環境変数 PORT を読みます。portMappings だけでは設定されません。",
      ],
      `environment: [{ name: "PORT", value: "${port}" }],`,
    ),
  };
}
