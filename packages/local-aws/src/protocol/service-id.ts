interface ModelledService {
  /** The SDK client that the model is made from: its package's name after `@aws-sdk/client-`. */
  readonly client: string;
  /** Protocols that AWS still serves for the service beside the one the SDK picked. */
  readonly otherProtocols?: readonly ("query" | "rpc-v2-cbor")[];
  /** The namespace of its XML, where the SDK's schemas, which speak JSON, do not say it. */
  readonly xmlNamespace?: string;
  /** What Terraform's AWS provider calls the service, where that is not its id. */
  readonly terraform?: string;
  /** Another prefix of `X-Amz-Target`, which clients of other languages send. */
  readonly otherTarget?: string;
  /** Of a service that is the client's under another name: what tells its calls from those of the client's own. */
  readonly renamed?: {
    readonly signingName: string;
    readonly target: string;
    readonly version: string;
  };
}

/**
 * The services whose wire Local AWS speaks, one row each: what has a folder under `services/` as well. A row's key is the
 * name of that folder, the name of the model under `models/`, and the key of the service everywhere. Model generation, the
 * list of ids and what `infra` sends here follow from it. CloudWatch moved from query to JSON and CBOR and serves all three:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/using-post-api.html; SQS likewise speaks JSON and query:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-faqs.html
 */
export const MODELLED = {
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
  "application-autoscaling": { client: "application-auto-scaling", terraform: "appautoscaling" },
  cloudwatch: { client: "cloudwatch", otherProtocols: ["rpc-v2-cbor", "query"] },
  events: { client: "eventbridge" },
  scheduler: { client: "scheduler" },
  servicediscovery: { client: "servicediscovery" },
  autoscaling: { client: "auto-scaling" },
  codebuild: { client: "codebuild" },
  codepipeline: { client: "codepipeline" },
  codedeploy: { client: "codedeploy" },
  // https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html
  codeconnections: {
    client: "codestar-connections",
    renamed: {
      signingName: "codeconnections",
      target: "com.amazonaws.codeconnections.CodeConnections_20231201",
      version: "2023-12-01",
    },
  },
  "codestar-connections": {
    client: "codestar-connections",
    terraform: "codestarconnections",
    // botocore's; the SDKs that are made of Smithy's models send what stands after the last dot alone.
    otherTarget: "com.amazonaws.codestar.connections.CodeStar_connections_20191201",
  },
  sqs: {
    client: "sqs",
    otherProtocols: ["query"],
    xmlNamespace: "http://queue.amazonaws.com/doc/2012-11-05/",
  },
  sns: { client: "sns" },
  resourcegroupstaggingapi: { client: "resource-groups-tagging-api" },
} as const satisfies Readonly<Record<string, ModelledService>>;

export type ServiceId = keyof typeof MODELLED;

/** Their ids, in the order of the table. */
export const SERVICE_IDS = Object.keys(MODELLED) as readonly ServiceId[];

/** What is known of a service before its model is. */
export const modelled = (id: ServiceId): ModelledService => MODELLED[id];
