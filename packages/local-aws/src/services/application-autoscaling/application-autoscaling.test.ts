import * as aas from "@aws-sdk/client-application-auto-scaling";
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
} from "@aws-sdk/client-cloudwatch";
import { beforeAll, expect, test } from "vitest";
import { refusal, startControlPlane } from "../ecs/testing/control-plane.ts";
import { createServices, targetOf } from "./testing/scaled-service.ts";

const { ecs, test: cloud, network } = await startControlPlane();
const client = new aas.ApplicationAutoScalingClient(cloud.clientConfig);
const cloudwatch = new CloudWatchClient(cloud.clientConfig);
const ACCOUNT = "123456789012";
const REGION = "ap-northeast-1";

beforeAll(() => createServices(ecs, network, { names: ["bounds", "policies", "actions", "tags"] }));

const register = (service: string, more: Partial<aas.RegisterScalableTargetCommandInput> = {}) =>
  client.send(
    new aas.RegisterScalableTargetCommand({
      ...targetOf(service),
      MinCapacity: 1,
      MaxCapacity: 4,
      ...more,
    }),
  );
const targets = async (more: Partial<aas.DescribeScalableTargetsCommandInput> = {}) =>
  (await client.send(new aas.DescribeScalableTargetsCommand({ ServiceNamespace: "ecs", ...more })))
    .ScalableTargets!;
const deregister = (service: string) =>
  client.send(new aas.DeregisterScalableTargetCommand(targetOf(service)));

test("a target is registered with the service-linked role, read back, changed and deregistered", async () => {
  const { ScalableTargetARN } = await register("bounds", { RoleARN: "arn:aws:iam::1:role/mine" });
  expect(ScalableTargetARN).toMatch(
    new RegExp(
      `^arn:aws:application-autoscaling:${REGION}:${ACCOUNT}:scalable-target/[0-9a-f]{34}$`,
    ),
  );
  const whole = {
    ...targetOf("bounds"),
    MinCapacity: 1,
    MaxCapacity: 4,
    RoleARN: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
    SuspendedState: {
      DynamicScalingInSuspended: false,
      DynamicScalingOutSuspended: false,
      ScheduledScalingSuspended: false,
    },
    ScalableTargetARN,
  };
  expect(await targets({ ResourceIds: ["service/c/bounds"] })).toMatchObject([whole]);
  // What a second call leaves out stays.
  await register("bounds", {
    MinCapacity: undefined,
    MaxCapacity: 3,
    SuspendedState: { DynamicScalingInSuspended: true },
  });
  expect(await targets({ ResourceIds: ["service/c/bounds"] })).toMatchObject([
    {
      ...whole,
      MaxCapacity: 3,
      SuspendedState: { ...whole.SuspendedState, DynamicScalingInSuspended: true },
    },
  ]);
  await deregister("bounds");
  expect(await targets({ ResourceIds: ["service/c/bounds"] })).toEqual([]);
  expect(await refusal(deregister("bounds"))).toEqual({
    name: "ObjectNotFoundException",
    message:
      "No scalable target found for service namespace: ecs, resource ID: service/c/bounds, scalable dimension: ecs:service:DesiredCount",
  });
});

test.each<[string, Partial<aas.RegisterScalableTargetCommandInput>, string]>([
  ["a service that is not there", targetOf("none"), "ECS service doesn't exist: service/c/none"],
  [
    "a maximum below the minimum",
    { MinCapacity: 5 },
    "Maximum capacity cannot be less than minimum capacity",
  ],
  ["a negative minimum", { MinCapacity: -1 }, "Minimum capacity cannot be less than 0"],
  [
    "no bounds",
    { MinCapacity: undefined },
    "MinCapacity and MaxCapacity must be specified to register a scalable target",
  ],
  [
    "a resource of another kind",
    { ResourceId: "table/t" },
    "Unsupported service namespace, resource type or scalable dimension",
  ],
  [
    "a dimension of another service",
    { ServiceNamespace: "rds" },
    "Unsupported service namespace, resource type or scalable dimension",
  ],
  [
    "a cluster that needs a role",
    {
      ServiceNamespace: "elasticmapreduce",
      ResourceId: "instancegroup/j-1/ig-1",
      ScalableDimension: "elasticmapreduce:instancegroup:InstanceCount",
    },
    "RoleARN must be specified for service namespace: elasticmapreduce",
  ],
])("%s is no target", async (_what, input, message) => {
  expect(await refusal(register("policies", input))).toEqual({
    name: "ValidationException",
    message,
  });
});

test("targets of other services are kept, each with its role", async () => {
  const key = {
    ServiceNamespace: "dynamodb",
    ResourceId: "table/orders",
    ScalableDimension: "dynamodb:table:ReadCapacityUnits",
  } as const;
  await register("", key);
  expect(await targets({ ServiceNamespace: "dynamodb" })).toMatchObject([
    {
      ...key,
      RoleARN: expect.stringMatching(
        /dynamodb\.application-autoscaling\.amazonaws\.com\/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable$/,
      ),
    },
  ]);
  const put = new aas.PutScalingPolicyCommand({
    ...key,
    PolicyName: "p",
    PolicyType: "StepScaling",
  });
  expect(await refusal(client.send(put))).toMatchObject({
    message: "StepScaling is not supported for service namespace: dynamodb",
  });
});

test("pages of targets hold them all, and a token of another list is none", async () => {
  for (const name of ["policies", "actions"]) await register(name);
  const page = (NextToken?: string) =>
    client.send(
      new aas.DescribeScalableTargetsCommand({ ServiceNamespace: "ecs", MaxResults: 1, NextToken }),
    );
  const first = await page();
  const second = await page(first.NextToken);
  expect(
    [...first.ScalableTargets!, ...second.ScalableTargets!].map((it) => it.ResourceId),
  ).toEqual(["service/c/actions", "service/c/policies"]);
  const other = new aas.DescribeScalingPoliciesCommand({
    ServiceNamespace: "ecs",
    NextToken: first.NextToken,
  });
  await expect(client.send(other)).rejects.toBeInstanceOf(aas.InvalidNextTokenException);
});

test("tags are of targets", async () => {
  const { ScalableTargetARN: ResourceARN } = await register("tags", {
    Tags: { team: "a", env: "x" },
  });
  const tags = async () =>
    (await client.send(new aas.ListTagsForResourceCommand({ ResourceARN }))).Tags;
  await client.send(new aas.TagResourceCommand({ ResourceARN, Tags: { team: "b" } }));
  await client.send(new aas.UntagResourceCommand({ ResourceARN, TagKeys: ["env"] }));
  expect(await tags()).toEqual({ team: "b" });
  const Tags = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, ""]));
  await expect(
    client.send(new aas.TagResourceCommand({ ResourceARN, Tags })),
  ).rejects.toBeInstanceOf(aas.TooManyTagsException);
  await deregister("tags");
  await expect(tags()).rejects.toBeInstanceOf(aas.ResourceNotFoundException);
});

const put = (input: Partial<aas.PutScalingPolicyCommandInput>, service = "policies") =>
  client.send(new aas.PutScalingPolicyCommand({ ...targetOf(service), PolicyName: "p", ...input }));
const policies = async (more: Partial<aas.DescribeScalingPoliciesCommandInput> = {}) =>
  (await client.send(new aas.DescribeScalingPoliciesCommand({ ServiceNamespace: "ecs", ...more })))
    .ScalingPolicies!;
const steps = (more: Partial<aas.StepScalingPolicyConfiguration> = {}) => ({
  PolicyType: "StepScaling" as const,
  StepScalingPolicyConfiguration: {
    AdjustmentType: "ChangeInCapacity" as const,
    StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
    ...more,
  },
});
const tracking = (more: Partial<aas.TargetTrackingScalingPolicyConfiguration> = {}) => ({
  PolicyType: "TargetTrackingScaling" as const,
  TargetTrackingScalingPolicyConfiguration: {
    TargetValue: 60,
    PredefinedMetricSpecification: {
      PredefinedMetricType: "ECSServiceAverageCPUUtilization" as const,
    },
    ...more,
  },
});
const predefined = (PredefinedMetricType: aas.MetricType, ResourceLabel?: string) =>
  tracking({ PredefinedMetricSpecification: { PredefinedMetricType, ResourceLabel } });

test("a policy is put, read back and replaced under its ARN, and goes with its target", async () => {
  await register("policies");
  const { PolicyARN } = await put(steps({ Cooldown: 30, MetricAggregationType: "Maximum" }));
  expect(PolicyARN).toMatch(
    new RegExp(
      `^arn:aws:autoscaling:${REGION}:${ACCOUNT}:scalingPolicy:[0-9a-f-]{36}:resource/ecs/service/c/policies:policyName/p$`,
    ),
  );
  expect(await policies({ ResourceId: "service/c/policies" })).toMatchObject([
    {
      ...targetOf("policies"),
      PolicyARN,
      PolicyName: "p",
      ...steps({ Cooldown: 30, MetricAggregationType: "Maximum" }),
    },
  ]);
  expect(await put(tracking({ ScaleInCooldown: 10 }))).toMatchObject({ PolicyARN });
  const [replaced] = await policies({ PolicyNames: ["p"] });
  expect(replaced).toMatchObject({
    PolicyARN,
    ...tracking({ ScaleInCooldown: 10, DisableScaleIn: false }),
  });
  expect(replaced!.StepScalingPolicyConfiguration).toBeUndefined();
  await deregister("policies");
  expect(await policies()).toEqual([]);
  await register("policies");
});

test.each<[string, Partial<aas.PutScalingPolicyCommandInput>, string]>([
  [
    "no configuration",
    { PolicyType: "StepScaling" },
    "StepScalingPolicyConfiguration must be specified for policy type StepScaling",
  ],
  [
    "the configuration of the other type",
    { ...steps(), PolicyType: "TargetTrackingScaling" },
    "TargetTrackingScalingPolicyConfiguration alone can be specified for policy type TargetTrackingScaling",
  ],
  ["no steps", steps({ StepAdjustments: [] }), "At least one step adjustment must be specified"],
  ["no adjustment type", steps({ AdjustmentType: undefined }), "AdjustmentType must be specified"],
  [
    "a step that is no interval",
    steps({
      StepAdjustments: [
        { MetricIntervalLowerBound: 5, MetricIntervalUpperBound: 5, ScalingAdjustment: 1 },
      ],
    }),
    "MetricIntervalUpperBound must be greater than MetricIntervalLowerBound in a step adjustment",
  ],
  [
    "steps with a gap",
    steps({
      StepAdjustments: [
        { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 5, ScalingAdjustment: 1 },
        { MetricIntervalLowerBound: 6, ScalingAdjustment: 2 },
      ],
    }),
    "Step adjustment intervals cannot have gaps between them",
  ],
  [
    "steps that overlap",
    steps({
      StepAdjustments: [
        { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 5, ScalingAdjustment: 1 },
        { MetricIntervalLowerBound: 4, ScalingAdjustment: 2 },
      ],
    }),
    "Step adjustment intervals cannot overlap",
  ],
  [
    "two steps without an end",
    steps({
      StepAdjustments: [
        { MetricIntervalLowerBound: 0, ScalingAdjustment: 1 },
        { MetricIntervalLowerBound: 4, ScalingAdjustment: 2 },
      ],
    }),
    "At most one step adjustment may have an unspecified upper bound",
  ],
  [
    "steps that end somewhere",
    steps({
      StepAdjustments: [
        { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 5, ScalingAdjustment: 1 },
      ],
    }),
    "A step adjustment needs an unspecified bound where the interval does not end at 0",
  ],
  [
    "a magnitude of no percentage",
    steps({ MinAdjustmentMagnitude: 2 }),
    "MinAdjustmentMagnitude can be specified only for AdjustmentType PercentChangeInCapacity",
  ],
  [
    "an exact capacity below nothing",
    steps({ AdjustmentType: "ExactCapacity", StepAdjustments: [{ ScalingAdjustment: -1 }] }),
    "ScalingAdjustment cannot be negative for AdjustmentType ExactCapacity",
  ],
  [
    "no metric",
    tracking({ PredefinedMetricSpecification: undefined }),
    "Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be specified",
  ],
  ["a target of nothing", tracking({ TargetValue: 0 }), "TargetValue must be greater than 0"],
  [
    "another service's metric",
    predefined("RDSReaderAverageCPUUtilization"),
    "PredefinedMetricType RDSReaderAverageCPUUtilization is not supported for scalable dimension: ecs:service:DesiredCount",
  ],
  [
    "requests of no load balancer",
    predefined("ALBRequestCountPerTarget"),
    "ResourceLabel must be specified for PredefinedMetricType ALBRequestCountPerTarget",
  ],
  [
    "a label that is none",
    predefined("ALBRequestCountPerTarget", "app/web"),
    "Invalid ResourceLabel: app/web. It has the form app/load-balancer-name/load-balancer-id/targetgroup/target-group-name/target-group-id",
  ],
  [
    "a label of no load balancer",
    predefined("ECSServiceAverageCPUUtilization", "app/a/1/targetgroup/b/2"),
    "ResourceLabel cannot be specified for PredefinedMetricType ECSServiceAverageCPUUtilization",
  ],
  [
    "a metric without a name",
    tracking({
      PredefinedMetricSpecification: undefined,
      CustomizedMetricSpecification: { Namespace: "a", Statistic: "Sum" },
    }),
    "CustomizedMetricSpecification must have MetricName, Namespace and Statistic, or Metrics",
  ],
  [
    "an expression of no metric",
    tracking({
      PredefinedMetricSpecification: undefined,
      CustomizedMetricSpecification: { Metrics: [{ Id: "e", Expression: "1 + 1" }] },
    }),
    "CustomizedMetricSpecification must have MetricName, Namespace and Statistic, or Metrics",
  ],
])("a policy with %s is refused", async (_what, input, message) => {
  expect(await refusal(put(input))).toEqual({ name: "ValidationException", message });
});

test("a policy with an expression that cannot be read is refused", async () => {
  const metric = { Metric: { Namespace: "app", MetricName: "depth" }, Stat: "Sum" };
  const Metrics = [
    { Id: "m", ReturnData: false, MetricStat: metric },
    { Id: "e", Expression: "m / (" },
  ];
  const specification = {
    PredefinedMetricSpecification: undefined,
    CustomizedMetricSpecification: { Metrics },
  };
  expect(await refusal(put(tracking(specification)))).toMatchObject({
    name: "ValidationException",
    message: expect.stringContaining("m / ("),
  });
});

test("a target tracks one metric once", async () => {
  await put(tracking(), "actions");
  expect(
    await refusal(put({ ...tracking({ TargetValue: 70 }), PolicyName: "other" }, "actions")),
  ).toEqual({
    name: "ValidationException",
    message: "Only one TargetTrackingScaling policy for a given metric specification is allowed.",
  });
  await put(
    { ...predefined("ECSServiceAverageMemoryUtilization"), PolicyName: "other" },
    "actions",
  );
  const remove = (PolicyName: string) =>
    client.send(new aas.DeleteScalingPolicyCommand({ ...targetOf("actions"), PolicyName }));
  await remove("other");
  await remove("p");
  expect(await refusal(remove("other"))).toEqual({
    name: "ObjectNotFoundException",
    message:
      "No scaling policy found for service namespace: ecs, resource ID: service/c/actions, scalable dimension: ecs:service:DesiredCount, policy name: other",
  });
});

const alarms = async () =>
  (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: "TargetTracking-" })))
    .MetricAlarms!;

test("a target tracking policy makes two alarms, changes them, and takes them with it", async () => {
  await register("tags");
  const { PolicyARN, Alarms } = await put(tracking({ TargetValue: 50 }), "tags");
  const names = Alarms!.map(({ AlarmName }) => AlarmName!);
  expect(names).toEqual(
    ["High", "Low"].map((which) =>
      expect.stringMatching(
        new RegExp(
          `^TargetTracking-service/c/tags-Alarm${which}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`,
        ),
      ),
    ),
  );
  const common = {
    AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${PolicyARN}.`,
    AlarmActions: [PolicyARN],
    Namespace: "AWS/ECS",
    MetricName: "CPUUtilization",
    Statistic: "Average",
    Period: 60,
    Dimensions: [
      { Name: "ClusterName", Value: "c" },
      { Name: "ServiceName", Value: "tags" },
    ],
  };
  const high = { EvaluationPeriods: 3, Threshold: 50, ComparisonOperator: "GreaterThanThreshold" };
  const low = { EvaluationPeriods: 15, Threshold: 45, ComparisonOperator: "LessThanThreshold" };
  expect(await alarms()).toMatchObject([
    { AlarmName: names[0], ...common, ...high },
    { AlarmName: names[1], ...common, ...low },
  ]);
  await put(tracking({ TargetValue: 100, DisableScaleIn: true }), "tags");
  expect(await alarms()).toMatchObject([{ AlarmName: names[0], ...high, Threshold: 100 }]);
  await put(predefined("ALBRequestCountPerTarget", "app/web/1/targetgroup/blue/2"), "tags");
  expect((await alarms())[0]).toMatchObject({
    AlarmName: names[0],
    Namespace: "AWS/ApplicationELB",
    MetricName: "RequestCountPerTarget",
    Statistic: "Sum",
    Dimensions: [
      { Name: "TargetGroup", Value: "targetgroup/blue/2" },
      { Name: "LoadBalancer", Value: "app/web/1" },
    ],
  });
  await put(steps(), "tags");
  expect(await alarms()).toEqual([]);
  await put(tracking(), "tags");
  await deregister("tags");
  expect(await alarms()).toEqual([]);
});

test("the alarms of a step scaling policy are those that invoke it", async () => {
  await register("tags");
  const { PolicyARN, Alarms } = await put(steps(), "tags");
  expect(Alarms).toEqual([]);
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: "queue-is-long",
      AlarmActions: [PolicyARN!],
      Namespace: "app",
      MetricName: "queue",
      Statistic: "Average",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 10,
      ComparisonOperator: "GreaterThanThreshold",
    }),
  );
  expect(await policies({ ResourceId: "service/c/tags" })).toMatchObject([
    { Alarms: [{ AlarmName: "queue-is-long" }] },
  ]);
  await deregister("tags");
});

test("what is not there is refused by name", async () => {
  const predictive = put({ PolicyType: "PredictiveScaling" });
  const fine = put(predefined("ECSServiceAverageCPUUtilizationHighResolution"));
  expect(await refusal(predictive)).toMatchObject({
    message: expect.stringContaining("PolicyType"),
  });
  expect(await refusal(fine)).toMatchObject({
    name: "NotImplemented",
    message: expect.stringContaining("ECSServiceAverageCPUUtilizationHighResolution"),
  });
});

const schedule = (input: Partial<aas.PutScheduledActionCommandInput>, service = "actions") =>
  client.send(
    new aas.PutScheduledActionCommand({
      ...targetOf(service),
      ScheduledActionName: "nightly",
      Schedule: "cron(0 22 * * ? *)",
      ScalableTargetAction: { MinCapacity: 0, MaxCapacity: 1 },
      ...input,
    }),
  );
const actions = async () =>
  (await client.send(new aas.DescribeScheduledActionsCommand({ ServiceNamespace: "ecs" })))
    .ScheduledActions!;

test("a scheduled action is put, read back, changed and deleted", async () => {
  const StartTime = new Date("2099-01-01T00:00:00Z");
  await schedule({ Timezone: "Asia/Tokyo", StartTime });
  const whole = {
    ...targetOf("actions"),
    ScheduledActionName: "nightly",
    ScheduledActionARN: expect.stringMatching(
      /^arn:aws:autoscaling:ap-northeast-1:123456789012:scheduledAction:[0-9a-f-]{36}:resource\/ecs\/service\/c\/actions:scheduledActionName\/nightly$/,
    ),
    Schedule: "cron(0 22 * * ? *)",
    Timezone: "Asia/Tokyo",
    ScalableTargetAction: { MinCapacity: 0, MaxCapacity: 1 },
  };
  expect(await actions()).toMatchObject([{ ...whole, StartTime }]);
  await schedule({ Schedule: "rate(2 hours)", ScalableTargetAction: undefined });
  const [changed] = await actions();
  expect(changed).toMatchObject({ ...whole, Schedule: "rate(2 hours)" });
  expect(changed!.StartTime).toBeUndefined();
  const remove = () =>
    client.send(
      new aas.DeleteScheduledActionCommand({
        ...targetOf("actions"),
        ScheduledActionName: "nightly",
      }),
    );
  await remove();
  expect(await actions()).toEqual([]);
  expect(await refusal(remove())).toMatchObject({ name: "ObjectNotFoundException" });
});

test.each<[string, Partial<aas.PutScheduledActionCommandInput>, string]>([
  ["no schedule", { Schedule: undefined }, "Schedule must be specified"],
  [
    "a schedule that is none",
    { Schedule: "cron(0 22 * * * *)" },
    "Invalid schedule expression: cron(0 22 * * * *)",
  ],
  ["a time zone that is none", { Timezone: "Tokyo" }, "Invalid time zone: Tokyo"],
  [
    "nothing to do",
    { ScalableTargetAction: undefined },
    "MinCapacity or MaxCapacity must be specified",
  ],
  [
    "bounds the wrong way round",
    { ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 1 } },
    "Maximum capacity cannot be less than minimum capacity",
  ],
  [
    "an end before its start",
    { StartTime: new Date(2e12), EndTime: new Date(1e12) },
    "EndTime must be later than StartTime",
  ],
])("a scheduled action with %s is refused", async (_what, input, message) => {
  const call = schedule({ ScheduledActionName: "new", ...input });
  expect(await refusal(call)).toEqual({ name: "ValidationException", message });
});

test("policies and scheduled actions are of targets that are registered", async () => {
  const refused = {
    name: "ObjectNotFoundException",
    message:
      "No scalable target registered for service namespace: ecs, resource ID: service/c/tags, scalable dimension: ecs:service:DesiredCount",
  };
  expect(await refusal(put(steps(), "tags"))).toEqual(refused);
  expect(await refusal(schedule({}, "tags"))).toEqual(refused);
});
