import { hint } from "../hint.ts";
import { GO_APP, listenerPort, type ServedApp } from "../web-app.ts";

/** Help with everything that can be wrong in an app's service. */
export function serviceHints(app: ServedApp) {
  return { ...runningHints(app), ...targetHints(app) };
}

/** Help with what runs, and where. */
export function runningHints(app: ServedApp) {
  return { ...startHints(app), ...countHints(), ...networkHints(app) };
}

function startHints({ container }: ServedApp) {
  return {
    missing: hint(
      [
        `What starts a task of ${container} again when one dies?`,
        `${container} のタスクが落ちたら、誰が起動し直しますか。`,
      ],
      [
        "An EcsService: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html",
        "EcsService です: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/ecs_services.html",
      ],
      `new EcsService(this, "…", { name: settings.named("${container}"), cluster: cluster.arn, taskDefinition: task.arn, desiredCount: 2, … });`,
    ),
    "launch-type": hint(
      [
        "On what do the tasks run, if nothing is said?",
        "何も指定しないと、タスクは何の上で動きますか。",
      ],
      [
        "On EC2 instances, of which this cluster has none: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/launch_types.html",
        "EC2 インスタンスです。このクラスターには 1 台もありません: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/launch_types.html",
      ],
      `launchType: "FARGATE",`,
    ),
    "platform-version": hint(
      [
        "If AWS publishes a new platform version tomorrow, do you want to find out by a deployment?",
        "明日新しいプラットフォームバージョンが出たら、デプロイして初めて気付くことになってもよいですか。",
      ],
      [
        "Name the version instead of LATEST: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html",
        "LATEST ではなくバージョンを明記します: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/platform-fargate.html",
      ],
      `platformVersion: "1.4.0",`,
    ),
  };
}

/** How many tasks there are, also while a deployment is under way and after it. */
function countHints() {
  return {
    "desired-count": hint(
      [
        "What do users see while the only task is replaced?",
        "唯一のタスクが入れ替わる間、利用者には何が見えますか。",
      ],
      ["Two tasks, one for each zone.", "AZ ごとに 1 つ、合計 2 つ動かします。"],
      "desiredCount: 2,",
    ),
    percentages: hint(
      [
        "While a deployment is under way, how many tasks have to stay, and how many may there be?",
        "デプロイ中、いくつのタスクを残す必要があり、いくつまで動かせますか。",
      ],
      [
        "Where both numbers are the same, no task can be started and none stopped: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html",
        "両方が同じ数だと、タスクを起動することも停止することもできません: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/deployment-type-ecs.html",
      ],
      "deploymentMinimumHealthyPercent: 100, deploymentMaximumPercent: 200,",
    ),
    "task-definition-not-ignored": hint(
      [
        "After a deployment of a newer revision, what would the next terraform apply do?",
        "新しいリビジョンをデプロイした後、次の terraform apply は何をしますか。",
      ],
      [
        "It would go back to its own revision. Provisioning is not deploying: https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#ignore_changes",
        "Terraform が知っているリビジョンに戻してしまいます。プロビジョニングとデプロイは別です: https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#ignore_changes",
      ],
      `lifecycle: { ignoreChanges: ["task_definition"] },`,
    ),
  };
}

function networkHints(app: ServedApp) {
  return {
    egress: egressHint(app),
    subnets: hint(
      ["In which subnets do the tasks belong?", "タスクはどのサブネットに置きますか。"],
      [
        "In the private ones of both zones; only the load balancer stands in public ones.",
        "両方の AZ のプライベートサブネットです。パブリックサブネットに置くのは ALB だけです。",
      ],
      "networkConfiguration: { subnets: [...network.privateSubnetIds], … },",
    ),
    "public-address": hint(
      [
        "Who should be able to address a task directly?",
        "タスクに直接到達できるべきなのは誰ですか。",
      ],
      [
        "Nobody: the tasks reach the internet through the NAT gateway, and are reached through the load balancer.",
        "誰もいません。タスクは NAT ゲートウェイ経由で外に出て、ALB 経由で呼ばれます。",
      ],
      "assignPublicIp: false,",
    ),
    "security-group": hint(
      [
        "Which security group do the tasks have, and whom does it admit?",
        "タスクのセキュリティグループはどれで、誰の接続を許可していますか。",
      ],
      [
        "The one made for the tasks; left out, they get the VPC's default group: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html",
        "タスク用に作ったものを使います。省略すると VPC のデフォルトになります: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html",
      ],
      "securityGroups: [securityGroup.id],",
    ),
  };
}

const egressHint = ({ container }: ServedApp) =>
  hint(
    [
      "By which port do the tasks reach ECR and CloudWatch Logs, and who lets them out?",
      "タスクはどのポートで ECR と CloudWatch Logs に届きますか。それを許可しているのは何ですか。",
    ],
    [
      "A security group without an egress rule lets nothing out; Terraform takes the one away that AWS gives to new groups: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group",
      "アウトバウンドルールのないセキュリティグループは何も外に出しません。新しいグループに AWS が付けるルールは、Terraform が外します: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group",
    ],
    container === GO_APP.container
      ? `new VpcSecurityGroupEgressRule(this, "…", { securityGroupId: tasks.id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" });`
      : "securityGroups: [securityGroup.id],",
  );

/** How a load balancer finds it. */
function targetHints(app: ServedApp) {
  const { container, port } = app;
  return {
    "target-group": hint(
      [
        `Which target group does listener ${listenerPort(app)} forward to?`,
        `リスナー ${listenerPort(app)} はどのターゲットグループに転送しますか。`,
      ],
      [
        "The service registers its tasks in that one: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html",
        "サービスはそのターゲットグループにタスクを登録します: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/service-load-balancing.html",
      ],
      `loadBalancer: [{ targetGroupArn: targets.arn, containerName: "${container}", containerPort: ${port} }],`,
    ),
    "target-container": hint(
      [
        "What are container and port called in the task definition?",
        "タスク定義ではコンテナ名とポートはどうなっていますか。",
      ],
      ["The load balancer block repeats both.", "loadBalancer ブロックにも同じものを書きます。"],
      `containerName: "${container}", containerPort: ${port},`,
    ),
    "grace-period": hint(
      [
        "What happens to a task that is still starting when the first health check fails?",
        "起動中のタスクが最初のヘルスチェックに失敗すると、どうなりますか。",
      ],
      [
        "Give it time: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html",
        "猶予期間を与えます: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/service_definition_parameters.html",
      ],
      "healthCheckGracePeriodSeconds: 60,",
    ),
    "listener-first": hint(
      [
        "The service does not mention the listener. In which order does Terraform make them?",
        "サービスはリスナーを参照していません。Terraform はどちらを先に作りますか。",
      ],
      [
        "Both at once, and ECS refuses a target group that no load balancer leads to. Say that the listener comes first.",
        "同時に作り始めます。ALB につながっていないターゲットグループを ECS は受け付けません。リスナーが先だと明示します。",
      ],
      "dependsOn: [listener, network.egress, ...executionRole.permissions],",
    ),
  };
}
