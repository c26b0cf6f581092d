import type * as Sdk from "@aws-sdk/client-application-auto-scaling";
import { defineIndex } from "../../store/collection.ts";
import { defineKind } from "../../store/kind.ts";
import { written } from "../kit/written.ts";
import type { Kept } from "../service.ts";

/** What tells one scalable target from the others. */
export interface TargetKey {
  namespace: Sdk.ServiceNamespace;
  /** Such as `service/my-cluster/my-service`. */
  resourceId: string;
  dimension: Sdk.ScalableDimension;
}

/** Keyed by {@link keyOf}. */
export interface ScalableTarget extends TargetKey {
  arn: string;
  min: number;
  max: number;
  roleArn: string;
  suspended: { in: boolean; out: boolean; scheduled: boolean };
  createdAt: number;
  tags: Readonly<Record<string, string>>;
}

/** Keyed by its target's key and its name. */
export interface ScalingPolicy extends TargetKey {
  name: string;
  arn: string;
  createdAt: number;
  /** One of the two says what the policy does. */
  step?: Sdk.StepScalingPolicyConfiguration;
  tracking?: Sdk.TargetTrackingScalingPolicyConfiguration;
}

/** Keyed by its target's key and its name. Instants are milliseconds since the epoch. */
export interface ScheduledAction extends TargetKey {
  name: string;
  arn: string;
  schedule: string;
  /** The time zone's name; UTC where it is left out. */
  zone?: string;
  from?: number;
  until?: number;
  min?: number;
  max?: number;
  createdAt: number;
}

/** What was done to a target's capacity, or why it was not. Keyed by its id. */
export interface ScalingActivity extends TargetKey {
  id: string;
  /** Counts the activities of a target. */
  order: number;
  description: string;
  cause: string;
  startedAt: number;
  endedAt?: number;
  status: Sdk.ScalingActivityStatusCode;
  message?: string;
  /** The capacity that was asked for; undefined where nothing was to be done. */
  capacity?: number;
  notScaled?: readonly Sdk.NotScaledReason[];
}

/** What was done to a target last, which keeps the next from being done too soon. Keyed as the target is. */
export interface CoolDowns extends TargetKey {
  /** From how many to how many, when, and for how many seconds it counts. */
  out?: { at: number; seconds: number; from: number; to: number };
  in?: { at: number; seconds: number };
}

export const scalableTargets = defineKind<ScalableTarget>("application-autoscaling.target");
export const scalingPolicies = defineKind<ScalingPolicy>("application-autoscaling.policy");
export const scheduledActions = defineKind<ScheduledAction>("application-autoscaling.action");
export const scalingActivities = defineKind<ScalingActivity>("application-autoscaling.activity");
export const coolDowns = defineKind<CoolDowns>("application-autoscaling.cool-downs");
export const activitiesByTarget = defineIndex<ScalingActivity>((it) => [keyOf(it)]);
export const policiesByTarget = defineIndex<ScalingPolicy>((it) => [keyOf(it)]);
export const actionsByTarget = defineIndex<ScheduledAction>((it) => [keyOf(it)]);

/** The key of a target; with a name that of one of its policies or scheduled actions. */
export function keyOf({ namespace, resourceId, dimension }: TargetKey, name?: string): string {
  const key = [namespace, resourceId, dimension];
  return JSON.stringify(name === undefined ? key : [...key, name]);
}

export const kept: Kept = {
  shown: [scalableTargets],
  written: [written(scalingActivities), written(coolDowns)],
};
