import type { StepScalingPolicyConfiguration } from "@aws-sdk/client-application-auto-scaling";
import { SystemClock } from "@workbook/local-aws";
import { say } from "@workbook/toolchain";
import { afterAll, beforeAll, expect, test } from "vitest";

import { diagnose } from "../../src/diagnosis/diagnose.ts";
import type { FindingId } from "../../src/diagnosis/kinds.ts";
import { pollUntil } from "../../src/poll.ts";
import { ENTRIES_BESIDE, ShownEntries } from "./entries-beside.ts";
import { untilSaid } from "./symptoms.ts";
import { REGION, startTestCloud, type TestCloud } from "../../src/testing/test-cloud.ts";

/** A minute is a fifth of a second. */
const PACE = 300;
const CLUSTER = "scaled";
const DEADLINE_MS = 60_000;

let cloud: TestCloud;
let network: { readonly subnets: string[]; readonly vpcId: string };

beforeAll(async () => {
  cloud = await startTestCloud({ tasks: "off", clock: new SystemClock(PACE) });
  const { ecs, ec2 } = cloud.aws;
  await ecs.createCluster({ clusterName: CLUSTER });
  await ecs.registerTaskDefinition({
    family: "web",
    cpu: "256",
    memory: "512",
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    containerDefinitions: [{ name: "web", image: "web", portMappings: [{ containerPort: 80 }] }],
  });
  const { Subnets = [] } = await ec2.describeSubnets({});
  network = {
    subnets: Subnets.map(({ SubnetId }) => SubnetId!),
    vpcId: Subnets[0]!.VpcId!,
  };
}, 60_000);
afterAll(() => cloud.stop());

/** A service that may scale from 1 to 4, and wants 2 tasks. */
class Scaled {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  get key() {
    return {
      ServiceNamespace: "ecs",
      ResourceId: `service/${CLUSTER}/${this.name}`,
      ScalableDimension: "ecs:service:DesiredCount",
    } as const;
  }

  async create(targetGroupArn?: string): Promise<void> {
    const { ecs } = cloud.aws;
    await ecs.createService({
      cluster: CLUSTER,
      serviceName: this.name,
      taskDefinition: "web",
      launchType: "FARGATE",
      desiredCount: 2,
      networkConfiguration: { awsvpcConfiguration: { subnets: network.subnets } },
      ...(targetGroupArn && {
        loadBalancers: [{ targetGroupArn, containerName: "web", containerPort: 80 }],
      }),
    });
    await this.register();
  }

  async register(more: object = {}): Promise<void> {
    const bounds = { MinCapacity: 1, MaxCapacity: 4 };
    await cloud.aws.scaling.registerScalableTarget({ ...this.key, ...bounds, ...more });
  }

  async track(metric: object): Promise<void> {
    await cloud.aws.scaling.putScalingPolicy({
      ...this.key,
      PolicyName: `track-${this.name}`,
      PolicyType: "TargetTrackingScaling",
      TargetTrackingScalingPolicyConfiguration: { TargetValue: 10, ...metric },
    });
  }

  /** One task more where the metric of its name is more than 10, and then nothing for ten hours. */
  async step(more: Partial<StepScalingPolicyConfiguration> = {}): Promise<string> {
    const { PolicyARN } = await cloud.aws.scaling.putScalingPolicy({
      ...this.key,
      PolicyName: `step-${this.name}`,
      PolicyType: "StepScaling",
      StepScalingPolicyConfiguration: {
        AdjustmentType: "ChangeInCapacity",
        Cooldown: 36_000,
        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
        ...more,
      },
    });
    await cloud.aws.cloudwatch.putMetricAlarm({
      AlarmName: `high-${this.name}`,
      AlarmActions: [PolicyARN!],
      Namespace: "app",
      MetricName: this.name,
      Statistic: "Maximum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 10,
      ComparisonOperator: "GreaterThanThreshold",
      // Where nothing comes, all is well: there is always something to look at.
      TreatMissingData: "notBreaching",
    });
    return PolicyARN!;
  }

  /** Lets its metric be far too high now. */
  async measure(): Promise<void> {
    const MetricData = [{ MetricName: this.name, Value: 50 }];
    await cloud.aws.cloudwatch.putMetricData({ Namespace: "app", MetricData });
  }

  async findings() {
    const scope = { region: REGION, cluster: CLUSTER, pace: PACE };
    const { findings } = await diagnose(cloud.aws, scope, { services: [this.name] });
    return findings.filter(({ id }) => id.startsWith("scaling"));
  }
}

const CUSTOM = {
  CustomizedMetricSpecification: { Namespace: "app", MetricName: "silent", Statistic: "Average" },
} as const;

/** Two target groups behind one load balancer: the first is the service's, the label names the other. */
async function labelledWrongly(scaled: Scaled): Promise<void> {
  const { elbv2 } = cloud.aws;
  const { LoadBalancers } = await elbv2.createLoadBalancer({
    Name: "scaled",
    Subnets: network.subnets.slice(0, 2),
  });
  const LoadBalancerArn = LoadBalancers![0]!.LoadBalancerArn!;
  const groups = await Promise.all(
    ["own", "other"].map(async (Name, index) => {
      const { TargetGroups } = await elbv2.createTargetGroup({
        Name,
        VpcId: network.vpcId,
        TargetType: "ip",
        Protocol: "HTTP",
        Port: 80,
      });
      const { TargetGroupArn } = TargetGroups![0]!;
      await elbv2.createListener({
        LoadBalancerArn,
        Port: 80 + index,
        Protocol: "HTTP",
        DefaultActions: [{ Type: "forward", TargetGroupArn: TargetGroupArn! }],
      });
      return TargetGroupArn!;
    }),
  );
  await scaled.create(groups[0]);
  const suffix = (arn: string) => arn.replace(/^.*:(?:loadbalancer\/)?/, "");
  await scaled.track({
    PredefinedMetricSpecification: {
      PredefinedMetricType: "ALBRequestCountPerTarget",
      ResourceLabel: `${suffix(LoadBalancerArn)}/${suffix(groups[1]!)}`,
    },
  });
}

interface Case {
  readonly what: string;
  readonly finding: FindingId;
  readonly says: RegExp;
  /** Makes the service and the mistake. */
  readonly make: (scaled: Scaled) => Promise<void>;
  /** Its metric is too high all the time. */
  readonly isLoaded?: true;
}

const CASES: readonly Case[] = [
  {
    what: "no policy says when",
    finding: "scaling-no-policy",
    says: /may scale, and no policy says when/,
    make: (scaled) => scaled.create(),
  },
  {
    what: "an alarm calls a policy that was deleted",
    finding: "scaling-policy-missing",
    says: /high-\S+ calls the policy step-\S+, which is not there/,
    make: async (scaled) => {
      await scaled.create();
      await scaled.step();
      const PolicyName = `step-${scaled.name}`;
      await cloud.aws.scaling.deleteScalingPolicy({ ...scaled.key, PolicyName });
    },
  },
  {
    what: "scaling is suspended",
    finding: "scaling-suspended",
    says: /is suspended: no tasks are added\./,
    make: async (scaled) => {
      await scaled.create();
      await scaled.track(CUSTOM);
      await scaled.register({ SuspendedState: { DynamicScalingOutSuspended: true } });
    },
  },
  {
    what: "the minimum is the maximum",
    finding: "scaling-fixed",
    says: /can only have 2 tasks/,
    make: async (scaled) => {
      await scaled.create();
      await scaled.track(CUSTOM);
      await scaled.register({ MinCapacity: 2, MaxCapacity: 2 });
    },
  },
  {
    what: "the label names another target group",
    finding: "scaling-label",
    says: /counts requests to targetgroup\/other\//,
    make: labelledWrongly,
  },
  {
    what: "nothing writes the metric",
    finding: "scaling-no-data",
    says: /has nothing to look at: no silent come/,
    make: async (scaled) => {
      await scaled.create();
      await scaled.track(CUSTOM);
    },
  },
  {
    what: "a scheduled action gives a minimum above the maximum",
    finding: "scaling-schedule-failed",
    says: /Maximum capacity cannot be less than minimum capacity/,
    make: async (scaled) => {
      await scaled.create();
      await scaled.step();
      await cloud.aws.scaling.putScheduledAction({
        ...scaled.key,
        ScheduledActionName: "soon",
        Schedule: `at(${new Date(Date.now() + 2000).toISOString().slice(0, 19)})`,
        ScalableTargetAction: { MinCapacity: 9 },
      });
    },
  },
  {
    what: "something sets the count back",
    finding: "scaling-set-back",
    says: /had set \S+ to 3 tasks, and something else has set it to 2 since/,
    make: async (scaled) => {
      await scaled.create();
      await scaled.step();
      await scaled.register({ MinCapacity: 3 });
      const desired = async () => {
        const services = [scaled.name];
        const answer = await cloud.aws.ecs.describeServices({ cluster: CLUSTER, services });
        return answer.services![0]!.desiredCount;
      };
      await pollUntil(desired, (count) => count === 3, { deadlineMs: DEADLINE_MS });
      const back = { cluster: CLUSTER, service: scaled.name, desiredCount: 2 };
      await cloud.aws.ecs.updateService(back);
    },
  },
  {
    what: "there are as many as there may be",
    finding: "scaling-at-maximum",
    says: /has 2 tasks, and more are wanted: 2 is its maximum/,
    make: async (scaled) => {
      await scaled.create();
      await scaled.step();
      await scaled.register({ MaxCapacity: 2 });
    },
    isLoaded: true,
  },
  {
    what: "it was scaled a moment ago",
    finding: "scaling-cool-down",
    says: /was scaled \d+ seconds ago by step-\S+, which waits 36000/,
    make: async (scaled) => {
      await scaled.create();
      await scaled.step();
    },
    isLoaded: true,
  },
  {
    what: "the role is gone",
    finding: "scaling-role-missing",
    says: /AWSServiceRoleForApplicationAutoScaling_ECSService, and there is no such role/,
    make: async (scaled) => {
      await scaled.create();
      await scaled.step();
      const RoleName = "AWSServiceRoleForApplicationAutoScaling_ECSService";
      await cloud.aws.iam.deleteServiceLinkedRole({ RoleName });
    },
  },
];

const entries = new ShownEntries(ENTRIES_BESIDE.scaling);

/** What its alarms and its activities say. */
async function alarmsAndActivities(scaled: Scaled): Promise<string> {
  const { MetricAlarms = [] } = await cloud.aws.cloudwatch.describeAlarms({});
  const { ResourceId, ServiceNamespace } = scaled.key;
  const own = { ResourceId, ServiceNamespace };
  const answer = await cloud.aws.scaling.describeScalingActivities(own);
  const alarms = MetricAlarms.filter(({ AlarmName = "" }) => AlarmName.includes(scaled.name));
  return JSON.stringify([alarms, answer.ScalingActivities]);
}

test.each(CASES.map((each, index) => ({ ...each, name: `case-${index}` })))(
  "$finding: $what",
  async ({ name, finding, says, make, isLoaded }) => {
    const scaled = new Scaled(name);
    await make(scaled);
    const { last } = await pollUntil(
      async () => {
        if (isLoaded) await scaled.measure();
        return scaled.findings();
      },
      (findings) => findings.length === 1 && findings[0]!.id === finding,
      { deadlineMs: DEADLINE_MS, intervalMs: 50 },
    );
    expect(last.map(({ id }) => id)).toEqual([finding]);
    expect(say(last[0]!.cause, "en")).toMatch(says);
    expect(last[0]!.evidence.length).toBeGreaterThan(0);
    if (!entries.isMissing(finding)) return;
    await untilSaid(finding, async () => {
      if (isLoaded) await scaled.measure();
      return alarmsAndActivities(scaled);
    });
    entries.add(finding);
  },
  2 * DEADLINE_MS,
);

test("the words of every entry about scaling were read", () => {
  expect(entries.missing).toEqual([]);
});

test("nothing is said of a service that scales as it should", async () => {
  const scaled = new Scaled("well");
  await scaled.create();
  await scaled.step();
  const look = () => cloud.aws.cloudwatch.describeAlarms({ AlarmNames: ["high-well"] });
  await pollUntil(look, ({ MetricAlarms }) => MetricAlarms![0]!.StateValue === "OK", {
    deadlineMs: DEADLINE_MS,
  });
  expect(await scaled.findings()).toEqual([]);
});
