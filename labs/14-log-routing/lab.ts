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

/** AWS's distribution of Fluent Bit. The digest is that of the list of its platforms. */
export const ROUTER =
  "public.ecr.aws/aws-observability/aws-for-fluent-bit:3.4.15@sha256:88e1b56cedb230486afeca6eeb26c5f6bd59c48879d0054d1674d5a58838c607";

export const lab = defineLab({
  id: "14-log-routing",
  title: { en: "Log routing", ja: "ログルーティング" },
  summary: {
    en: "Put a log router beside the Node.js app: FireLens filters its lines and brings them to CloudWatch Logs and to S3. Then, on an instance, a router that all tasks share, reached by a port and by a socket, and one beside its app. And see what is lost when a router dies.",
    ja: "Node.js アプリの隣にログルーターを置きます。FireLens がログを絞り込み、CloudWatch Logs と S3 に届けます。続いてインスタンスの上で、全タスクが共有するルーターをポートとソケットで使い、アプリの隣にも置きます。ルーターが止まったときに何が失われるかも見ます。",
  },
  minutes: 70,
  needs: ["terraform", "go"],
  needsContainers: true,
  apps: [NODE_APP, GO_APP],
  publicImages: [ROUTER],
  standsOn: "08-two-services",
  stacks: ["images", "service"],
  files: ["stack.ts", "on-instances.ts"],
  teaches: {
    adds: [
      "aws_autoscaling_group",
      "aws_cloudwatch_log_group",
      "aws_ecs_service",
      "aws_ecs_task_definition",
      "aws_iam_instance_profile",
      "aws_iam_role",
      "aws_iam_role_policy",
      "aws_iam_role_policy_attachment",
      "aws_launch_template",
      "aws_s3_bucket",
      "aws_security_group",
      "aws_ssm_parameter",
      "aws_vpc_security_group_egress_rule",
    ],
    // Its service waits for more, and its task has three containers.
    changes: [
      "service/resource.aws_ecs_service.node_service",
      "service/resource.aws_ecs_task_definition.node_task",
    ],
  },
  startFailsAt: "router",
  cost: [
    // Four tasks of a quarter of a vCPU and half a gigabyte: a router in two of them takes its part of that.
    { price: FARGATE_VCPU, quantity: 1 },
    { price: FARGATE_GB, quantity: 2 },
    { price: T2_MICRO, quantity: 1 },
    { price: APPLICATION_LOAD_BALANCER, quantity: 1 },
    { price: NAT_GATEWAY, quantity: 1 },
    // The load balancer has one in each zone, the NAT gateway has one.
    { price: PUBLIC_ADDRESS, quantity: 3 },
  ],
});
