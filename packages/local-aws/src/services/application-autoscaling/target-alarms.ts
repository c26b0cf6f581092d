import { randomUUID } from "node:crypto";
import type * as Sdk from "@aws-sdk/client-application-auto-scaling";
import type { MetricDataQuery, StandardUnit } from "@aws-sdk/client-cloudwatch";
import type { Scope } from "../../store/store.ts";
import { dropAlarm } from "../cloudwatch/alarms.ts";
import { checkExpressions } from "../cloudwatch/metric-data.ts";
import { keepAlarm } from "../cloudwatch/keep-alarm.ts";
import { alarms, type Alarm, type MetricAlarm } from "../cloudwatch/state.ts";
import type { CallContext } from "../service.ts";
import type { ScalingPolicy, TargetKey } from "./state.ts";

/** Which way an alarm of a target tracking policy leads: out where the metric is too high, in where it is low. */
export type Direction = "High" | "Low";

/** For how many minutes a metric has to be too high, or low. Low is less than nine tenths of what is wanted. */
const PERIODS: Readonly<Record<Direction, number>> = { High: 3, Low: 15 };
const LOW_SHARE = 0.9;

/**
 * Gives a target tracking policy its two alarms, or changes those that it has, in the transaction under way: one alone where it does not
 * scale in, none where it tracks what is not measured here.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html
 * @throws AwsError `ValidationException` where CloudWatch cannot read an expression
 */
export function keepTargetAlarms(context: CallContext, policy: ScalingPolicy): void {
  const { tracking } = policy;
  const measured =
    tracking && policy.namespace === "ecs" ? trackedMetric(policy, tracking) : undefined;
  if (measured?.metrics) checkExpressions(measured.metrics);
  for (const direction of ["High", "Low"] as const) {
    const before = targetAlarm(context.store, policy, direction);
    if (!measured || (direction === "Low" && tracking?.DisableScaleIn)) {
      if (before) dropAlarm(context.store, before, context.clock.now());
      continue;
    }
    const target = tracking!.TargetValue!;
    const isHigh = direction === "High";
    keepAlarm(context, {
      name: before?.name ?? `${prefixOf(policy, direction)}${randomUUID()}`,
      description: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${policy.arn}.`,
      actionsEnabled: true,
      actions: { OK: [], ALARM: [policy.arn], INSUFFICIENT_DATA: [] },
      tags: undefined,
      rule: {
        type: "metric",
        ...measured,
        evaluationPeriods: PERIODS[direction],
        threshold: isHigh ? target : target * LOW_SHARE,
        comparison: isHigh ? "GreaterThanThreshold" : "LessThanThreshold",
      },
    });
  }
}

/** Takes the alarms that a policy made for itself away, in the transaction under way. */
export function dropTargetAlarms(store: Scope, policy: ScalingPolicy, now: number): void {
  for (const direction of ["High", "Low"] as const) {
    const alarm = targetAlarm(store, policy, direction);
    if (alarm) dropAlarm(store, alarm, now);
  }
}

/** The alarm of a direction that a target tracking policy made; undefined where it has none. */
export function targetAlarm(
  store: Scope,
  policy: ScalingPolicy,
  direction: Direction,
): Readonly<Alarm> | undefined {
  return store.of(alarms).find((alarm) => directionOf(policy, alarm) === direction);
}

/** Which way an alarm leads that a target tracking policy made; undefined where it is none of the policy's own. */
export function directionOf(policy: ScalingPolicy, alarm: Readonly<Alarm>): Direction | undefined {
  if (!alarm.actions.ALARM.includes(policy.arn)) return undefined;
  return (["High", "Low"] as const).find((each) => alarm.name.startsWith(prefixOf(policy, each)));
}

/** All alarms that invoke a policy: its own, and those that people made for it. */
export function alarmsOf(store: Scope, { arn }: ScalingPolicy): Sdk.Alarm[] {
  return store
    .of(alarms)
    .filter(({ actions }) => Object.values(actions).some((arns) => arns.includes(arn)))
    .map((alarm) => ({ AlarmName: alarm.name, AlarmARN: alarm.arn }))
    .toSorted((a, b) => (a.AlarmName < b.AlarmName ? -1 : 1));
}

const prefixOf = ({ resourceId }: ScalingPolicy, direction: Direction) =>
  `TargetTracking-${resourceId}-Alarm${direction}-`;

/** How often a tracked metric is looked at, in seconds. */
const PERIOD = 60;

/** What a target tracking policy looks at: one metric of CloudWatch, or queries of which one is the value. */
type TrackedMetric = Pick<MetricAlarm, "metric" | "metrics">;

/** The metric that a policy of ECS tracks; undefined for those that are known of another service's resources alone. */
function trackedMetric(
  key: TargetKey,
  {
    PredefinedMetricSpecification: predefined,
    CustomizedMetricSpecification: customized,
  }: Sdk.TargetTrackingScalingPolicyConfiguration,
): TrackedMetric | undefined {
  if (customized) return customizedMetric(customized);
  return predefined && predefinedMetric(key, predefined);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html */
function predefinedMetric(
  { resourceId }: TargetKey,
  { PredefinedMetricType: type, ResourceLabel: label = "" }: Sdk.PredefinedMetricSpecification,
): TrackedMetric | undefined {
  if (type === "ALBRequestCountPerTarget") {
    const [loadBalancer = "", targetGroup = ""] = label.split("/targetgroup/");
    const dimensions = [
      { Name: "TargetGroup", Value: `targetgroup/${targetGroup}` },
      { Name: "LoadBalancer", Value: loadBalancer },
    ];
    const namespace = "AWS/ApplicationELB";
    return {
      metric: {
        namespace,
        name: "RequestCountPerTarget",
        dimensions,
        statistic: "Sum",
        period: PERIOD,
      },
    };
  }
  const [, what] = /^ECSServiceAverage(CPU|Memory)Utilization$/.exec(type ?? "") ?? [];
  if (what === undefined) return undefined;
  const [, cluster = "", service = ""] = resourceId.split("/");
  const dimensions = [
    { Name: "ClusterName", Value: cluster },
    { Name: "ServiceName", Value: service },
  ];
  const name = `${what}Utilization`;
  return {
    metric: { namespace: "AWS/ECS", name, dimensions, statistic: "Average", period: PERIOD },
  };
}

function customizedMetric(specification: Sdk.CustomizedMetricSpecification): TrackedMetric {
  const { Metrics, Namespace = "", MetricName = "", Statistic, Unit, Dimensions } = specification;
  if (Metrics?.length) return { metrics: Metrics.map(toQuery) };
  return {
    metric: {
      namespace: Namespace,
      name: MetricName,
      dimensions: toDimensions(Dimensions),
      statistic: Statistic ?? "Average",
      unit: Unit as StandardUnit | undefined,
      period: PERIOD,
    },
  };
}

function toQuery(query: Sdk.TargetTrackingMetricDataQuery): MetricDataQuery {
  const { Id = "", Expression, Label, ReturnData = true, MetricStat } = query;
  const common = { Id, Label, ReturnData };
  if (!MetricStat) return { ...common, Expression, Period: PERIOD };
  const { Metric, Stat = "Average", Unit } = MetricStat;
  const { Namespace, MetricName, Dimensions } = Metric ?? {};
  return {
    ...common,
    MetricStat: {
      Metric: { Namespace, MetricName, Dimensions: toDimensions(Dimensions) },
      Period: PERIOD,
      Stat,
      Unit: Unit as StandardUnit | undefined,
    },
  };
}

const toDimensions = (
  given: readonly {
    readonly Name?: string | undefined;
    readonly Value?: string | undefined;
  }[] = [],
): { Name: string; Value: string }[] => given.map(({ Name = "", Value = "" }) => ({ Name, Value }));
