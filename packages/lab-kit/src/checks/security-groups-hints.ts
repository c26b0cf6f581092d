import { hint } from "../hint.ts";
import { listenerPort, type ServedApp } from "../web-app.ts";
import { ruleLines } from "./rule-lines.ts";

/** Help with who may reach the load balancer and an app's tasks. */
export function securityGroupHints(app: ServedApp) {
  return { ...balancerHints(app), ...taskHints(app) };
}

function balancerHints(app: ServedApp) {
  const { youToBalancer, fromYou } = ruleLines(app);
  return {
    "no-load-balancer": hint(
      ["What do requests from outside arrive at?", "外からのリクエストは最初にどこへ届きますか。"],
      [
        "An Application Load Balancer with a security group.",
        "セキュリティグループの付いた ALB です。",
      ],
      "securityGroups: [albSecurityGroup.id],",
    ),
    "alb-closed": hint(
      [
        `May you connect to port ${listenerPort(app)} of the load balancer? Look at its security group.`,
        `ALB のポート ${listenerPort(app)} に接続できますか。ALB のセキュリティグループを見てください。`,
      ],
      [
        "A listener alone is not enough, the load balancer's group has to let you in: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html",
        "リスナーだけでは足りません。ALB のセキュリティグループで許可します: https://docs.aws.amazon.com/ja_jp/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html",
      ],
      youToBalancer,
    ),
    "alb-open": hint(
      ["Who else may connect to the load balancer?", "ほかに誰が ALB に接続できますか。"],
      [
        "In this course the load balancer is for your own address only: settings.homeCidr.",
        "この講座では、ALB に接続できるのは自分のアドレス (settings.homeCidr) だけにします。",
      ],
      fromYou,
    ),
  };
}

function taskHints(app: ServedApp) {
  const { port, container } = app;
  const { balancerToTasks, fromBalancer } = ruleLines(app);
  return {
    "tasks-closed": hint(
      [
        `May the load balancer connect to port ${port} of the tasks?`,
        `ALB はタスクのポート ${port} に接続できますか。`,
      ],
      [
        `The tasks' group admits the load balancer's group on the container port: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html`,
        `タスクのセキュリティグループで、ALB のセキュリティグループからコンテナポートへの接続を許可します: https://docs.aws.amazon.com/ja_jp/vpc/latest/userguide/security-group-rules.html`,
      ],
      balancerToTasks,
    ),
    "tasks-elsewhere": hint(
      [
        `There is a group that admits the load balancer on ${port}. Which group do the tasks of ${container} have?`,
        `ALB にポート ${port} を許可するグループはあります。${container} のタスクにはどのグループが付いていますか。`,
      ],
      [
        "The rules of a group are for those that have it. The service's network configuration names the groups of its tasks: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html",
        "グループのルールは、それが付いているものにだけ効きます。タスクのグループはサービスの networkConfiguration に書きます: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html",
      ],
      "securityGroups: [securityGroup.id],",
    ),
    "tasks-open": hint(
      [
        `Who but the load balancer could reach the tasks of ${container}?`,
        `ALB 以外の誰が ${container} のタスクに届きますか。`,
      ],
      [
        "Name the load balancer's security group as the source, not addresses.",
        "送信元には IP アドレスではなく、ALB のセキュリティグループを指定します。",
      ],
      fromBalancer,
    ),
  };
}
