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
  id: "11-parameters-and-secrets",
  title: { en: "Parameters, secrets, roles", ja: "パラメーター、シークレット、ロール" },
  summary: {
    en: "Move a setting to Parameter Store and a password to Secrets Manager under a key of your own, and give ECS and the program each the rights that it needs.",
    ja: "設定を Parameter Store に、パスワードを自分の KMS キーで暗号化した Secrets Manager に移し、ECS とプログラムのそれぞれに必要な権限だけを与えます。",
  },
  minutes: 55,
  needs: ["terraform", "go"],
  apps: [NODE_APP, GO_APP],
  standsOn: "08-two-services",
  stacks: ["images", "service"],
  files: ["stack.ts"],
  teaches: {
    adds: [
      "aws_iam_policy",
      "aws_iam_role",
      "aws_iam_role_policy",
      "aws_iam_role_policy_attachment",
      "aws_kms_key",
      "aws_s3_bucket",
      "aws_s3_object",
      "aws_secretsmanager_secret",
      "aws_secretsmanager_secret_version",
      "aws_ssm_parameter",
    ],
    // Its service waits for more, and its task reads and is another.
    changes: [
      "service/resource.aws_ecs_service.node_service",
      "service/resource.aws_ecs_task_definition.node_task",
    ],
  },
  startFailsAt: "setting",
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
