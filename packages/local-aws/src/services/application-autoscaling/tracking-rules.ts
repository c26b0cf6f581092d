import { isDeepStrictEqual } from "node:util";
import type {
  CustomizedMetricSpecification,
  PredefinedMetricSpecification,
  TargetTrackingScalingPolicyConfiguration,
} from "@aws-sdk/client-application-auto-scaling";
import { unsupported } from "../kit/faults.ts";
import { validation } from "./faults.ts";
import { canTrack } from "./resource-types.ts";
import type { TargetKey } from "./state.ts";
import { TEXTS } from "./texts.ts";

/** `app/NAME/ID/targetgroup/NAME/ID`: the ends of the ARNs of a load balancer and of a target group. */
const LABEL = /^app\/[^/]+\/[^/]+\/targetgroup\/[^/]+\/[^/]+$/;

/**
 * Holds a target tracking policy to AWS's rules, and answers it.
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
 * @throws AwsError `ValidationException`, `NotImplemented` for metrics of a high resolution
 */
export function checkTracking(
  key: TargetKey,
  {
    TargetValue,
    PredefinedMetricSpecification: predefined,
    CustomizedMetricSpecification: customized,
    ScaleOutCooldown,
    ScaleInCooldown,
    DisableScaleIn = false,
  }: TargetTrackingScalingPolicyConfiguration,
): TargetTrackingScalingPolicyConfiguration {
  if (TargetValue === undefined || TargetValue <= 0) throw validation(TEXTS.targetValue());
  if ((ScaleOutCooldown ?? 0) < 0 || (ScaleInCooldown ?? 0) < 0) throw validation(TEXTS.cooldown());
  if ((predefined === undefined) === (customized === undefined))
    throw validation(TEXTS.oneMetric());
  return {
    TargetValue,
    PredefinedMetricSpecification: predefined && checkPredefined(key, predefined),
    CustomizedMetricSpecification: customized && checkCustomized(customized),
    ScaleOutCooldown,
    ScaleInCooldown,
    DisableScaleIn,
  };
}

function checkPredefined(
  { namespace, dimension }: TargetKey,
  specification: PredefinedMetricSpecification,
): PredefinedMetricSpecification {
  const { PredefinedMetricType: type, ResourceLabel: label } = specification;
  if (type === undefined || !canTrack(dimension, type))
    throw validation(TEXTS.unfitMetric({ type: type ?? "", dimension }));
  if (namespace === "ecs" && type.endsWith("HighResolution"))
    throw unsupported(`PredefinedMetricType=${type}`);
  const needsLabel = type === "ALBRequestCountPerTarget";
  if (needsLabel && label === undefined) throw validation(TEXTS.labelNeeded({ type }));
  if (!needsLabel && label !== undefined) throw validation(TEXTS.labelUnfit({ type }));
  if (label !== undefined && !LABEL.test(label)) throw validation(TEXTS.labelForm({ label }));
  return specification;
}

function checkCustomized(
  specification: CustomizedMetricSpecification,
): CustomizedMetricSpecification {
  const { MetricName, Namespace, Statistic, Dimensions, Unit, Metrics } = specification;
  const single = [MetricName, Namespace, Statistic];
  if (Metrics === undefined || Metrics.length === 0) {
    if (single.includes(undefined)) throw validation(TEXTS.metricIncomplete());
    return specification;
  }
  if ([...single, Dimensions, Unit].some((member) => member !== undefined))
    throw validation(TEXTS.metricIncomplete());
  for (const { Id, Expression, MetricStat } of Metrics)
    if ((Expression === undefined) === (MetricStat === undefined))
      throw validation(TEXTS.queryForm({ id: Id ?? "" }));
  if (!Metrics.some(({ MetricStat }) => MetricStat)) throw validation(TEXTS.metricIncomplete());
  if (Metrics.filter(({ ReturnData = true }) => ReturnData).length !== 1)
    throw validation(TEXTS.oneReturned());
  return specification;
}

/** Whether two policies track the same metric, whatever value they want of it. */
export function sameMetric(
  a: TargetTrackingScalingPolicyConfiguration,
  b: TargetTrackingScalingPolicyConfiguration,
): boolean {
  return isDeepStrictEqual(metricOf(a), metricOf(b));
}

const metricOf = (it: TargetTrackingScalingPolicyConfiguration) =>
  JSON.parse(JSON.stringify([it.PredefinedMetricSpecification, it.CustomizedMetricSpecification]));
