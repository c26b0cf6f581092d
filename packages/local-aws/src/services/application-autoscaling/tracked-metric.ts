import type {
  CustomizedMetricSpecification,
  PredefinedMetricSpecification,
  TargetTrackingMetricDataQuery,
  TargetTrackingScalingPolicyConfiguration,
} from "@aws-sdk/client-application-auto-scaling";
import type { MetricDataQuery, StandardUnit } from "@aws-sdk/client-cloudwatch";
import type { MetricAlarm } from "../cloudwatch/state.ts";
import type { TargetKey } from "./state.ts";

/** How often a tracked metric is looked at, in seconds. */
const PERIOD = 60;

/** What a target tracking policy looks at: one metric of CloudWatch, or queries of which one is the value. */
export type TrackedMetric = Pick<MetricAlarm, "metric" | "metrics">;

/** The metric that a policy of ECS tracks; undefined for those that are known of another service's resources alone. */
export function trackedMetric(
  key: TargetKey,
  {
    PredefinedMetricSpecification: predefined,
    CustomizedMetricSpecification: customized,
  }: TargetTrackingScalingPolicyConfiguration,
): TrackedMetric | undefined {
  if (customized) return customizedMetric(customized);
  return predefined && predefinedMetric(key, predefined);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html */
function predefinedMetric(
  { resourceId }: TargetKey,
  { PredefinedMetricType: type, ResourceLabel: label = "" }: PredefinedMetricSpecification,
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

function customizedMetric(specification: CustomizedMetricSpecification): TrackedMetric {
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

function toQuery(query: TargetTrackingMetricDataQuery): MetricDataQuery {
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
