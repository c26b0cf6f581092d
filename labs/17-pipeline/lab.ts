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
  id: "17-pipeline",
  title: {
    en: "CI/CD: from a push to a greeting",
    ja: "CI/CD: プッシュから応答まで",
  },
  summary: {
    en: "A pipeline takes a Git push through tests, docker build, your approval and a rolling update. A failing test ends it, and what breaks at start is rolled back.",
    ja: "Git のプッシュを、テスト、docker build、承認、ローリング更新まで運ぶパイプラインを作ります。テストが失敗すれば止まり、起動で壊れるものはロールバックされます。",
  },
  minutes: 50,
  needs: ["terraform", "go"],
  needsContainers: true,
  apps: [NODE_APP, GO_APP],
  publicImages: ["public.ecr.aws/codebuild/amazonlinux-x86_64-standard:5.0"],
  standsOn: "08-two-services",
  stacks: ["images", "service"],
  files: [
    "stack.ts",
    "greeting/buildspec.yml",
    "greeting/Dockerfile",
    "greeting/ecr-password.sh",
    "greeting/greeting.mjs",
    "greeting/server.mjs",
    "greeting/test.mjs",
  ],
  teaches: {
    adds: [
      "aws_cloudwatch_log_group",
      "aws_codebuild_project",
      "aws_codepipeline",
      "aws_codestarconnections_connection",
      "aws_ecr_repository",
      "aws_iam_role",
      "aws_iam_role_policy",
      "aws_s3_bucket",
    ],
    changes: ["service/resource.aws_ecs_service.node_service"],
  },
  startFailsAt: "guard",
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
