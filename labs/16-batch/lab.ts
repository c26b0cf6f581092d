import {
  APPLICATION_LOAD_BALANCER,
  defineLab,
  FARGATE_GB,
  FARGATE_VCPU,
  GO_APP,
  NAT_GATEWAY,
  NODE_APP,
  PUBLIC_ADDRESS,
} from "@workbook/lab-kit";

export const lab = defineLab({
  id: "16-batch",
  title: { en: "Batch: tasks that end", ja: "バッチ: 終了するタスク" },
  summary: {
    en: "Run a report every night, whenever an event asks for it, and by hand: a task without a service, told by overrides what to do, whose failures land in a queue.",
    ja: "レポートを毎晩、イベントが届いたとき、そして手動で動かします。サービスを持たないタスクに、上書きで仕事を伝え、失敗はキューに届けます。",
  },
  minutes: 70,
  needs: ["terraform", "go"],
  apps: [NODE_APP, GO_APP],
  standsOn: "08-two-services",
  stacks: ["images", "service"],
  files: ["stack.ts"],
  teaches: {
    adds: [
      "aws_cloudwatch_event_rule",
      "aws_cloudwatch_event_target",
      "aws_cloudwatch_log_group",
      "aws_ecs_task_definition",
      "aws_iam_role",
      "aws_iam_role_policy",
      "aws_scheduler_schedule",
      "aws_security_group",
      "aws_sqs_queue",
      "aws_sqs_queue_policy",
      "aws_vpc_security_group_egress_rule",
    ],
    changes: [],
  },
  startFailsAt: "report-task",
  cost: [
    // Four tasks of a quarter of a vCPU and half a gigabyte; a report takes some seconds a day.
    { price: FARGATE_VCPU, quantity: 1 },
    { price: FARGATE_GB, quantity: 2 },
    { price: APPLICATION_LOAD_BALANCER, quantity: 1 },
    { price: NAT_GATEWAY, quantity: 1 },
    // The load balancer has one in each zone, the NAT gateway has one.
    { price: PUBLIC_ADDRESS, quantity: 3 },
  ],
});
