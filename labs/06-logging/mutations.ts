import { defineMutations } from "@workbook/lab-kit";

const file = "stack.ts";

/** Tasks that run go on with the role that they were started with; a new revision needs new ones. */
const NEW_REVISION = {
  replace: 'environment: [{ name: "PORT", value: "80" }],',
  by: 'environment: [{ name: "PORT", value: "80" }, { name: "APP_VERSION", value: "2" }],',
};

/** Wrong answers that learners give, and the check that must be the first to say so. */
export const mutations = defineMutations([
  {
    id: "no-execution-role",
    file,
    replace: "executionRoleArn: executionRole.arn,",
    by: "",
    caughtBy: "task",
    fault: "no-execution-role",
    deployed: {
      refused: "Fargate requires task definition to have execution role ARN to support ECR images.",
    },
  },
  {
    // The image of this sidecar is nobody's: it is the log driver that cannot do without the role.
    id: "sidecar-logs-without-execution-role",
    file,
    replace: "executionRoleArn: executionRole.arn,",
    by: "",
    also: [
      {
        replace: `JSON.stringify([
        {
          name: "node-app",`,
        by: `JSON.stringify([
        {
          name: "proxy",
          image: "public.ecr.aws/nginx/nginx:stable",
          essential: false,
          logConfiguration: {
            logDriver: "awslogs",
            options: {
              "awslogs-group": logs.name,
              "awslogs-region": settings.region,
              "awslogs-stream-prefix": "ecs",
            },
          },
        },
        {
          name: "node-app",`,
      },
    ],
    caughtBy: "task",
    fault: "no-execution-role",
    deployed: {
      refused:
        "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
    },
  },
  {
    id: "role-that-tasks-cannot-assume",
    file,
    replace: 'Principal: { Service: "ecs-tasks.amazonaws.com" },',
    by: 'Principal: { Service: "ecs.amazonaws.com" },',
    also: [NEW_REVISION],
    caughtBy: "execution-role",
    fault: "trust",
    deployed: {
      caughtBy: "service-steady",
      fault: "execution-role-trust",
      says: "does not name ecs-tasks.amazonaws.com",
    },
  },
  {
    id: "role-without-the-managed-policy",
    file,
    replace: "sourcePolicyDocuments: [managed.policy],",
    by: "",
    also: [NEW_REVISION],
    caughtBy: "execution-role",
    fault: "no-managed-policy",
    deployed: {
      caughtBy: "service-steady",
      fault: "execution-role-rights",
      says: "may not ecr:GetAuthorizationToken",
    },
  },
  {
    id: "role-that-reads-no-parameters",
    file,
    replace: 'actions: ["ssm:GetParameters", "kms:Decrypt"]',
    by: 'actions: ["ssm:GetParameters"]',
    caughtBy: "execution-role",
    fault: "no-parameters",
  },
  {
    id: "no-log-driver",
    file,
    replace: 'logDriver: "awslogs",',
    by: 'logDriver: "awsfirelens",',
    caughtBy: "logs",
    fault: "no-driver",
  },
  {
    id: "no-stream-prefix",
    file,
    replace: '"awslogs-stream-prefix": "ecs",',
    by: "",
    caughtBy: "logs",
    fault: "no-prefix",
    deployed: {
      refused: "Fargate requires log configuration options to include awslogs-stream-prefix",
    },
  },
  {
    id: "log-group-that-does-not-exist",
    file,
    replace: '"awslogs-group": logs.name,',
    by: '"awslogs-group": "/ecs/elsewhere",',
    caughtBy: "logs",
    fault: "no-group",
    deployed: {
      caughtBy: "service-steady",
      fault: "log-group-missing",
      says: "there is no such log group",
    },
  },
  {
    id: "logs-kept-for-ever",
    file,
    replace: "retentionInDays: 180,",
    by: "",
    caughtBy: "logs",
    fault: "retention",
  },
  {
    id: "applied-but-never-deployed",
    file,
    replace: '"awslogs-stream-prefix": "ecs",',
    by: '"awslogs-stream-prefix": "node",',
    caughtBy: "service-steady",
    fault: "old-revision",
    tier: "live",
    deployed: { release: false },
  },
  {
    id: "log-region-elsewhere",
    file,
    replace: '"awslogs-region": settings.region,',
    by: '"awslogs-region": "us-east-1",',
    caughtBy: "logs",
    fault: "region",
  },
  {
    id: "role-under-another-name",
    file,
    replace: 'new IamRole(this, "execution_role", {\n      name: settings.named("ecs-execution"),',
    by: 'new IamRole(this, "execution_role", {\n      name: settings.named("task-execution"),',
    caughtBy: "plan-keeps",
    fault: "replaces",
    tier: "plan",
  },
]);
