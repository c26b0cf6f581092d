import type { Failure } from "./failure.ts";

/** What AWS refuses while a stack is applied: nothing of it is there to be looked at afterwards. */
export const REFUSAL_FAILURES = {
  "refused-pass-role": {
    made: [
      "Whoever deploys may make task definitions, and may not hand their roles to ECS.",
      "デプロイする側はタスク定義を作れますが、そのロールを ECS に渡せません。",
    ],
    seen: "refused",
    symptom: "is not authorized to perform: iam:PassRole on resource: …",
    like: ["execution-role-rights", "run-pass-role"],
    apart: [
      "It is you who are named as User, not the task's role; nothing was made.",
      "User として示されるのはタスクのロールではなく自分で、何も作られていません。",
    ],
    mend: [
      "Allow iam:PassRole on the two roles to whoever deploys.",
      "デプロイする側に、2 つのロールへの iam:PassRole を許可します。",
    ],
  },
  "refused-target-type": {
    made: [
      "The target group was made with targetType `instance`, which is the default; tasks in awsvpc need `ip`.",
      "ターゲットグループを既定の targetType `instance` で作りました。awsvpc のタスクには `ip` が必要です。",
    ],
    seen: "refused",
    symptom:
      "The provided target group … has target type instance, which is incompatible with the awsvpc network mode specified in the task definition.",
    like: ["refused-target-group-alone", "target-group-vpc"],
    apart: ["The message names the target type.", "メッセージに target type とあります。"],
    mend: [
      'targetType: "ip". It cannot be changed: the group is made anew.',
      'targetType: "ip" にします。変更できないため、作り直しになります。',
    ],
  },
  "refused-target-group-alone": {
    made: [
      "The service is made before a listener leads to its target group.",
      "リスナーがターゲットグループに転送する前に、サービスを作りました。",
    ],
    seen: "refused",
    symptom: "The target group with targetGroupArn … does not have an associated load balancer.",
    like: ["refused-target-type"],
    apart: [
      "The group is right; describe-target-groups has no LoadBalancerArns.",
      "グループ自体は正しく、describe-target-groups の LoadBalancerArns が空です。",
    ],
    mend: [
      "dependsOn: [listener] in the service.",
      "サービスに dependsOn: [listener] を書きます。",
    ],
  },
  "refused-container-port": {
    made: [
      "loadBalancer names a container port that is in no port mapping.",
      "loadBalancer の containerPort が portMappings にありません。",
    ],
    seen: "refused",
    symptom: "The container … did not have a container port … defined.",
    like: ["app-port"],
    apart: [
      "The service is not made at all; with a wrong mapping it is made, and health checks fail.",
      "サービスが作られません。マッピングの番号だけが違う場合は作られ、ヘルスチェックが失敗します。",
    ],
    mend: ["Map the port.", "ポートをマッピングします。"],
  },
  "refused-fargate-size": {
    made: [
      "CPU and memory that Fargate does not have together, such as 256 and 4096.",
      "256 と 4096 のように、Fargate にない CPU とメモリの組み合わせです。",
    ],
    seen: "refused",
    symptom: "No Fargate configuration exists for given values: … CPU, … memory.",
    like: ["refused-container-memory"],
    apart: [
      "Both numbers are the task's, not a container's.",
      "どちらもコンテナではなくタスクの値です。",
    ],
    mend: [
      "A pair of the table: 256 goes with 512, 1024 or 2048.",
      "表にある組み合わせにします。256 なら 512、1024、2048 です。",
    ],
  },
  "refused-container-memory": {
    made: [
      "A container's memory is more than the task's.",
      "コンテナのメモリがタスクより大きい値です。",
    ],
    seen: "refused",
    symptom: "The 'memory' setting for container '…' is greater than for the task.",
    like: ["refused-fargate-size", "container-memory"],
    apart: ["The message names the container.", "メッセージにコンテナ名が出ます。"],
    mend: [
      "Less for the container, or more for the task.",
      "コンテナを減らすか、タスクを増やします。",
    ],
  },
  "refused-execution-role": {
    made: [
      "A Fargate task with awslogs or an image of ECR, and no execution role.",
      "awslogs や ECR のイメージを使う Fargate タスクに、タスク実行ロールがありません。",
    ],
    seen: "refused",
    symptom: "Fargate requires task definition to have execution role ARN to support …",
    like: ["execution-role-missing"],
    apart: [
      "The definition has no role at all; of one that is not there ECS says so when a task starts.",
      "定義にロールの指定がありません。存在しないロールの場合は、タスクの起動時に分かります。",
    ],
    mend: ["executionRoleArn.", "executionRoleArn を指定します。"],
  },
  "refused-host-port": {
    made: [
      "A host port other than the container port, in awsvpc.",
      "awsvpc で、hostPort が containerPort と違います。",
    ],
    seen: "refused",
    symptom:
      "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
    like: ["app-port"],
    apart: [
      "docker run -p 80:3000 has no counterpart in awsvpc: each task has an address of its own.",
      "docker run -p 80:3000 にあたるものは awsvpc にありません。タスクごとに IP アドレスがあるためです。",
    ],
    mend: [
      "Leave hostPort out; the load balancer's port is the listener's.",
      "hostPort は書きません。外向けのポートはリスナーで決めます。",
    ],
  },
  "refused-exec-role": {
    made: [
      "enableExecuteCommand for a task without a task role.",
      "タスクロールのないタスクで enableExecuteCommand を有効にしました。",
    ],
    seen: "refused",
    symptom:
      "because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.",
    like: ["exec-rights"],
    apart: [
      "With a role that lacks rights the service is made, and the session fails.",
      "ロールがあって権限だけ足りない場合は、サービスは作られ、セッションが失敗します。",
    ],
    mend: [
      "A task role with the four ssmmessages actions.",
      "ssmmessages の 4 つのアクションを許可したタスクロールを付けます。",
    ],
  },
  "refused-capacity-provider": {
    made: [
      "The service's strategy names a capacity provider that the cluster does not have.",
      "サービスのキャパシティープロバイダーが、クラスターに関連付けられていません。",
    ],
    seen: "refused",
    symptom:
      "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster.",
    like: ["launch-type"],
    apart: [
      "FARGATE_SPOT too has to be associated with the cluster first.",
      "FARGATE_SPOT も、先にクラスターへの関連付けが必要です。",
    ],
    mend: [
      "aws_ecs_cluster_capacity_providers, before the service.",
      "サービスより先に aws_ecs_cluster_capacity_providers を作ります。",
    ],
  },
} as const satisfies Readonly<Record<string, Failure>>;
