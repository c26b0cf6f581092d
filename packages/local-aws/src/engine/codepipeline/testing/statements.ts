/** What the pipeline's role may: a statement for each service that its actions call. */
export const STATEMENTS = {
  artifacts: {
    Effect: "Allow",
    Action: ["s3:PutObject", "s3:GetObject"],
    Resource: "arn:aws:s3:::artifacts/*",
  },
  connection: { Effect: "Allow", Action: "codestar-connections:UseConnection", Resource: "*" },
  ecs: {
    Effect: "Allow",
    Action: [
      "ecs:DescribeServices",
      "ecs:DescribeTaskDefinition",
      "ecs:RegisterTaskDefinition",
      "ecs:UpdateService",
    ],
    Resource: "*",
  },
  pass: { Effect: "Allow", Action: "iam:PassRole", Resource: "*" },
} as const;

/** What a pipeline's role needs to have CodeDeploy deploy. */
export const DEPLOYS = {
  Effect: "Allow",
  Action: [
    "codedeploy:CreateDeployment",
    "codedeploy:GetApplicationRevision",
    "codedeploy:GetDeployment",
    "codedeploy:GetDeploymentConfig",
    "codedeploy:RegisterApplicationRevision",
  ],
  Resource: "*",
};
