import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { EC2 } from "@aws-sdk/client-ec2";
import { ECR } from "@aws-sdk/client-ecr";
import { ECS } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { S3 } from "@aws-sdk/client-s3";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../testing.ts";

let cloud: TestCloud;
let defaultVpc: string;

beforeAll(async () => {
  cloud = await startTestCloud();
  const { Vpcs } = await new EC2(cloud.clientConfig).describeVpcs();
  defaultVpc = Vpcs![0]!.VpcId!;
  cloud.cloud.store.database.sql.exec("PRAGMA query_only = ON");
});
afterAll(async () => {
  cloud.cloud.store.database.sql.exec("PRAGMA query_only = OFF");
  await cloud.stop();
});

type Config = TestCloud["clientConfig"];
const logGroupName = "/a/group";

test.each<[string, string, (config: Config) => Promise<unknown>]>([
  ["Amazon EC2", "InternalError", (it) => new EC2(it).createVpc({ CidrBlock: "10.0.0.0/16" })],
  ["Amazon ECR", "ServerException", (it) => new ECR(it).createRepository({ repositoryName: "aa" })],
  ["Amazon ECS", "ServerException", (it) => new ECS(it).createCluster({ clusterName: "a" })],
  [
    "Elastic Load Balancing",
    "InternalFailure",
    (it) => {
      const VpcId = defaultVpc;
      const group = { Name: "a", Protocol: "HTTP", Port: 80, VpcId } as const;
      return new ElasticLoadBalancingV2(it).createTargetGroup(group);
    },
  ],
  ["IAM", "ServiceFailureException", (it) => new IAM(it).createUser({ UserName: "a" })],
  ["AWS KMS", "KMSInternalException", (it) => new KMS(it).createKey()],
  [
    "CloudWatch Logs",
    "ServiceUnavailableException",
    (it) => new CloudWatchLogs(it).createLogGroup({ logGroupName }),
  ],
  ["Amazon S3", "InternalError", (it) => new S3(it).createBucket({ Bucket: "a-bucket" })],
  ["AWS STS", "InternalFailure", (it) => new STS(it).getSessionToken()],
])("%s calls a fault of its own %s", async (_, name, call) => {
  await expect(call(cloud.clientConfig)).rejects.toMatchObject({
    name,
    message: expect.stringMatching(/^Local AWS failed: its log has request [0-9a-f-]{36}\.$/),
    $metadata: { httpStatusCode: 500 },
  });
});
