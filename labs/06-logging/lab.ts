import {
  defineLab,
  FARGATE_GB,
  FARGATE_VCPU,
  NAT_GATEWAY,
  NODE_APP,
  PUBLIC_ADDRESS,
} from "@workbook/lab-kit";

export const lab = defineLab({
  id: "06-logging",
  title: { en: "Lines in CloudWatch Logs", ja: "CloudWatch Logs にログを送る" },
  summary: {
    en: "Write the execution role out, give the tasks' lines a log group, and deploy the new revision: Terraform registers it, and deploying is a step of its own.",
    ja: "タスク実行ロールを自分で書き、ログの送り先となるロググループを作り、新しいリビジョンをデプロイします。Terraform が行うのは登録までで、デプロイは別のステップです。",
  },
  minutes: 35,
  needs: ["terraform"],
  apps: [NODE_APP],
  stacks: ["images", "service"],
  files: ["stack.ts"],
  teaches: {
    adds: ["aws_cloudwatch_log_group", "aws_iam_policy_document"],
    changes: [
      "service/resource.aws_ecs_task_definition.node_task",
      "service/resource.aws_iam_role_policy.execution_role_policy",
    ],
  },
  startFailsAt: "execution-role",
  cost: [
    // Two tasks of a quarter of a vCPU and half a gigabyte.
    { price: FARGATE_VCPU, quantity: 0.5 },
    { price: FARGATE_GB, quantity: 1 },
    { price: NAT_GATEWAY, quantity: 1 },
    { price: PUBLIC_ADDRESS, quantity: 1 },
  ],
});
