import type { ApplicationAutoScaling } from "@aws-sdk/client-application-auto-scaling";
import type { CloudWatch } from "@aws-sdk/client-cloudwatch";
import type { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import type { CodeDeploy } from "@aws-sdk/client-codedeploy";
import type { CodePipeline } from "@aws-sdk/client-codepipeline";
import type { EC2 } from "@aws-sdk/client-ec2";
import type { ECR } from "@aws-sdk/client-ecr";
import type { ECS } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { EventBridge } from "@aws-sdk/client-eventbridge";
import type { IAM } from "@aws-sdk/client-iam";
import type { S3 } from "@aws-sdk/client-s3";
import type { Scheduler } from "@aws-sdk/client-scheduler";
import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { SQS } from "@aws-sdk/client-sqs";

import type { SynthContext } from "./check.ts";
import type { PushedImage } from "./synth.ts";
import type { HttpAnswer, HttpQuestion } from "./http-request.ts";

/** Where AWS calls go and as whom. */
export interface AwsConnection {
  readonly region: string;
  /** Left out: AWS's own endpoints. */
  readonly endpoint?: string;
  /** Left out: the ordinary chain of credentials. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** The services that checks ask. */
export interface AwsClients {
  readonly ecs: ECS;
  readonly elbv2: ElasticLoadBalancingV2;
  readonly ec2: EC2;
  readonly events: EventBridge;
  readonly ecr: ECR;
  readonly iam: IAM;
  readonly logs: CloudWatchLogs;
  readonly s3: S3;
  readonly scheduler: Scheduler;
  readonly secrets: SecretsManager;
  readonly scaling: ApplicationAutoScaling;
  readonly cloudwatch: CloudWatch;
  readonly codedeploy: CodeDeploy;
  readonly codepipeline: CodePipeline;
  readonly sqs: SQS;
}

/** What a check of the running stack knows. */
export interface LiveContext extends SynthContext {
  readonly aws: AwsClients;
  /** What building the lab's apps now comes to, by the names that the images have in those repositories that exist. */
  readonly images: readonly PushedImage[];
  /** The images in the repositories are Docker's, pushed by the learner: AWS itself runs no others. */
  readonly imagesAreDockers?: boolean;
  /**
   * Sends one request through a load balancer, on a connection of its own, so that every request may meet another
   * task.
   *
   * @throws {HttpRequestError} when no answer comes
   */
  request(question: HttpQuestion): Promise<HttpAnswer>;
  /** How many times faster than on AWS idle waiting passes; left out, it does not. */
  readonly pace?: number;
  /** What stands in for X86_64 where the tasks run; left out, `amd64`. */
  readonly architecture?: string;
  /** The longest that a check waits for one condition, in milliseconds; left out, each knows what AWS needs. */
  readonly deadlineMs?: number;
}

/**
 * Makes the clients; the SDK is loaded here and not before, because the checks of the synth tier do without.
 *
 * @param connection only what it says is used: no endpoint is taken from the environment
 */
export async function connectAws(connection: AwsConnection): Promise<AwsClients> {
  const [ecs, elbv2, ec2, ecr, iam, logs, s3, secrets, ...others] = await Promise.all([
    import("@aws-sdk/client-ecs"),
    import("@aws-sdk/client-elastic-load-balancing-v2"),
    import("@aws-sdk/client-ec2"),
    import("@aws-sdk/client-ecr"),
    import("@aws-sdk/client-iam"),
    import("@aws-sdk/client-cloudwatch-logs"),
    import("@aws-sdk/client-s3"),
    import("@aws-sdk/client-secrets-manager"),
    import("@aws-sdk/client-application-auto-scaling"),
    import("@aws-sdk/client-cloudwatch"),
    import("@aws-sdk/client-eventbridge"),
    import("@aws-sdk/client-scheduler"),
    import("@aws-sdk/client-sqs"),
    import("@aws-sdk/client-codedeploy"),
    import("@aws-sdk/client-codepipeline"),
  ]);
  const [scaling, cloudwatch, events, scheduler, sqs, codedeploy, codepipeline] = others;
  return {
    ecs: new ecs.ECS(connection),
    elbv2: new elbv2.ElasticLoadBalancingV2(connection),
    ec2: new ec2.EC2(connection),
    ecr: new ecr.ECR(connection),
    iam: new iam.IAM(connection),
    logs: new logs.CloudWatchLogs(connection),
    // An endpoint by address cannot have a bucket's name in front of it.
    s3: new s3.S3({ ...connection, forcePathStyle: connection.endpoint !== undefined }),
    secrets: new secrets.SecretsManager(connection),
    scaling: new scaling.ApplicationAutoScaling(connection),
    cloudwatch: new cloudwatch.CloudWatch(connection),
    events: new events.EventBridge(connection),
    scheduler: new scheduler.Scheduler(connection),
    sqs: new sqs.SQS(connection),
    codedeploy: new codedeploy.CodeDeploy(connection),
    codepipeline: new codepipeline.CodePipeline(connection),
  };
}

/** Closes the clients' connections. */
export function disconnectAws(clients: AwsClients): void {
  for (const client of Object.values(clients)) client.destroy();
}
