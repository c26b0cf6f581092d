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
  id: "10-deploying",
  title: {
    en: "Deploying: Terraform, ecspresso, CodeDeploy",
    ja: "デプロイ: Terraform、ecspresso、CodeDeploy",
  },
  summary: {
    en: "Deploy in three ways, and say who owns what: Terraform alone, ecspresso with files that read Terraform's state, and CodeDeploy with a canary. What is broken goes back by itself.",
    ja: "3 つの方法でデプロイし、何を誰が受け持つかを決めます。Terraform だけの方法、Terraform のステートを読むファイルで ecspresso を使う方法、CodeDeploy のカナリアです。壊れたものは自動で戻ります。",
  },
  minutes: 76,
  needs: ["terraform", "go"],
  apps: [NODE_APP, GO_APP],
  standsOn: "08-two-services",
  stacks: ["images", "service"],
  files: [
    "stack.ts",
    "owners.md",
    "node-app/ecspresso.yml",
    "node-app/ecs-service-def.json",
    "node-app/ecs-task-def.json",
    "go-app/ecspresso.yml",
    "go-app/ecs-service-def.json",
    "go-app/ecs-task-def.json",
  ],
  teaches: {
    adds: [
      "aws_cloudwatch_log_group",
      "aws_cloudwatch_metric_alarm",
      "aws_codedeploy_app",
      "aws_codedeploy_deployment_group",
      "aws_ecs_service",
      "aws_ecs_task_definition",
      "aws_iam_role",
      "aws_iam_role_policy_attachment",
      "aws_lb_listener",
      "aws_lb_target_group",
      "aws_security_group",
      "aws_vpc_security_group_egress_rule",
      "aws_vpc_security_group_ingress_rule",
    ],
    changes: [
      "service/resource.aws_ecs_service.go_service",
      "service/resource.aws_ecs_service.node_service",
    ],
  },
  startFailsAt: "guards",
  cost: [
    // Six tasks of a quarter of a vCPU and half a gigabyte.
    { price: FARGATE_VCPU, quantity: 1.5 },
    { price: FARGATE_GB, quantity: 3 },
    { price: APPLICATION_LOAD_BALANCER, quantity: 1 },
    { price: NAT_GATEWAY, quantity: 1 },
    // The load balancer has one in each zone, the NAT gateway has one.
    { price: PUBLIC_ADDRESS, quantity: 3 },
  ],
});
