import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import {
  CreatePolicyCommand,
  IAMClient,
  PutRolePermissionsBoundaryCommand,
} from "@aws-sdk/client-iam";
import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { policyOf, roleSession } from "../services/iam/testing/role-session.ts";
import { startTestCloud } from "../testing.ts";
import { LivePage } from "./testing/live-page.ts";

test("a page is shown who may do what, within which boundary, and what a role was refused", async () => {
  const cloud = await startTestCloud();
  const [ecs, ec2, iam] = [
    new ECSClient(cloud.clientConfig),
    new EC2Client(cloud.clientConfig),
    new IAMClient(cloud.clientConfig),
  ];
  const allow = (Action: string | readonly string[], Resource: string) => ({
    Effect: "Allow",
    Action,
    Resource,
  });
  const role = await roleSession(
    cloud,
    "program",
    allow(["s3:ListBucket", "s3:GetObject"], "*"),
    { ...allow("s3:*", "*"), Effect: "Deny", Action: "s3:DeleteObject" },
    { ...allow("s3:PutObject", "*"), Condition: { Bool: { "aws:SecureTransport": "true" } } },
  );
  const boundary = await iam.send(
    new CreatePolicyCommand({
      PolicyName: "at-most",
      PolicyDocument: policyOf(allow(["s3:ListBucket", "s3:PutObject"], "*")),
    }),
  );
  const arn = boundary.Policy!.Arn!;
  await iam.send(
    new PutRolePermissionsBoundaryCommand({ RoleName: "program", PermissionsBoundary: arn }),
  );
  await ecs.send(new CreateClusterCommand({ clusterName: "web" }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "web",
      taskRoleArn: role.arn,
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      containerDefinitions: [{ name: "web", image: "web" }],
    }),
  );
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  await ecs.send(
    new CreateServiceCommand({
      cluster: "web",
      serviceName: "web",
      taskDefinition: "web",
      desiredCount: 0,
      launchType: "FARGATE",
      networkConfiguration: { awsvpcConfiguration: { subnets: [Subnets[0]!.SubnetId!] } },
    }),
  );
  const page = await LivePage.open(cloud.endpoint);
  const first = await page.message("picture", ({ roles }) => roles.length > 0);
  expect(first.roles).toEqual([
    {
      roleArn: role.arn,
      name: "program",
      uses: [{ service: "web", as: "task role" }],
      exists: true,
      boundary: arn,
      rights: [
        { action: "s3:ListBucket", resource: "*", effect: "allowed" },
        { action: "s3:GetObject", resource: "*", effect: "beyond the boundary" },
        { action: "s3:DeleteObject", resource: "*", effect: "denied" },
        { action: "s3:PutObject", resource: "*", effect: "on conditions" },
      ],
      denials: [],
    },
  ]);
  const program = new S3Client(role.clientConfig);
  await expect(program.send(new ListBucketsCommand({}))).rejects.toThrow("s3:ListAllMyBuckets");
  const { roles } = await page.message("picture", (each) => each.roles[0]?.denials.length === 1);
  expect(roles[0]!.denials).toEqual([
    { action: "s3:ListAllMyBuckets", resource: "*", at: expect.any(Number), times: 1 },
  ]);
  page.close();
  for (const client of [ecs, ec2, iam, program]) client.destroy();
  await cloud.stop();
  expect(cloud.errors).toEqual([]);
});
