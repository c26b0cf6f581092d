import * as autoscaling from "@aws-sdk/client-application-auto-scaling";
import * as cw from "@aws-sdk/client-cloudwatch";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as codedeploy from "@aws-sdk/client-codedeploy";
import * as ec2 from "@aws-sdk/client-ec2";
import * as ecr from "@aws-sdk/client-ecr";
import * as ecs from "@aws-sdk/client-ecs";
import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import * as events from "@aws-sdk/client-eventbridge";
import * as kms from "@aws-sdk/client-kms";
import * as s3 from "@aws-sdk/client-s3";
import * as scheduler from "@aws-sdk/client-scheduler";
import * as secrets from "@aws-sdk/client-secrets-manager";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import * as ssm from "@aws-sdk/client-ssm";
import type { TestCloud } from "../../../testing.ts";

type Config = TestCloud["clientConfig"];
/** What makes a resource without tags, and gives its ARN; by the type that filters name. */
type Makers = Readonly<Record<string, () => Promise<string | undefined>>>;

/** One of each service. */
export const taggable = (config: Config): Makers => ({
  ...whatRuns(config),
  ...messagesAndTime(config),
  ...whatIsKept(config),
});

const messagesAndTime = (config: Config): Makers => ({
  "sqs:queue": async () => {
    const queues = new sqs.SQS(config);
    const { QueueUrl } = await queues.createQueue({ QueueName: "work" });
    const AttributeNames = ["QueueArn" as const];
    return (await queues.getQueueAttributes({ QueueUrl, AttributeNames })).Attributes!.QueueArn;
  },
  "sns:topic": async () => (await new sns.SNS(config).createTopic({ Name: "news" })).TopicArn,
  "events:rule": async () =>
    (await new events.EventBridge(config).putRule({ Name: "r", ScheduleExpression: "rate(1 day)" }))
      .RuleArn,
  "scheduler:schedule-group": async () =>
    (await new scheduler.Scheduler(config).createScheduleGroup({ Name: "g" })).ScheduleGroupArn,
});

const whatRuns = (config: Config): Makers => ({
  "ecs:cluster": async () =>
    (await new ecs.ECS(config).createCluster({ clusterName: "c" })).cluster!.clusterArn,
  "ecs:task-definition": async () => {
    const containerDefinitions = [{ name: "a", image: "nginx", memory: 128 }];
    const made = await new ecs.ECS(config).registerTaskDefinition({
      family: "f",
      containerDefinitions,
    });
    return made.taskDefinition!.taskDefinitionArn;
  },
  "ecr:repository": async () =>
    (await new ecr.ECR(config).createRepository({ repositoryName: "a/b" })).repository!
      .repositoryArn,
  "ec2:vpc": async () => {
    const { Vpc } = await new ec2.EC2(config).createVpc({ CidrBlock: "10.9.0.0/16" });
    return `arn:aws:ec2:${config.region}:${Vpc!.OwnerId}:vpc/${Vpc!.VpcId}`;
  },
  "elasticloadbalancing:targetgroup": async () => {
    const { Vpcs } = await new ec2.EC2(config).describeVpcs({});
    const group = { Name: "t", Port: 80, Protocol: "HTTP" as const, VpcId: Vpcs![0]!.VpcId };
    return (await new elb.ElasticLoadBalancingV2(config).createTargetGroup(group)).TargetGroups![0]!
      .TargetGroupArn;
  },
  "application-autoscaling:scalable-target": async () => {
    const given = {
      ServiceNamespace: "dynamodb" as const,
      ResourceId: "table/orders",
      ScalableDimension: "dynamodb:table:ReadCapacityUnits" as const,
      MinCapacity: 1,
      MaxCapacity: 2,
    };
    const client_ = new autoscaling.ApplicationAutoScaling(config);
    return (await client_.registerScalableTarget(given)).ScalableTargetARN;
  },
  "codedeploy:application": async () => {
    const given = { applicationName: "shop", computePlatform: "ECS" as const };
    await new codedeploy.CodeDeploy(config).createApplication(given);
    return `arn:aws:codedeploy:${config.region}:123456789012:application:shop`;
  },
});

const whatIsKept = (config: Config): Makers => ({
  "logs:log-group": async () => {
    const client_ = new logs.CloudWatchLogs(config);
    await client_.createLogGroup({ logGroupName: "/a" });
    return (await client_.describeLogGroups({})).logGroups![0]!.logGroupArn;
  },
  "kms:key": async () => (await new kms.KMS(config).createKey({})).KeyMetadata!.Arn,
  "secretsmanager:secret": async () =>
    (await new secrets.SecretsManager(config).createSecret({ Name: "s", SecretString: "x" })).ARN,
  "ssm:parameter": async () => {
    const client_ = new ssm.SSM(config);
    await client_.putParameter({ Name: "/a/b", Value: "x", Type: "String" });
    return (await client_.getParameter({ Name: "/a/b" })).Parameter!.ARN;
  },
  "cloudwatch:alarm": async () => {
    const client_ = new cw.CloudWatch(config);
    await client_.putMetricAlarm({
      AlarmName: "a",
      Namespace: "App",
      MetricName: "m",
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: "GreaterThanThreshold",
    });
    return (await client_.describeAlarms({})).MetricAlarms![0]!.AlarmArn;
  },
  "s3:bucket": async () => {
    await new s3.S3(config).createBucket({
      Bucket: "tagged-bucket",
      CreateBucketConfiguration: { LocationConstraint: config.region as "ap-northeast-1" },
    });
    return "arn:aws:s3:::tagged-bucket";
  },
});
