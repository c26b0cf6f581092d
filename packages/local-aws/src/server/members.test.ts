import { DescribeRepositoriesCommand, ECRClient } from "@aws-sdk/client-ecr";
import {
  CreateRouteTableCommand,
  CreateVpcCommand,
  DescribeRouteTablesCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { CreateClusterCommand, CreateServiceCommand, ECSClient } from "@aws-sdk/client-ecs";
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetSessionTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../testing.ts";

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(async () => {
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

const refused = (member: string, operation: string) => ({
  name: "NotImplemented",
  message: `${member} of ${operation} is not implemented by Local AWS. What is: docs/reference/support-matrix.md`,
  $metadata: expect.objectContaining({ httpStatusCode: 501 }),
});

describe("a member that would not be heeded is refused by name, in the protocol's own form", () => {
  test("JSON, in a structure of the input", async () => {
    const ecs = new ECSClient(cloud.clientConfig);
    const configuration = { executeCommandConfiguration: { kmsKeyId: "key" } };
    await expect(
      ecs.send(new CreateClusterCommand({ clusterName: "c", configuration })),
    ).rejects.toMatchObject(
      refused("configuration.executeCommandConfiguration.kmsKeyId", "ecs:CreateCluster"),
    );
  });

  test("EC2's query", async () => {
    const ec2 = new EC2Client(cloud.clientConfig);
    await expect(
      ec2.send(new CreateVpcCommand({ Ipv4IpamPoolId: "ipam-pool-1", Ipv4NetmaskLength: 16 })),
    ).rejects.toMatchObject(refused("Ipv4IpamPoolId", "ec2:CreateVpc"));
  });

  test("query, in a list", async () => {
    const elb = new ElasticLoadBalancingV2Client(cloud.clientConfig);
    await expect(
      elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: "arn", Include: ["All"] })),
    ).rejects.toMatchObject(refused("Include", "elbv2:DescribeTargetHealth"));
    const sts = new STSClient(cloud.clientConfig);
    await expect(
      sts.send(
        new GetSessionTokenCommand({ SerialNumber: "arn:aws:iam::1:mfa/m", TokenCode: "123456" }),
      ),
    ).rejects.toMatchObject(refused("SerialNumber", "sts:GetSessionToken"));
  });

  test("XML of S3, in a header", async () => {
    const s3 = new S3Client({ ...cloud.clientConfig, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: "refuses-members" }));
    const SSECustomerKey = Buffer.alloc(32).toString("base64");
    await expect(
      s3.send(
        new PutObjectCommand({
          Bucket: "refuses-members",
          Key: "k",
          Body: "b",
          SSECustomerAlgorithm: "AES256",
          SSECustomerKey,
        }),
      ),
    ).rejects.toMatchObject(refused("SSECustomerAlgorithm", "s3:PutObject"));
  });
});

test("a client that fills every member in with nothing is served", async () => {
  const ecs = new ECSClient(cloud.clientConfig);
  await expect(
    ecs.send(
      new CreateServiceCommand({
        serviceName: "s",
        serviceRegistries: [],
        serviceConnectConfiguration: { enabled: false },
        deploymentConfiguration: { alarms: { alarmNames: [], rollback: false, enable: false } },
      }),
    ),
  ).rejects.toMatchObject({ name: "ClusterNotFoundException" });
  const ecr = new ECRClient(cloud.clientConfig);
  await expect(ecr.send(new DescribeRepositoriesCommand({}))).resolves.toMatchObject({
    repositories: [],
  });
});

test("the second call with a token makes nothing, and answers the same; with other parameters it is refused", async () => {
  const ec2 = new EC2Client(cloud.clientConfig);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
  const VpcId = Vpc!.VpcId;
  const create = (more: object = {}) =>
    ec2.send(new CreateRouteTableCommand({ VpcId, ClientToken: "once", ...more }));
  const first = await create();
  const second = await create();
  expect(second.RouteTable).toEqual(first.RouteTable);
  const { RouteTables } = await ec2.send(
    new DescribeRouteTablesCommand({ Filters: [{ Name: "vpc-id", Values: [VpcId!] }] }),
  );
  // The VPC's main table, and one.
  expect(RouteTables).toHaveLength(2);
  await expect(
    create({
      TagSpecifications: [{ ResourceType: "route-table", Tags: [{ Key: "a", Value: "b" }] }],
    }),
  ).rejects.toMatchObject({ name: "IdempotentParameterMismatch" });
});
