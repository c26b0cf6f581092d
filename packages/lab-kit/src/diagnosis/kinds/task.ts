import type { Kind } from "../kinds.ts";
import { ecsPage } from "./pages.ts";

const PULL = ecsPage("task_cannot_pull_image");
const STOPPED = ecsPage("stopped-task-error-codes");
const LOGS = ecsPage("specify-log-config");
const LAST_WORDS = [
  "What did the container say last?",
  "コンテナは最後に何を出力しましたか。",
] as const;
const WHICH_IMAGE = [
  "Which image does the task definition name, and which ones are there?",
  "タスク定義はどのイメージを指していますか。実際にあるのはどれですか。",
] as const;
const WHICH_LOG = [
  "Before the container started, ECS wanted to open a log stream. In which group, and in which region?",
  "コンテナの起動前に、ECS はログストリームを開こうとしました。どのリージョンのどのロググループですか。",
] as const;
const IMAGE_LINE = "image: settings.image(…),";

/** Causes in the image, the task definition, and the container. */
export const TASK_KINDS = {
  "image-registry": { question: WHICH_IMAGE, page: PULL, line: IMAGE_LINE },
  "image-repository-missing": { question: WHICH_IMAGE, page: PULL, line: IMAGE_LINE },
  "image-missing": { question: WHICH_IMAGE, page: PULL, line: IMAGE_LINE },
  "image-platform": {
    question: [
      "For which processor was the image built, and on which one does the task run?",
      "イメージはどの CPU 用にビルドされ、タスクはどの CPU で動きますか。",
    ],
    page: ecsPage("ecs-arm64"),
    line: 'runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "LINUX" },',
  },
  "log-region": { question: WHICH_LOG, page: LOGS, line: '"awslogs-region": settings.region,' },
  "log-group-missing": { question: WHICH_LOG, page: LOGS, line: '"awslogs-group": logs.name,' },
  "log-options": {
    question: WHICH_LOG,
    page: LOGS,
    line: '"awslogs-group": logs.name, "awslogs-region": settings.region,',
  },
  "local-limit": {
    question: [
      "What does the task definition ask for that Local AWS does not do?",
      "タスク定義は、Local AWS にできない何を求めていますか。",
    ],
    page: STOPPED,
    line: "./workbook status",
  },
  "container-command": {
    question: [
      "Which program is the container to run, and is it in the image?",
      "コンテナはどのプログラムを実行しますか。それはイメージの中にありますか。",
    ],
    page: STOPPED,
    line: [
      'CMD ["node", "src/main.js"] in the Dockerfile, or command: ["node", "src/main.js"], in the task definition',
      'Dockerfile の CMD ["node", "src/main.js"]、またはタスク定義の command: ["node", "src/main.js"],',
    ],
  },
  "task-failed-to-start": {
    question: [
      "What did ECS say when the task stopped?",
      "タスクが停止したとき、ECS は何と言いましたか。",
    ],
    page: STOPPED,
    line: "./workbook status",
  },
  "container-memory": {
    question: [
      "How much memory may the container use?",
      "コンテナが使えるメモリはどれだけですか。",
    ],
    page: ecsPage("task-cpu-memory-error"),
    line: 'memory: "512",',
  },
  "container-port-rights": {
    question: [
      "As which user does the program listen, and from which port on may that user?",
      "プログラムはどのユーザーで待ち受けますか。そのユーザーが使えるのは何番以上のポートですか。",
    ],
    page: ecsPage("task_definition_parameters"),
    line: 'systemControls: [{ namespace: "net.ipv4.ip_unprivileged_port_start", value: "80" }],',
  },
  "container-port-taken": {
    question: LAST_WORDS,
    page: STOPPED,
    line: 'environment: [{ name: "PORT", value: … }],',
  },
  "container-dependency": {
    question: [
      "Which container does this one wait for, and what came of it?",
      "このコンテナはどのコンテナを待ち、そのコンテナはどうなりましたか。",
    ],
    page: ecsPage("task_definition_parameters"),
    line: '{ containerName: …, condition: "SUCCESS" },',
  },
  "container-upstream": {
    question: [
      "By which name do the containers of one task reach each other?",
      "1 つのタスクのコンテナどうしは、どの名前で通信しますか。",
    ],
    page: ecsPage("fargate-task-networking"),
    line: "proxy_pass http://127.0.0.1:…;",
  },
  "upstream-refused": {
    question: [
      "On which port does the app listen, which one does the proxy ask, and did it wait for the app?",
      "アプリはどのポートで待ち受け、プロキシはどのポートに接続しますか。プロキシはアプリを待ちましたか。",
    ],
    page: ecsPage("fargate-task-networking"),
    line: "proxy_pass http://127.0.0.1:…;",
  },
  "volume-unshared": {
    question: [
      "Which containers mount the volume?",
      "ボリュームをマウントしているのは、どのコンテナですか。",
    ],
    page: ecsPage("bind-mounts"),
    line: "mountPoints: [{ sourceVolume: …, containerPath: … }],",
  },
  "container-environment": {
    question: [
      "Which settings does the program want, and who gives them to it?",
      "プログラムが必要とする設定は何で、誰が渡しますか。",
    ],
    page: ecsPage("taskdef-envfiles"),
    line: "environment: [{ name: …, value: … }],",
  },
  "container-exits": { question: LAST_WORDS, page: STOPPED, line: "./workbook logs" },
  "container-ends": {
    question: [
      "When does the program end, and should it?",
      "プログラムはいつ終了しますか。終了してよいものですか。",
    ],
    page: STOPPED,
    line: "./workbook logs",
  },
  "container-signal": {
    question: [
      "ECS sends SIGTERM first. Who in the container gets it, and what does it do?",
      "ECS は最初に SIGTERM を送ります。コンテナの中で誰が受け取り、どうしますか。",
    ],
    page: STOPPED,
    line: "linuxParameters: { initProcessEnabled: true },",
  },
  "container-health-check": {
    question: [
      "What does the container's own health check run, and is that in the image?",
      "コンテナ自身のヘルスチェックは何を実行しますか。それはイメージの中にありますか。",
    ],
    page: ecsPage("healthcheck"),
    line: 'healthCheck: { command: ["CMD", "node", "-e", …] },',
  },
} as const satisfies Readonly<Record<string, Kind>>;
