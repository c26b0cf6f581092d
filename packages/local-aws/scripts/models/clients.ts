import type { ServiceId } from "../../src/protocol/service-id.ts";
import type { Protocol } from "../../src/protocol/wire-types.ts";

interface ClientFacts {
  /** Package name after `@aws-sdk/client-`. */
  readonly client: string;
  /** Protocols that AWS still serves for the service beside the one the SDK picked. */
  readonly otherProtocols?: readonly Protocol[];
}

/**
 * The SDK client that each service's model comes from. CloudWatch moved from query to JSON and CBOR and serves all three:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/using-post-api.html
 */
export const CLIENTS: Readonly<Record<ServiceId, ClientFacts>> = {
  ecs: { client: "ecs" },
  elbv2: { client: "elastic-load-balancing-v2" },
  ec2: { client: "ec2" },
  iam: { client: "iam" },
  sts: { client: "sts" },
  logs: { client: "cloudwatch-logs" },
  ecr: { client: "ecr" },
  s3: { client: "s3" },
  ssm: { client: "ssm" },
  kms: { client: "kms" },
  secretsmanager: { client: "secrets-manager" },
  "application-autoscaling": { client: "application-auto-scaling" },
  cloudwatch: { client: "cloudwatch", otherProtocols: ["rpc-v2-cbor", "query"] },
  events: { client: "eventbridge" },
  scheduler: { client: "scheduler" },
  servicediscovery: { client: "servicediscovery" },
  autoscaling: { client: "auto-scaling" },
  codebuild: { client: "codebuild" },
  codepipeline: { client: "codepipeline" },
  codedeploy: { client: "codedeploy" },
  resourcegroupstaggingapi: { client: "resource-groups-tagging-api" },
};

/** Protocol by the class that a client of the SDK speaks it with. */
export const PROTOCOL_OF_CLASS: Readonly<Record<string, Protocol>> = {
  AwsJson1_0Protocol: "awsJson1.0",
  AwsJson1_1Protocol: "awsJson1.1",
  AwsQueryProtocol: "query",
  AwsEc2QueryProtocol: "ec2Query",
  AwsRestJsonProtocol: "restJson",
  S3RestXmlProtocol: "restXml",
};
