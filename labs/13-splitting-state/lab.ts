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
  id: "13-splitting-state",
  title: { en: "Splitting stacks and state", ja: "スタックとステートの分割" },
  summary: {
    en: "Take one stack apart into network, data, parameters and service, each with a state of its own, and move what is there without destroying anything.",
    ja: "1 つのスタックを、ネットワーク、データ、パラメーター、サービスに分け、それぞれにステートを持たせます。いまあるものは、何も削除せずに移します。",
  },
  minutes: 60,
  needs: ["terraform", "go"],
  apps: [NODE_APP, GO_APP],
  standsOn: "11-parameters-and-secrets",
  stacks: ["images", "network", "data", "parameters", "service"],
  files: ["stack.ts"],
  teaches: {
    adds: ["aws_ssm_parameter"],
    // What is in another stack now is told what it referred to; Terraform reads the same values, and changes none.
    changes: [
      "data/resource.aws_s3_bucket.notes",
      "service/resource.aws_ecs_service.go_service",
      "service/resource.aws_ecs_service.node_service",
      "service/resource.aws_ecs_task_definition.node_task",
      "service/resource.aws_iam_policy.task_boundary",
      "service/resource.aws_iam_role_policy.node_execution_role_policy",
      "service/resource.aws_iam_role_policy.node_task_role_policy",
      "service/resource.aws_lb.alb",
      "service/resource.aws_lb_target_group.go_targets",
      "service/resource.aws_lb_target_group.node_targets",
      "service/resource.aws_security_group.alb_security_group",
      "service/resource.aws_security_group.go_security_group",
      "service/resource.aws_security_group.node_security_group",
    ],
    moves: ["data", "network", "parameters"],
  },
  startFailsAt: "network",
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
