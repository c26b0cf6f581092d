import { type Check, hint } from "@workbook/lab-kit";
import { both } from "@workbook/toolchain";
import { awsPage, type TargetFault } from "./stack-parts.ts";

type Hint = Check["faults"][string];

const TARGETS = awsPage(
  "AmazonECS/latest/developerguide/tasks-scheduled-eventbridge-scheduler.html",
);
const OVERRIDES = awsPage("AmazonECS/latest/APIReference/API_ContainerOverride.html");
const DLQ = awsPage("eventbridge/latest/userguide/eb-rule-dlq.html");
const RETRY = awsPage("eventbridge/latest/userguide/eb-rule-retry-policy.html");

/** Help with what every target that runs the report needs. @param lines what is written otherwise in each of them */
export function targetHints(lines: {
  readonly override: string;
  readonly parameters: string;
}): Readonly<Record<TargetFault, Hint>> {
  return {
    task: hint(
      [
        "Which task definition does the target name?",
        "ターゲットにはどのタスク定義が書いてありますか。",
      ],
      both`${["That of the report:", "レポートのタスク定義を書きます:"]} ${TARGETS}`,
      lines.parameters,
    ),
    network: hint(
      [
        "A service says where its tasks are put. Who says it of this one?",
        "サービスはタスクを置く場所を決めます。このタスクの場所は誰が決めますか。",
      ],
      both`${["The target does: the private subnets and a security group:", "ターゲットです。プライベートサブネットとセキュリティグループを書きます:"]} ${TARGETS}`,
      "networkConfiguration: { subnets: [...network.privateSubnetIds], securityGroups: [securityGroup.id] },",
    ),
    role: hint(
      ["As whom is the task run here?", "ここでは何の権限でタスクを動かしますか。"],
      both`${["As the role that the target names, and it has to trust who takes it on:", "ターゲットに書いたロールです。引き受けるサービスを信頼する必要があります:"]} ${TARGETS}`,
      "roleArn: runner.arn,",
    ),
    override: hint(
      [
        "The task definition says no day. How does this run learn it?",
        "タスク定義に日付はありません。この実行はどうやって知りますか。",
      ],
      both`${["By an override of the container of that name:", "その名前のコンテナの上書きで伝えます:"]} ${OVERRIDES}`,
      lines.override,
    ),
    retry: hint(
      [
        "For how long is a run tried again that could not be started?",
        "起動できなかった実行は、いつまで再試行されますか。",
      ],
      both`${["185 times in a day, unless you say otherwise. Who wants last night's report tomorrow night?", "書かなければ 1 日に 185 回です。昨夜のレポートを明日の夜に欲しい人はいますか。"]} ${RETRY}`,
      "retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 3600 },",
    ),
    "dead-letter": hint(
      ["Who hears of it when no run could be started?", "起動できなかったことを、誰が知りますか。"],
      both`${["Nobody, unless the target has a queue for dead letters:", "ターゲットにデッドレターキューがなければ、誰も知りません:"]} ${DLQ}`,
      "deadLetterConfig: { arn: failures.arn },",
    ),
  };
}
