import {
  type Check,
  type CheckResult,
  containersOf,
  defineCheck,
  failed,
  hint,
  listed,
  type SynthContext,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import { NGINX } from "../lab.ts";
import { parameterPage, WEB, webTask, type WebTask } from "./web.ts";

const IMAGES = parameterPage("container_definition_image");
const PORTS = parameterPage("container_definition_portmappings");

const FAULTS = {
  missing: hint(
    [
      "Which task runs nginx, and where does ECS get its image from?",
      "nginx はどのタスクで動きますか。ECS はそのイメージをどこから取得しますか。",
    ],
    both`${["An image of a public registry is named in full, without a repository of your own:", "公開レジストリのイメージは、レジストリ名から書きます。自分のリポジトリは要りません:"]} ${IMAGES}`,
    'container: { name: "nginx", image: NGINX, port: 80, … },',
  ),
  "image-moves": hint(
    [
      "Which nginx will a task run that starts next year?",
      "来年起動するタスクは、どのバージョンの nginx を動かしますか。",
    ],
    both`${["Without a tag it is latest, and that is another one every month:", "タグを省略すると latest で、その中身は毎月変わります:"]} ${IMAGES}`,
    `const NGINX = "${NGINX}";`,
  ),
  "container-name": hint(
    [
      "By which name will the service's load balancer block find nginx?",
      "サービスの loadBalancer ブロックは、nginx をどの名前で探しますか。",
    ],
    [
      "The container is called nginx; service, logs and ECS Exec use that name.",
      "コンテナ名は nginx です。サービス、ログ、ECS Exec がこの名前を使います。",
    ],
    'name: "nginx",',
  ),
  "container-port": hint(
    ["On which port does nginx listen?", "nginx はどのポートで待ち受けますか。"],
    both`${["Its image comes with a configuration that says 80, and so does yours:", "イメージに付いてくる設定は 80 です。あなたの設定も同じにします:"]} ${PORTS}`,
    'portMappings: [{ containerPort: 80, protocol: "tcp" }],',
  ),
  "not-fargate": hint(
    [
      "Which network mode do tasks on Fargate have?",
      "Fargate のタスクのネットワークモードは何ですか。",
    ],
    both`${["On Fargate a task has a network interface of its own, which its containers share:", "Fargate ではタスクごとに ENI が 1 つ付き、その中のコンテナが共有します:"]} ${parameterPage("network_mode")}`,
    'requiresCompatibilities: ["FARGATE"], networkMode: "awsvpc",',
  ),
  "no-execution-role": hint(
    [
      "Who pulls the app's image, and writes the logs?",
      "アプリのイメージをプルし、ログを書くのは誰ですか。",
    ],
    [
      "ECS does, with the task execution role. nginx's image is public, the app's is not: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
      "ECS がタスク実行ロールを使って行います。nginx のイメージは公開されていますが、アプリのイメージは違います: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
    ],
    "executionRoleArn: executionRole.arn,",
  ),
};

/** A task definition runs nginx, as its makers publish it, on Fargate. */
export function runsNginx(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text(["A task definition for nginx", "nginx のタスク定義"]),
    faults: FAULTS,
    run(context) {
      const task = webTask(context);
      if (task !== undefined) return examine(context, task);
      const images = context.synth
        .all("aws_ecs_task_definition")
        .flatMap((definition) => containersOf(definition) ?? [])
        .map(({ image }) => image);
      return failed(
        "missing",
        [
          `a task definition with a container of the image ${WEB.publicImage}`,
          `イメージ ${WEB.publicImage} のコンテナを持つタスク定義がある`,
        ],
        both`${["task definitions run", "タスク定義のイメージ:"]} ${listed(images)}`,
      );
    },
  });
}

function examine(
  context: SynthContext,
  { definition, nginx }: WebTask,
): CheckResult<keyof typeof FAULTS> {
  const { attributes } = definition;
  const mode = String(attributes["network_mode"] ?? "bridge");
  const launchTypes = [attributes["requires_compatibilities"] ?? []].flat().map(String);
  const roles = context.synth.referredToBy(definition, attributes["execution_role_arn"]);
  const tag = nginx.image.slice(WEB.publicImage.length);
  return walk(definition.address, [
    {
      fault: "not-fargate",
      expected: both`${MODE} awsvpc, ${FOR} FARGATE`,
      actual: both`${MODE} ${mode}, ${FOR} ${listed(launchTypes)}`,
      holds: mode === "awsvpc" && launchTypes.includes("FARGATE"),
    },
    {
      fault: "image-moves",
      expected: ["an image with a tag that names a version", "イメージのタグがバージョンを指す"],
      actual: both`${["image", "イメージ"]}: ${nginx.image}`,
      holds: /\d/.test(tag),
    },
    {
      fault: "container-name",
      expected: ['a container called "nginx"', 'コンテナの名前が "nginx" である'],
      actual: [`the container is called "${nginx.name}"`, `コンテナの名前は "${nginx.name}" です`],
      holds: nginx.name === WEB.container,
    },
    {
      fault: "container-port",
      expected: [`container port ${WEB.port}`, `コンテナポート ${WEB.port}`],
      actual: both`${["container ports", "コンテナポート"]}: ${listed(nginx.ports.map(String))}`,
      holds: nginx.ports.includes(WEB.port),
    },
    {
      fault: "no-execution-role",
      expected: ["an execution role", "タスク実行ロールがある"],
      actual: both`${["execution role", "タスク実行ロール"]}: ${listed(roles.map(({ address }) => address))}`,
      holds: roles.some(({ type }) => type === "aws_iam_role"),
    },
  ]);
}

const MODE = ["network mode", "ネットワークモード"] as const;
const FOR = ["compatibility", "互換性"] as const;
