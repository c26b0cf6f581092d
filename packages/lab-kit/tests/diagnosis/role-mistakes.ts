import { ownImage } from "./web-image.ts";
import type { Mistake } from "./mistake.ts";
import type { Stack } from "./stack.ts";

const POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (Action: string | readonly string[], Resource = "*") => ({
  Effect: "Allow",
  Action,
  Resource,
});
const deny = (Action: string, Resource = "*") => ({ Effect: "Deny", Action, Resource });
const trust = (Service: string) =>
  document({ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" });

/** The execution role with an inline policy in the place of AWS's. */
const only =
  (...statements: object[]) =>
  async ({ aws: { iam }, role: RoleName }: Stack): Promise<void> => {
    await iam.detachRolePolicy({ RoleName, PolicyArn: POLICY });
    await iam.putRolePolicy({
      RoleName,
      PolicyName: "own",
      PolicyDocument: document(...statements),
    });
  };

const and =
  (...statements: object[]) =>
  async ({ aws: { iam }, role: RoleName }: Stack): Promise<void> => {
    const PolicyDocument = document(...statements);
    await iam.putRolePolicy({ RoleName, PolicyName: "own", PolicyDocument });
  };

export const ROLE_MISTAKES: readonly Mistake[] = [
  {
    what: "the execution role is deleted",
    chapter: 5,
    finding: "execution-role-missing",
    before: async ({ aws: { iam }, role: RoleName }) => {
      await iam.detachRolePolicy({ RoleName, PolicyArn: POLICY });
      await iam.deleteRole({ RoleName });
    },
  },
  {
    what: "the execution role trusts EC2",
    chapter: 8,
    finding: "execution-role-trust",
    before: async ({ aws: { iam }, role: RoleName }) => {
      await iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: trust("ec2.amazonaws.com") });
    },
  },
  {
    what: "the execution role trusts ecs, not ecs-tasks",
    chapter: 5,
    finding: "execution-role-trust",
    after: async ({ aws: { iam }, role: RoleName }) => {
      await iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: trust("ecs.amazonaws.com") });
    },
  },
  {
    what: "the task role trusts Lambda",
    chapter: 5,
    finding: "task-role-trust",
    before: async ({ aws: { iam }, node, options: { number } }) => {
      const RoleName = `task-role-${number}`;
      const { Role } = await iam.createRole({
        RoleName,
        AssumeRolePolicyDocument: trust("lambda.amazonaws.com"),
      });
      node.definition.taskRoleArn = Role!.Arn!;
    },
  },
  {
    what: "the task role is not there",
    chapter: 5,
    finding: "task-role-missing",
    before: async ({ node }) => {
      node.definition.taskRoleArn = "arn:aws:iam::123456789012:role/nobody";
    },
  },
  {
    what: "the execution role has no policy",
    chapter: 8,
    finding: "execution-role-rights",
    before: async ({ aws: { iam }, role: RoleName }) => {
      await iam.detachRolePolicy({ RoleName, PolicyArn: POLICY });
    },
  },
  {
    what: "the execution role may not log in to ECR",
    chapter: 5,
    finding: "execution-role-rights",
    before: only(allow(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "logs:*"])),
  },
  {
    what: "the execution role may not read manifests",
    chapter: 5,
    finding: "execution-role-rights",
    before: only(allow(["ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer", "logs:*"])),
  },
  {
    what: "the execution role may not read layers",
    chapter: 5,
    finding: "execution-role-rights",
    before: only(allow(["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "logs:*"])),
  },
  {
    what: "the execution role may pull from another repository only",
    chapter: 5,
    finding: "execution-role-rights",
    before: only(
      allow("ecr:GetAuthorizationToken"),
      allow("ecr:*", "arn:aws:ecr:*:*:repository/other"),
      allow("logs:*"),
    ),
  },
  {
    what: "the execution role may not make log streams",
    chapter: 5,
    finding: "execution-role-rights",
    before: only(allow(["ecr:*", "logs:PutLogEvents"])),
  },
  {
    what: "the execution role may not put log events",
    chapter: 5,
    finding: "logs-not-delivered",
    before: only(allow(["ecr:*", "logs:CreateLogStream"])),
  },
  {
    what: "the rights are taken away while tasks run",
    chapter: 7,
    finding: "execution-role-rights",
    after: async ({ aws: { iam }, role: RoleName }) => {
      await iam.detachRolePolicy({ RoleName, PolicyArn: POLICY });
    },
  },
  {
    what: "a statement denies ECR's layers",
    chapter: 5,
    finding: "execution-role-deny",
    before: and(deny("ecr:GetDownloadUrlForLayer")),
  },
  {
    what: "a statement denies log streams",
    chapter: 5,
    finding: "execution-role-deny",
    catalogues: "execution-role-deny",
    before: and(deny("logs:CreateLogStream")),
  },
  {
    what: "a permissions boundary leaves ECR out",
    chapter: 5,
    finding: "execution-role-boundary",
    before: async ({ aws: { iam }, role: RoleName, options: { number } }) => {
      const { Policy } = await iam.createPolicy({
        PolicyName: `boundary-${number}`,
        PolicyDocument: document(allow("logs:*")),
      });
      await iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: Policy!.Arn! });
    },
  },
  {
    what: "the log driver is to make the group and may not",
    chapter: 5,
    finding: "execution-role-rights",
    before: async ({ node }) => {
      const { options } = node.definition.containerDefinitions![0]!.logConfiguration!;
      Object.assign(options!, { "awslogs-create-group": "true", "awslogs-group": "/to/be/made" });
    },
  },
  {
    what: "the execution role may pull in another region only",
    chapter: 5,
    finding: "execution-role-rights",
    before: async ({ aws: { iam }, role: RoleName }) => {
      await iam.detachRolePolicy({ RoleName, PolicyArn: POLICY });
      await iam.putRolePolicy({
        RoleName,
        PolicyName: "own",
        PolicyDocument: document({
          Effect: "Allow",
          Action: ["ecr:*", "logs:*"],
          Resource: "*",
          Condition: { StringEquals: { "aws:RequestedRegion": "us-east-1" } },
        }),
      });
    },
  },
  {
    what: "the execution role trusts tasks of another account",
    chapter: 5,
    finding: "execution-role-trust",
    before: async ({ aws: { iam }, role: RoleName }) => {
      await iam.updateAssumeRolePolicy({
        RoleName,
        PolicyDocument: document({
          Effect: "Allow",
          Principal: { Service: "ecs-tasks.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": "999999999999" } },
        }),
      });
    },
  },
  {
    what: "the repository's own policy denies pulling",
    chapter: 5,
    finding: "repository-policy",
    before: async (stack) => {
      await ownImage(stack);
      await stack.aws.ecr.setRepositoryPolicy({
        repositoryName: `own-${stack.options.number}`,
        policyText: document({
          Effect: "Deny",
          Principal: "*",
          Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        }),
      });
    },
  },
];
