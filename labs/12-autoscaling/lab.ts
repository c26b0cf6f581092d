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
  id: "12-autoscaling",
  title: { en: "Autoscaling", ja: "オートスケーリング" },
  summary: {
    en: "Let the number of Node.js tasks follow requests, processor and clock: a scalable target, two target tracking policies, scheduled actions.",
    ja: "Node.js のタスク数を、リクエスト数、CPU、時刻に追従させます。スケーラブルターゲット、2 つのターゲット追跡スケーリングポリシー、スケジュールされたアクションを使います。",
  },
  minutes: 45,
  needs: ["terraform", "go"],
  apps: [NODE_APP, GO_APP],
  standsOn: "08-two-services",
  stacks: ["images", "service"],
  files: ["stack.ts"],
  teaches: {
    adds: [
      "aws_appautoscaling_policy",
      "aws_appautoscaling_scheduled_action",
      "aws_appautoscaling_target",
    ],
    // Its desired count is no longer Terraform's.
    changes: ["service/resource.aws_ecs_service.node_service"],
  },
  startFailsAt: "scalable-target",
  cost: [
    // Four tasks of a quarter of a vCPU and half a gigabyte; under load up to four more.
    { price: FARGATE_VCPU, quantity: 1 },
    { price: FARGATE_GB, quantity: 2 },
    { price: APPLICATION_LOAD_BALANCER, quantity: 1 },
    { price: NAT_GATEWAY, quantity: 1 },
    // The load balancer has one in each zone, the NAT gateway has one.
    { price: PUBLIC_ADDRESS, quantity: 3 },
  ],
});
