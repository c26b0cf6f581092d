import type { Failure } from "./failure.ts";

const NO_WAY_TO_ECR = {
  seen: "stopped",
  symptom:
    "There is a connection issue between the task and Amazon ECR. Check your task network configuration.",
} as const;
const NO_WAY_TO_LOGS = {
  seen: "stopped",
  symptom:
    "There is a connection issue between the task and Amazon CloudWatch. Check your network configuration.",
} as const;

/** On the way from a task to what it needs. */
export const NETWORK_FAILURES = {
  "subnet-full": {
    made: [
      "A subnet is so small that no address is left for a task.",
      "サブネットが小さく、タスクに割り当てる IP アドレスが残っていません。",
    ],
    seen: "stopped",
    symptom: "InsufficientFreeAddressesInSubnet",
    like: ["deployment-percentages"],
    apart: [
      "describe-subnets says AvailableIpAddressCount 0.",
      "describe-subnets の AvailableIpAddressCount が 0 です。",
    ],
    mend: [
      "Larger or more subnets; a rolling update needs addresses for old and new tasks at once.",
      "サブネットを広げるか増やします。ローリングアップデート中は新旧両方のタスクのアドレスが必要です。",
    ],
  },
  "network-dns": {
    made: ["The VPC's DNS support is switched off.", "VPC の DNS 解決を無効にしました。"],
    seen: "stopped",
    symptom: "dial tcp: lookup api.ecr.….amazonaws.com: i/o timeout",
    like: ["network-no-route", "task-egress"],
    apart: [
      "The time-out is one of `lookup`, so no address was ever tried; without a route it is one of an address and port 443.",
      "タイムアウトしたのは `lookup` で、接続先のアドレスまで進んでいません。ルートがない場合は、アドレスと 443 番ポートへのタイムアウトになります。",
    ],
    mend: [
      "enableDnsSupport, and for endpoints enableDnsHostnames too.",
      "enableDnsSupport を有効にします。エンドポイントには enableDnsHostnames も必要です。",
    ],
  },
  "network-no-route": {
    made: [
      "The private subnets' route table has no default route, or a subnet is not associated with it.",
      "プライベートサブネットのルートテーブルにデフォルトルートがないか、サブネットに関連付けられていません。",
    ],
    ...NO_WAY_TO_ECR,
    like: ["task-egress", "network-acl", "network-nat-gone", "network-no-public-address"],
    apart: [
      "describe-route-tables of the task's subnet has no 0.0.0.0/0.",
      "タスクのサブネットの describe-route-tables に 0.0.0.0/0 がありません。",
    ],
    mend: [
      "A route to the NAT gateway, or endpoints for ECR, S3 and Logs.",
      "NAT ゲートウェイへのルートか、ECR、S3、Logs のエンドポイントを用意します。",
    ],
  },
  "network-no-public-address": {
    made: [
      "Tasks are in public subnets, and assignPublicIp is DISABLED.",
      "タスクをパブリックサブネットに置き、assignPublicIp が DISABLED です。",
    ],
    ...NO_WAY_TO_ECR,
    like: ["network-no-route", "task-egress"],
    apart: [
      "The default route is there and leads to an internet gateway; the task's interface has a private address alone.",
      "デフォルトルートはインターネットゲートウェイを向いていますが、タスクの ENI にはプライベートアドレスしかありません。",
    ],
    mend: [
      "Private subnets with a NAT gateway, or a public address.",
      "NAT ゲートウェイのあるプライベートサブネットに置くか、パブリック IP を割り当てます。",
    ],
  },
  "network-nat-gone": {
    made: [
      "The NAT gateway was deleted to save money, and its route stayed.",
      "費用を抑えるために NAT ゲートウェイを削除し、ルートが残っています。",
    ],
    ...NO_WAY_TO_ECR,
    like: ["network-no-route", "network-nat-placement"],
    apart: [
      "The route is there; describe-nat-gateways says deleted, and in time the route says blackhole.",
      "ルートはありますが、describe-nat-gateways が deleted です。やがてルートは blackhole になります。",
    ],
    mend: [
      "A NAT gateway, and the route to it.",
      "NAT ゲートウェイを作り、ルートをそこに向けます。",
    ],
  },
  "network-nat-placement": {
    made: [
      "The NAT gateway is in a private subnet, or is of the private kind.",
      "NAT ゲートウェイをプライベートサブネットに置いたか、private タイプで作りました。",
    ],
    ...NO_WAY_TO_ECR,
    like: ["network-no-route", "network-nat-gone"],
    apart: [
      "The gateway is available and the route leads to it; its own subnet's table leads to no internet gateway.",
      "ゲートウェイは available でルートも向いていますが、ゲートウェイ自身のサブネットからインターネットゲートウェイに出られません。",
    ],
    mend: ["Put it in a public subnet.", "パブリックサブネットに置きます。"],
  },
  "task-egress": {
    made: [
      "The tasks' security group lets nothing out, or not port 443: Terraform takes the default rule away.",
      "タスクのセキュリティグループにアウトバウンドルール (443) がありません。Terraform は既定のルールを削除します。",
    ],
    ...NO_WAY_TO_ECR,
    like: ["network-no-route", "network-acl", "endpoint-ingress"],
    apart: [
      "Routes and NAT are as they should be; describe-security-group-rules has no rule with IsEgress true.",
      "ルートと NAT は正しく、describe-security-group-rules に IsEgress が true のルールがありません。",
    ],
    mend: [
      "An egress rule for 443 at least.",
      "少なくとも 443 のアウトバウンドルールを追加します。",
    ],
  },
  "network-acl": {
    made: [
      "A network ACL lets requests out and forgets the answers, or denies by an earlier number.",
      "ネットワーク ACL がリクエストだけを許可して応答を忘れているか、若い番号のルールで拒否しています。",
    ],
    ...NO_WAY_TO_ECR,
    like: ["task-egress", "network-no-route"],
    apart: [
      "Security groups and routes are right. A network ACL is stateless: look for the answers' ports, 1024-65535, in the other direction.",
      "セキュリティグループとルートは正しい状態です。ネットワーク ACL はステートレスなので、逆方向の応答ポート (1024-65535) を確認します。",
    ],
    mend: [
      "Let the answers in, or go back to the default ACL.",
      "応答を許可するか、デフォルトの ACL に戻します。",
    ],
  },
  "endpoint-missing": {
    made: [
      "No NAT gateway, endpoints for ECR and S3, and none for CloudWatch Logs.",
      "NAT ゲートウェイがなく、ECR と S3 のエンドポイントだけで CloudWatch Logs のものがありません。",
    ],
    ...NO_WAY_TO_LOGS,
    like: ["log-group-missing", "network-no-route"],
    apart: [
      "The image was pulled: it is the log driver that cannot get out. The log group is there.",
      "イメージのプルは成功し、ログドライバーだけが外に出られません。ロググループは存在します。",
    ],
    mend: [
      "An interface endpoint for com.amazonaws.REGION.logs.",
      "com.amazonaws.REGION.logs のインターフェイスエンドポイントを追加します。",
    ],
  },
  "endpoint-unavailable": {
    made: [
      "An interface endpoint with private DNS was made without subnets.",
      "プライベート DNS 付きのインターフェイスエンドポイントを、サブネットなしで作りました。",
    ],
    ...NO_WAY_TO_LOGS,
    like: ["endpoint-missing", "endpoint-ingress"],
    apart: [
      "There is a NAT gateway, and still the name leads to the endpoint, which has no interface. Without it all would work.",
      "NAT ゲートウェイがあっても、名前はインターフェイスのないエンドポイントに解決されます。エンドポイントがなければ動きます。",
    ],
    mend: [
      "Give it the tasks' subnets, or take it away.",
      "タスクのサブネットを指定するか、削除します。",
    ],
  },
  "endpoint-ingress": {
    made: [
      "The endpoints' security group does not admit port 443 of the tasks.",
      "エンドポイントのセキュリティグループが、タスクからの 443 を許可していません。",
    ],
    ...NO_WAY_TO_ECR,
    like: ["task-egress", "network-no-route"],
    apart: [
      "The endpoints are available, and in the right subnets; their group has no rule for 443.",
      "エンドポイントは available で、サブネットも正しいのに、グループに 443 のルールがありません。",
    ],
    mend: ["Admit 443 from the tasks.", "タスクからの 443 を許可します。"],
  },
  "endpoint-policy": {
    made: [
      "An endpoint's policy allows something else than what ECS asks for.",
      "エンドポイントのポリシーが、ECS の必要とするアクションを許可していません。",
    ],
    seen: "stopped",
    symptom: "because no VPC endpoint policy allows the ecr:GetAuthorizationToken action",
    like: ["execution-role-rights", "repository-policy"],
    apart: [
      "The message names the kind of policy. The role by itself may do it: simulate-principal-policy says allowed.",
      "メッセージにポリシーの種類が出ます。ロール自体は許可されており、simulate-principal-policy は allowed です。",
    ],
    mend: [
      "Allow the actions in the endpoint's policy; for S3 too, where the layers are.",
      "エンドポイントのポリシーで許可します。レイヤーのある S3 も忘れないでください。",
    ],
  },
} as const satisfies Readonly<Record<string, Failure>>;
