import {
  APPLICATION_LOAD_BALANCER,
  defineLab,
  FARGATE_GB,
  FARGATE_VCPU,
  GO_APP,
  NAT_GATEWAY,
  NODE_APP,
  PUBLIC_ADDRESS,
  T2_MICRO,
} from "@workbook/lab-kit";

export const lab = defineLab({
  id: "15-network-modes",
  title: {
    en: "Network modes and the EC2 launch type",
    ja: "ネットワークモードと EC2 起動タイプ",
  },
  summary: {
    en: "Run one task on instances of your own beside Fargate, in the modes bridge, host and awsvpc: who gives it its port and its address, what fits on an instance, and what Fargate takes off you.",
    ja: "Fargate の隣で、同じタスクを自分のインスタンスの上で動かします。bridge、host、awsvpc の各モードで、ポートとアドレスを誰が決めるか、インスタンスに何が収まるか、Fargate が何を引き受けているかを見ます。",
  },
  minutes: 80,
  needs: ["terraform", "go"],
  needsContainers: true,
  apps: [NODE_APP, GO_APP],
  standsOn: "08-two-services",
  stacks: ["images", "service"],
  files: ["stack.ts"],
  teaches: {
    adds: [
      "aws_autoscaling_group",
      "aws_cloudwatch_log_group",
      "aws_ecs_capacity_provider",
      "aws_ecs_service",
      "aws_ecs_task_definition",
      "aws_iam_instance_profile",
      "aws_iam_role",
      "aws_iam_role_policy",
      "aws_iam_role_policy_attachment",
      "aws_launch_template",
      "aws_lb_listener",
      "aws_lb_target_group",
      "aws_security_group",
      "aws_ssm_parameter",
      "aws_vpc_security_group_egress_rule",
      "aws_vpc_security_group_ingress_rule",
    ],
    // The cluster is given one more.
    changes: ["service/resource.aws_ecs_cluster_capacity_providers.cluster_capacity_providers"],
  },
  startFailsAt: "instances",
  cost: [
    // Four tasks of a quarter of a vCPU and half a gigabyte.
    { price: FARGATE_VCPU, quantity: 1 },
    { price: FARGATE_GB, quantity: 2 },
    // As many instances as the tasks need.
    { price: T2_MICRO, quantity: 2 },
    { price: APPLICATION_LOAD_BALANCER, quantity: 1 },
    { price: NAT_GATEWAY, quantity: 1 },
    // The load balancer has one in each zone, the NAT gateway has one.
    { price: PUBLIC_ADDRESS, quantity: 3 },
  ],
});
