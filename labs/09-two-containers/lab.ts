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

/** Docker's official image of nginx. The digest is that of the list of its platforms. */
export const NGINX =
  "public.ecr.aws/docker/library/nginx:1.30.5-alpine@sha256:0985e772fb9f729e6fa0980da05fca5d9c468e870eed43071545afa9d2e27d94";

export const lab = defineLab({
  id: "09-two-containers",
  title: { en: "Two containers in one task", ja: "1 つのタスクに 2 つのコンテナ" },
  summary: {
    en: "Put nginx behind the load balancer, then in front of the Node.js app in the same task: a shared network, a shared volume, an order, and one end for both.",
    ja: "ALB の後ろで nginx を動かし、次に同じタスクの中で Node.js アプリの前に置きます。ネットワークとボリュームを共有し、起動の順番と終わり方を決めます。",
  },
  minutes: 60,
  needs: ["terraform", "go"],
  needsContainers: true,
  apps: [NODE_APP, GO_APP],
  publicImages: [NGINX],
  stacks: ["images", "service"],
  files: ["stack.ts"],
  teaches: {
    adds: [
      "aws_cloudwatch_log_group",
      "aws_ecs_service",
      "aws_ecs_task_definition",
      "aws_iam_role",
      "aws_iam_role_policy",
      "aws_lb_listener",
      "aws_lb_target_group",
      "aws_security_group",
      "aws_vpc_security_group_egress_rule",
      "aws_vpc_security_group_ingress_rule",
    ],
    changes: [],
  },
  startFailsAt: "web-task",
  cost: [
    // Six tasks of a quarter of a vCPU and half a gigabyte: how many containers are in one does not matter.
    { price: FARGATE_VCPU, quantity: 1.5 },
    { price: FARGATE_GB, quantity: 3 },
    { price: APPLICATION_LOAD_BALANCER, quantity: 1 },
    { price: NAT_GATEWAY, quantity: 1 },
    // The load balancer has one in each zone, the NAT gateway has one.
    { price: PUBLIC_ADDRESS, quantity: 3 },
  ],
});
