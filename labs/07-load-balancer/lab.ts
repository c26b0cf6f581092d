import {
  APPLICATION_LOAD_BALANCER,
  defineLab,
  FARGATE_GB,
  FARGATE_VCPU,
  NAT_GATEWAY,
  NODE_APP,
  PUBLIC_ADDRESS,
} from "@workbook/lab-kit";

export const lab = defineLab({
  id: "07-load-balancer",
  title: { en: "A load balancer in front of the service", ja: "サービスの前に ALB を置く" },
  summary: {
    en: "Let requests in: an Application Load Balancer in the public subnets, a target group that asks the tasks how they are, a listener on port 80, and the service between them.",
    ja: "リクエストを受け入れます。パブリックサブネットの ALB、タスクの状態を確かめるターゲットグループ、ポート 80 のリスナーを作り、サービスにつなぎます。",
  },
  minutes: 52,
  needs: ["terraform"],
  apps: [NODE_APP],
  stacks: ["images", "service"],
  files: ["stack.ts"],
  teaches: {
    adds: ["alb_dns_name", "aws_lb", "aws_lb_listener", "aws_lb_target_group"],
    changes: ["service/resource.aws_ecs_service.node_service"],
  },
  startFailsAt: "load-balancer",
  cost: [
    // Two tasks of a quarter of a vCPU and half a gigabyte.
    { price: FARGATE_VCPU, quantity: 0.5 },
    { price: FARGATE_GB, quantity: 1 },
    { price: APPLICATION_LOAD_BALANCER, quantity: 1 },
    { price: NAT_GATEWAY, quantity: 1 },
    // The load balancer has one in each zone, the NAT gateway has one.
    { price: PUBLIC_ADDRESS, quantity: 3 },
  ],
});
