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
  id: "08-two-services",
  title: { en: "Two services behind one load balancer", ja: "1 つの ALB の後ろに 2 つのサービス" },
  summary: {
    en: "Add a Go service on port 8080 beside the Node.js service on port 80: a second repository, task, service, target group and listener.",
    ja: "ポート 80 の Node.js サービスに加えて、ポート 8080 の Go サービスを動かします。リポジトリ、タスク定義、サービス、ターゲットグループ、リスナーをもう 1 組作ります。",
  },
  minutes: 55,
  needs: ["terraform", "go"],
  apps: [NODE_APP, GO_APP],
  stacks: ["images", "service"],
  files: ["stack.ts"],
  teaches: {
    adds: [
      "aws_cloudwatch_log_group",
      "aws_ecs_service",
      "aws_ecs_task_definition",
      "aws_lb_listener",
      "aws_lb_target_group",
      "aws_security_group",
      "aws_vpc_security_group_egress_rule",
      "aws_vpc_security_group_ingress_rule",
    ],
    changes: [],
  },
  startFailsAt: "go-task",
  isFullHandsOn: true,
  cost: [
    // Four tasks of a quarter of a vCPU and half a gigabyte.
    { price: FARGATE_VCPU, quantity: 1 },
    { price: FARGATE_GB, quantity: 2 },
    { price: APPLICATION_LOAD_BALANCER, quantity: 1 },
    { price: NAT_GATEWAY, quantity: 1 },
    // The load balancer has one in each zone, the NAT gateway has one.
    { price: PUBLIC_ADDRESS, quantity: 3 },
  ],
});
