import * as aas from "@aws-sdk/client-application-auto-scaling";
import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from "@aws-sdk/client-cloudwatch";
import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import {
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ManualClock } from "../../clock/manual-clock.ts";
import {
  createServices,
  targetOf,
} from "../../services/application-autoscaling/testing/scaled-service.ts";
import { startTestCloud, type TestCloud } from "../../testing.ts";

const clock = new ManualClock();
let cloud: TestCloud;
let client: aas.ApplicationAutoScalingClient;
let cloudwatch: CloudWatchClient;
let ecs: ECSClient;

beforeAll(async () => {
  cloud = await startTestCloud({ clock });
  client = new aas.ApplicationAutoScalingClient(cloud.clientConfig);
  cloudwatch = new CloudWatchClient(cloud.clientConfig);
  ecs = new ECSClient(cloud.clientConfig);
  const ec2 = new EC2Client(cloud.clientConfig);
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}));
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  const network = {
    subnets: Subnets!.map(({ SubnetId }) => SubnetId!),
    securityGroups: SecurityGroups!.map(({ GroupId }) => GroupId!),
  };
  // No task can start here: a deployment of none is over at once.
  const names = ["bounds", "tracked", "stepped", "held", "two", "timed", "math"];
  await createServices(ecs, network, { names, desiredCount: 0 });
  const command = new DescribeServicesCommand({ cluster: "c", services: names });
  await eventually(async () => {
    const { services } = await ecs.send(command);
    expect(services!.map((it) => it.deployments![0]!.rolloutState)).toEqual(
      names.map(() => "COMPLETED"),
    );
  });
  for (const name of names) await want(name, 2);
});
afterAll(async () => {
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

const register = (service: string, more: Partial<aas.RegisterScalableTargetCommandInput> = {}) =>
  client.send(
    new aas.RegisterScalableTargetCommand({
      ...targetOf(service),
      MinCapacity: 1,
      MaxCapacity: 6,
      ...more,
    }),
  );
const desired = async (service: string) => {
  const command = new DescribeServicesCommand({ cluster: "c", services: [service] });
  return (await ecs.send(command)).services![0]!.desiredCount;
};
const want = (service: string, desiredCount: number) =>
  ecs.send(new UpdateServiceCommand({ cluster: "c", service, desiredCount }));
const activities = async (service: string) =>
  (
    await client.send(
      new aas.DescribeScalingActivitiesCommand({
        ServiceNamespace: "ecs",
        ResourceId: `service/c/${service}`,
        IncludeNotScaledActivities: true,
      }),
    )
  ).ScalingActivities!;

/** Lets minutes pass in each of which a metric of the namespace `app` has this value; what each did is done when it is over. */
async function minutes(count: number, MetricName: string, Value: number): Promise<void> {
  for (let minute = 0; minute < count; minute++) {
    await clock.advance(30_000);
    const MetricData = [{ MetricName, Value, Timestamp: new Date(clock.now()) }];
    await cloudwatch.send(new PutMetricDataCommand({ Namespace: "app", MetricData }));
    await clock.advance(30_000);
  }
}

/** Lets such minutes pass until a service wants so many tasks; how many they were. */
async function minutesUntil(
  service: string,
  count: number,
  ...[metric, value]: [metric: string, value: number]
): Promise<number> {
  for (let passed = 1; passed <= 60; passed++) {
    await minutes(1, metric, value);
    if ((await desired(service)) === count) return passed;
  }
  throw new Error(`${service} wants ${await desired(service)} tasks`);
}

/** Waits until something holds that follows without time passing on the clock. */
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 30_000 });

const track = (service: string, MetricName: string, more: object = {}, PolicyName = "track") =>
  client.send(
    new aas.PutScalingPolicyCommand({
      ...targetOf(service),
      PolicyName,
      PolicyType: "TargetTrackingScaling",
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 10,
        CustomizedMetricSpecification: { Namespace: "app", MetricName, Statistic: "Average" },
        ScaleOutCooldown: 300,
        ScaleInCooldown: 300,
        ...more,
      },
    }),
  );

test("a target's new bounds hold at once, and what people want within or without them afterwards stays", async () => {
  await register("bounds", { MinCapacity: 3 });
  await eventually(async () => expect(await desired("bounds")).toBe(3));
  await register("bounds", { MinCapacity: 0, MaxCapacity: 1 });
  await eventually(async () => expect(await desired("bounds")).toBe(1));
  expect(await activities("bounds")).toMatchObject([
    { Description: "Setting desired count to 1.", Cause: "maximum capacity was set to 1" },
    { Description: "Setting desired count to 3.", Cause: "minimum capacity was set to 3" },
  ]);
  await want("bounds", 4);
  await clock.advance(60_000);
  expect(await desired("bounds")).toBe(4);
});

test("target tracking goes out in proportion after three minutes, and in step by step after fifteen", async () => {
  await register("tracked");
  const { Alarms } = await track("tracked", "queue");
  expect(await minutesUntil("tracked", 5, "queue", 22)).toBeGreaterThanOrEqual(3);
  const high = Alarms!.find(({ AlarmName }) => AlarmName!.includes("AlarmHigh"))!.AlarmName!;
  expect((await activities("tracked"))[0]).toMatchObject({
    ...targetOf("tracked"),
    Description: "Setting desired count to 5.",
    Cause: `monitor alarm ${high} in state ALARM triggered policy track`,
  });
  const history = new DescribeAlarmHistoryCommand({ AlarmName: high, HistoryItemType: "Action" });
  await eventually(async () =>
    expect((await cloudwatch.send(history)).AlarmHistoryItems![0]!.HistorySummary).toMatch(
      /^Successfully executed action arn:aws:autoscaling:/,
    ),
  );
  // While it cools down it is reckoned from two tasks, of which 24 make five.
  await minutes(2, "queue", 24);
  expect(await desired("tracked")).toBe(5);
  await minutesUntil("tracked", 6, "queue", 28);
  await minutes(2, "queue", 28);
  await eventually(async () =>
    expect((await activities("tracked"))[0]).toMatchObject({
      Description: "Attempting to scale due to alarm triggered",
      StatusCode: "Failed",
      NotScaledReasons: [{ Code: "AlreadyAtMaxCapacity", MaxCapacity: 6, CurrentCapacity: 6 }],
    }),
  );
  expect(await minutesUntil("tracked", 5, "queue", 1)).toBeGreaterThanOrEqual(15);
  // Five minutes from one to the next, of which the first may have begun.
  expect(await minutesUntil("tracked", 4, "queue", 1)).toBeGreaterThanOrEqual(4);
  // Nothing goes in while there is a deployment.
  await ecs.send(
    new UpdateServiceCommand({ cluster: "c", service: "tracked", forceNewDeployment: true }),
  );
  await minutes(7, "queue", 1);
  expect(await desired("tracked")).toBe(4);
});

test("target tracking of an expression goes by its value", async () => {
  await register("math");
  const CustomizedMetricSpecification = {
    Metrics: [
      {
        Id: "m",
        ReturnData: false,
        MetricStat: { Metric: { Namespace: "app", MetricName: "depth" }, Stat: "Sum" },
      },
      { Id: "e", Expression: "m / 2" },
    ],
  };
  await track("math", "", { CustomizedMetricSpecification });
  expect(await minutesUntil("math", 3, "depth", 26)).toBeGreaterThanOrEqual(3);
});

test("steps are taken by how far a metric is from the alarm's threshold", async () => {
  await register("stepped");
  const { PolicyARN } = await client.send(
    new aas.PutScalingPolicyCommand({
      ...targetOf("stepped"),
      PolicyName: "steps",
      PolicyType: "StepScaling",
      StepScalingPolicyConfiguration: {
        AdjustmentType: "ChangeInCapacity",
        Cooldown: 3600,
        StepAdjustments: [
          { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
          { MetricIntervalLowerBound: 10, ScalingAdjustment: 3 },
        ],
      },
    }),
  );
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: "latency",
      AlarmActions: [PolicyARN!],
      Namespace: "app",
      MetricName: "latency",
      Statistic: "Maximum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 50,
      ComparisonOperator: "GreaterThanThreshold",
    }),
  );
  await minutesUntil("stepped", 3, "latency", 55);
  // The step of three counts the one that was just added.
  await minutesUntil("stepped", 5, "latency", 70);
  expect((await activities("stepped")).map(({ Cause }) => Cause)).toEqual([
    "monitor alarm latency in state ALARM triggered policy steps",
    "monitor alarm latency in state ALARM triggered policy steps",
  ]);
});

test("what is suspended, and what a policy is not to do, does not happen", async () => {
  const SuspendedState = { DynamicScalingOutSuspended: true };
  await register("held", { SuspendedState });
  await track("held", "load", { DisableScaleIn: true });
  await minutes(4, "load", 50);
  await minutes(16, "load", 1);
  expect(await desired("held")).toBe(2);
  expect(await activities("held")).toEqual([]);
});

test("a service goes in when all of its policies are ready to", async () => {
  await register("two");
  await track("two", "a", {}, "a");
  await track("two", "b", {}, "b");
  for (let minute = 0; minute < 18; minute++) {
    const MetricData = ["a", "b"].map((MetricName) => ({
      MetricName,
      Value: MetricName === "a" ? 1 : 9.5,
      Timestamp: new Date(clock.now() + 20_000),
    }));
    await clock.advance(30_000);
    await cloudwatch.send(new PutMetricDataCommand({ Namespace: "app", MetricData }));
    await clock.advance(30_000);
  }
  expect(await desired("two")).toBe(2);
});

test("scheduled actions set bounds at their times, in their zone, and bring the service within", async () => {
  await register("timed");
  const put = (ScheduledActionName: string, more: Partial<aas.PutScheduledActionCommandInput>) =>
    client.send(
      new aas.PutScheduledActionCommand({ ...targetOf("timed"), ScheduledActionName, ...more }),
    );
  const target = async () => {
    const ResourceIds = ["service/c/timed"];
    const command = new aas.DescribeScalableTargetsCommand({
      ServiceNamespace: "ecs",
      ResourceIds,
    });
    const { MinCapacity, MaxCapacity } = (await client.send(command)).ScalableTargets![0]!;
    return { MinCapacity, MaxCapacity };
  };
  const until = async (at: number) => clock.advance(at - clock.now());
  const MINUTE_MS = 60_000;
  const start = (Math.ceil(clock.now() / MINUTE_MS) + 2) * MINUTE_MS;
  const inTokyo = new Date(start + 9 * 60 * MINUTE_MS);
  // Once, at an instant that is told as Tokyo's clocks show it; every two minutes from some later on, twice.
  await put("open", {
    Schedule: `at(${inTokyo.toISOString().slice(0, 19)})`,
    Timezone: "Asia/Tokyo",
    ScalableTargetAction: { MinCapacity: 4 },
  });
  await put("close", {
    Schedule: "rate(2 minutes)",
    StartTime: new Date(start + 3 * MINUTE_MS),
    EndTime: new Date(start + 5 * MINUTE_MS),
    ScalableTargetAction: { MinCapacity: 0, MaxCapacity: 1 },
  });
  await until(start - 1);
  expect(await target()).toEqual({ MinCapacity: 1, MaxCapacity: 6 });
  await until(start);
  await eventually(async () => expect(await desired("timed")).toBe(4));
  expect(await target()).toEqual({ MinCapacity: 4, MaxCapacity: 6 });
  await until(start + 3 * MINUTE_MS);
  await eventually(async () => expect(await desired("timed")).toBe(1));
  // What the bounds are already holds again.
  await want("timed", 3);
  await until(start + 5 * MINUTE_MS);
  await eventually(async () => expect(await desired("timed")).toBe(1));
  await want("timed", 3);
  await until(start + 10 * MINUTE_MS);
  expect(await desired("timed")).toBe(3);
  expect((await activities("timed")).map(({ Cause }) => Cause)).toEqual([
    "maximum capacity was set to 1",
    "maximum capacity was set to 1",
    "minimum capacity was set to 4",
  ]);
});
