import * as aas from "@aws-sdk/client-application-auto-scaling";
import * as groups from "@aws-sdk/client-auto-scaling";
import * as cw from "@aws-sdk/client-cloudwatch";
import * as ec2 from "@aws-sdk/client-ec2";
import { allow } from "./actors.ts";
import { HERE, onEc2, type Call } from "./calls.ts";
import { when, type Case } from "./case.ts";

const onAlarms =
  <T>(command: () => T): Call =>
  (as) =>
    new cw.CloudWatchClient(as).send(command() as never);
const onGroups =
  <T>(command: () => T): Call =>
  (as) =>
    new groups.AutoScalingClient(as).send(command() as never);
const onTargets =
  <T>(command: () => T): Call =>
  (as) =>
    new aas.ApplicationAutoScalingClient(as).send(command() as never);

const TOPIC = `arn:aws:sns:${HERE}:ops`;
const alarm = (AlarmName: string, AlarmActions: string[] = []) =>
  onAlarms(
    () =>
      new cw.PutMetricAlarmCommand({
        AlarmName,
        AlarmActions,
        Namespace: "Web",
        MetricName: "Errors",
        Statistic: "Sum",
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: "GreaterThanThreshold",
      }),
  );
const points = (Namespace: string) =>
  onAlarms(
    () => new cw.PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: "m", Value: 1 }] }),
  );
const ALARM = `arn:aws:cloudwatch:${HERE}:alarm`;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
const ALARM_CASES: readonly Case[] = [
  ["alarms by their name", [allow("cloudwatch:PutMetricAlarm", `${ALARM}:web-*`)], alarm("web-1")],
  [
    "another alarm",
    [allow("cloudwatch:PutMetricAlarm", `${ALARM}:web-*`)],
    alarm("db-1"),
    "cloudwatch:PutMetricAlarm",
  ],
  [
    "what an alarm may set off",
    [allow("cloudwatch:*", "*", when("ForAllValues:StringEquals", "cloudwatch:AlarmActions", []))],
    alarm("web-2", [TOPIC]),
    "cloudwatch:PutMetricAlarm",
  ],
  [
    "the topic that it may tell",
    [allow("cloudwatch:*", "*", when("ForAnyValue:ArnEquals", "cloudwatch:AlarmActions", TOPIC))],
    alarm("web-3", [TOPIC]),
  ],
  [
    "points of one namespace",
    [allow("cloudwatch:PutMetricData", "*", when("StringEquals", "cloudwatch:namespace", "Web"))],
    points("Web"),
  ],
  [
    "and of no other",
    [allow("cloudwatch:PutMetricData", "*", when("StringEquals", "cloudwatch:namespace", "Web"))],
    points("Db"),
    "cloudwatch:PutMetricData",
  ],
  [
    "an alarm's namespace is no key of it",
    [allow("cloudwatch:*", "*", when("StringEquals", "cloudwatch:namespace", "Web"))],
    alarm("web-4"),
    "cloudwatch:PutMetricAlarm",
  ],
  [
    "a dashboard has no region",
    [allow("cloudwatch:GetDashboard", "arn:aws:cloudwatch::123456789012:dashboard/ops")],
    onAlarms(() => new cw.GetDashboardCommand({ DashboardName: "ops" })),
  ],
];

const group = (MaxSize: number) =>
  onGroups(
    () =>
      new groups.CreateAutoScalingGroupCommand({
        AutoScalingGroupName: "web",
        MinSize: 0,
        MaxSize,
        VPCZoneIdentifier: "subnet-0123456789abcdef0",
        LaunchTemplate: { LaunchTemplateName: "none" },
      }),
  );
const small = [
  allow("autoscaling:*", "*", when("NumericLessThanEquals", "autoscaling:MaxSize", "2")),
];

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html */
const GROUP_CASES: readonly Case[] = [
  ["groups that are small", small, group(2)],
  ["and none that is large", small, group(3), "autoscaling:CreateAutoScalingGroup"],
  [
    "a group by its name, whatever its id",
    [
      allow(
        "autoscaling:SetDesiredCapacity",
        `arn:aws:autoscaling:${HERE}:autoScalingGroup:*:autoScalingGroupName/web`,
      ),
    ],
    onGroups(
      () =>
        new groups.SetDesiredCapacityCommand({ AutoScalingGroupName: "web", DesiredCapacity: 1 }),
    ),
  ],
  [
    "another group",
    [
      allow(
        "autoscaling:*",
        `arn:aws:autoscaling:${HERE}:autoScalingGroup:*:autoScalingGroupName/web`,
      ),
    ],
    onGroups(
      () =>
        new groups.SetDesiredCapacityCommand({ AutoScalingGroupName: "db", DesiredCapacity: 1 }),
    ),
    "autoscaling:SetDesiredCapacity",
  ],
];

const target = (ResourceId: string) =>
  onTargets(
    () =>
      new aas.DeregisterScalableTargetCommand({
        ServiceNamespace: "ecs",
        ResourceId,
        ScalableDimension: "ecs:service:DesiredCount",
      }),
  );

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsapplicationautoscaling.html */
const TARGET_CASES: readonly Case[] = [
  [
    "targets of a service of AWS",
    [
      allow(
        "application-autoscaling:*",
        "*",
        when("StringEquals", "application-autoscaling:service-namespace", "ecs"),
      ),
    ],
    target("service/blue/none"),
  ],
  [
    "and of no other",
    [
      allow(
        "application-autoscaling:*",
        "*",
        when("StringEquals", "application-autoscaling:service-namespace", "dynamodb"),
      ),
    ],
    target("service/blue/none"),
    "application-autoscaling:DeregisterScalableTarget",
  ],
  [
    "describing targets is about none",
    [
      allow(
        "application-autoscaling:Describe*",
        `arn:aws:application-autoscaling:${HERE}:scalable-target/*`,
      ),
    ],
    onTargets(() => new aas.DescribeScalableTargetsCommand({ ServiceNamespace: "ecs" })),
    "application-autoscaling:DescribeScalableTargets",
  ],
];

const SUBNET = "subnet-0123456789abcdef0";
const subnetOf = (id: string) => `arn:aws:ec2:${HERE}:subnet/${id}`;
const deleteSubnet = onEc2(() => new ec2.DeleteSubnetCommand({ SubnetId: SUBNET }));
const run = (InstanceType: ec2._InstanceType) =>
  onEc2(
    () =>
      new ec2.RunInstancesCommand({
        InstanceType,
        ImageId: "ami-0123456789abcdef0",
        SubnetId: SUBNET,
        MinCount: 1,
        MaxCount: 1,
      }),
  );
const runs = (...more: string[]) =>
  allow("ec2:RunInstances", [
    `arn:aws:ec2:${HERE}:instance/*`,
    `arn:aws:ec2:${HERE}:volume/*`,
    `arn:aws:ec2:${HERE}:network-interface/*`,
    ...more,
  ]);
const IMAGE = "arn:aws:ec2:ap-northeast-1::image/*";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html */
const NETWORK_CASES: readonly Case[] = [
  ["a subnet by its id", [allow("ec2:DeleteSubnet", subnetOf(SUBNET))], deleteSubnet],
  [
    "another subnet",
    [allow("ec2:DeleteSubnet", subnetOf("subnet-0fedcba9876543210"))],
    deleteSubnet,
    "ec2:DeleteSubnet",
  ],
  [
    "describing is about nothing in particular",
    [allow("ec2:DescribeSubnets", subnetOf(SUBNET))],
    onEc2(() => new ec2.DescribeSubnetsCommand({ SubnetIds: [SUBNET] })),
    "ec2:DescribeSubnets",
  ],
  [
    "an instance needs its image and its subnet too",
    [runs(IMAGE, `arn:aws:ec2:${HERE}:subnet/*`, `arn:aws:ec2:${HERE}:security-group/*`)],
    run("t3.micro"),
  ],
  ["and not its image alone", [runs(IMAGE)], run("t3.micro"), "ec2:RunInstances"],
  [
    "instances of a type",
    [allow("ec2:RunInstances", "*", when("StringEquals", "ec2:InstanceType", "t3.micro"))],
    run("m5.large"),
    "ec2:RunInstances",
  ],
  [
    "a region",
    [allow("ec2:*", "*", when("StringEquals", "ec2:Region", "ap-northeast-1"))],
    deleteSubnet,
  ],
];

/** Which action, resource and condition keys calls of networks, groups, targets and alarms have. */
export const SCALING_CASES: readonly Case[] = [
  ...ALARM_CASES,
  ...GROUP_CASES,
  ...TARGET_CASES,
  ...NETWORK_CASES,
];
