import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type * as Sdk from "@aws-sdk/client-application-auto-scaling";
import type { Scope } from "../../store/store.ts";
import { unsupported } from "../kit/faults.ts";
import type { CallContext } from "../service.ts";
import { notRegistered, policyNotFound, validation } from "./faults.ts";
import { describePage } from "./describe-page.ts";
import type { ScalingHandlers } from "./handlers.ts";
import { canTrack, hasPolicyType, toKey } from "./resource-types.ts";
import {
  keyOf,
  policiesByTarget,
  scalableTargets,
  scalingPolicies,
  type ScalingPolicy,
  type TargetKey,
} from "./state.ts";
import { checkSteps } from "./step-rules.ts";
import { alarmsOf, dropTargetAlarms, keepTargetAlarms } from "./target-alarms.ts";
import { TEXTS } from "./texts.ts";

/** Scaling policies. Acting on their alarms is the engine's. */
export const policyHandlers: ScalingHandlers = {
  PutScalingPolicy(input, context) {
    const key = toKey(input);
    const { store } = context;
    if (!store.of(scalableTargets).has(keyOf(key))) throw notRegistered(key);
    const id = keyOf(key, input.PolicyName);
    const before = store.of(scalingPolicies).get(id);
    const policy: ScalingPolicy = {
      ...(before ?? newPolicy(key, input, context)),
      ...configuration(key, input, before),
    };
    if (policy.tracking) requireOnlyOne(store, policy, policy.tracking);
    store.of(scalingPolicies).put(id, policy);
    keepTargetAlarms(context, policy);
    return { PolicyARN: policy.arn, Alarms: policy.tracking ? alarmsOf(store, policy) : [] };
  },

  DescribeScalingPolicies(input, { store }) {
    const { items, next } = describePage(store.of(scalingPolicies).values(), {
      namespace: input.ServiceNamespace,
      resourceId: input.ResourceId,
      dimension: input.ScalableDimension,
      names: input.PolicyNames ?? [],
      size: input.MaxResults,
      token: input.NextToken,
      of: "policies",
    });
    return { ScalingPolicies: items.map((it) => toApi(store, it)), NextToken: next };
  },

  DeleteScalingPolicy(input, { store, clock }) {
    const key = toKey(input);
    const policy = store.of(scalingPolicies).get(keyOf(key, input.PolicyName));
    if (!policy) throw policyNotFound(key, input.PolicyName);
    dropPolicy(store, policy, clock.now());
    return {};
  },
};

/** Takes a policy and the alarms that it made away, in the transaction under way. */
export function dropPolicy(store: Scope, policy: ScalingPolicy, now: number): void {
  dropTargetAlarms(store, policy, now);
  store.of(scalingPolicies).delete(keyOf(policy, policy.name));
}

function newPolicy(
  key: TargetKey,
  { PolicyName: name }: { readonly PolicyName: string },
  { region, account, clock }: CallContext,
) {
  const of = `resource/${key.namespace}/${key.resourceId}`;
  const arn = `arn:aws:autoscaling:${region}:${account}:scalingPolicy:${randomUUID()}:${of}:policyName/${name}`;
  return { ...key, name, arn, createdAt: clock.now() };
}

/** What a policy of the type that is asked for does; the type of one that is there already needs no naming. */
function configuration(
  key: TargetKey,
  input: Partial<Sdk.PutScalingPolicyRequest>,
  before: ScalingPolicy | undefined,
): Pick<ScalingPolicy, "step" | "tracking"> {
  const {
    PolicyType,
    StepScalingPolicyConfiguration: step,
    TargetTrackingScalingPolicyConfiguration: tracking,
  } = input;
  const type = PolicyType ?? (before?.tracking ? "TargetTrackingScaling" : "StepScaling");
  const { namespace } = key;
  if (!hasPolicyType(namespace, type)) throw validation(TEXTS.noStepScaling({ namespace }));
  const own = `${type}PolicyConfiguration`;
  const [given, unfit] = type === "StepScaling" ? [step, tracking] : [tracking, step];
  if (unfit) throw validation(TEXTS.configurationUnfit({ type, configuration: own }));
  if (!given) throw validation(TEXTS.configurationNeeded({ type, configuration: own }));
  if (step) return { step: checkSteps(step), tracking: undefined };
  return { step: undefined, tracking: checkTracking(key, tracking!) };
}

/** @throws AwsError `ValidationException` where another policy of the target tracks the same metric */
function requireOnlyOne(
  store: Scope,
  policy: ScalingPolicy,
  tracking: Sdk.TargetTrackingScalingPolicyConfiguration,
): void {
  const isTaken = store
    .of(scalingPolicies)
    .by(policiesByTarget, keyOf(policy))
    .some((it) => it.name !== policy.name && it.tracking && sameMetric(it.tracking, tracking));
  if (isTaken) throw validation(TEXTS.oneTracking());
}

const toApi = (store: Scope, policy: Readonly<ScalingPolicy>): Sdk.ScalingPolicy => ({
  PolicyARN: policy.arn,
  PolicyName: policy.name,
  ServiceNamespace: policy.namespace,
  ResourceId: policy.resourceId,
  ScalableDimension: policy.dimension,
  PolicyType: policy.step ? "StepScaling" : "TargetTrackingScaling",
  StepScalingPolicyConfiguration: policy.step,
  TargetTrackingScalingPolicyConfiguration: policy.tracking,
  Alarms: alarmsOf(store, policy),
  CreationTime: new Date(policy.createdAt),
});

/** `app/NAME/ID/targetgroup/NAME/ID`: the ends of the ARNs of a load balancer and of a target group. */
const LABEL = /^app\/[^/]+\/[^/]+\/targetgroup\/[^/]+\/[^/]+$/;

/**
 * Holds a target tracking policy to AWS's rules, and answers it.
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
 * @throws AwsError `ValidationException`, `NotImplemented` for metrics of a high resolution
 */
function checkTracking(
  key: TargetKey,
  {
    TargetValue,
    PredefinedMetricSpecification: predefined,
    CustomizedMetricSpecification: customized,
    ScaleOutCooldown,
    ScaleInCooldown,
    DisableScaleIn = false,
  }: Sdk.TargetTrackingScalingPolicyConfiguration,
): Sdk.TargetTrackingScalingPolicyConfiguration {
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
  specification: Sdk.PredefinedMetricSpecification,
): Sdk.PredefinedMetricSpecification {
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
  specification: Sdk.CustomizedMetricSpecification,
): Sdk.CustomizedMetricSpecification {
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
function sameMetric(
  a: Sdk.TargetTrackingScalingPolicyConfiguration,
  b: Sdk.TargetTrackingScalingPolicyConfiguration,
): boolean {
  return isDeepStrictEqual(metricOf(a), metricOf(b));
}

const metricOf = (it: Sdk.TargetTrackingScalingPolicyConfiguration) =>
  JSON.parse(JSON.stringify([it.PredefinedMetricSpecification, it.CustomizedMetricSpecification]));
