import type { NotScaledReason } from "@aws-sdk/client-application-auto-scaling";
import type { Clock } from "../../clock/clock.ts";
import { addActivity } from "../../services/application-autoscaling/activities.ts";
import {
  activitiesByTarget,
  coolDowns,
  keyOf,
  scalableTargets,
  scalingActivities,
  scalingPolicies,
  type CoolDowns,
  type ScalableTarget,
  type ScalingPolicy,
} from "../../services/application-autoscaling/state.ts";
import { TEXTS } from "../../services/application-autoscaling/texts.ts";
import type { Alarm } from "../../services/cloudwatch/state.ts";
import type { EcsService } from "../../services/ecs/state.ts";
import type { Scope, Store } from "../../store/store.ts";
import { serviceOf, setDesiredCount } from "./desired-count.ts";
import { wish, type Wish } from "./policy-wishes.ts";

/** What services of ECS cool down for where a policy does not say, in seconds. https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html */
const DEFAULT_COOLDOWN = 300;

/** An alarm that invokes a policy, and all that is known of what is to be scaled. */
interface Invoked {
  readonly scope: Scope;
  readonly clock: Clock;
  readonly alarm: Readonly<Alarm>;
  readonly policy: Readonly<ScalingPolicy>;
  readonly target: Readonly<ScalableTarget>;
  readonly service: Readonly<EcsService>;
  readonly cooling: Readonly<CoolDowns> | undefined;
}

/**
 * Does what a scaling policy says where an alarm invokes it, in the transaction under way.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
 * @returns why nothing can be done, in words for the alarm's history; undefined where the policy was acted upon
 */
export function actOnAlarm(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  scope: Scope,
  alarm: Readonly<Alarm>,
  policyArn: string,
): string | undefined {
  const policy = scope.of(scalingPolicies).find(({ arn }) => arn === policyArn);
  const target = policy && scope.of(scalableTargets).get(keyOf(policy));
  if (!policy || !target) return `There is no scaling policy ${policyArn}.`;
  if (policy.namespace !== "ecs") return `Local AWS scales services of ECS alone.`;
  const service = serviceOf(scope, policy);
  if (!service) return TEXTS.noService({ resourceId: policy.resourceId });
  const cooling = scope.of(coolDowns).get(keyOf(policy));
  const invoked = { scope, clock, alarm, policy, target, service, cooling };
  const wanted = wish({ store, clock, scope, alarm, policy, current: base(invoked) });
  if (wanted) follow(invoked, wanted);
  return undefined;
}

/**
 * What a policy reckons from: while a service cools down from going out, what was added counts as part of what is to be added.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html#step-scaling-cooldown
 */
function base({ cooling, clock, service }: Pick<Invoked, "cooling" | "clock" | "service">) {
  const { out } = cooling ?? {};
  const isPart = out && isCooling(clock, out) && out.to === service.desiredCount;
  return { now: service.desiredCount, before: isPart ? out.from : service.desiredCount };
}

const isCooling = (clock: Clock, { at, seconds }: { at: number; seconds: number }) =>
  clock.idleSince(at) < seconds * 1000;

function follow(invoked: Invoked, { direction, count }: Wish): void {
  const { target, service, cooling, clock } = invoked;
  const { desiredCount: CurrentCapacity } = service;
  const { min: MinCapacity, max: MaxCapacity } = target;
  const bounded = Math.min(Math.max(count, MinCapacity), MaxCapacity);
  if (direction === "none")
    return tellNotScaled(invoked, { Code: "AlreadyAtDesiredCapacity", CurrentCapacity });
  if (direction === "out") {
    if (target.suspended.out) return;
    if (CurrentCapacity >= MaxCapacity)
      return tellNotScaled(invoked, { Code: "AlreadyAtMaxCapacity", MaxCapacity, CurrentCapacity });
    if (count > CurrentCapacity) goOut(invoked, bounded);
    return;
  }
  if (target.suspended.in || isDeploying(service)) return;
  if (CurrentCapacity <= MinCapacity)
    return tellNotScaled(invoked, { Code: "AlreadyAtMinCapacity", MinCapacity, CurrentCapacity });
  if (cooling?.in && isCooling(clock, cooling.in)) return;
  if (count < CurrentCapacity) return goIn(invoked, bounded);
  // With one task fewer the metric would be too high again.
  tellNotScaled(invoked, { Code: "AutoScalingAnticipatedFlapping", CurrentCapacity });
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html: nothing goes in while a deployment is under way. */
const isDeploying = ({ deployments }: Readonly<EcsService>) =>
  deployments.some(({ rolloutState }) => rolloutState === "IN_PROGRESS");

function goOut(invoked: Invoked, to: number): void {
  const { scope, clock, policy, service } = invoked;
  const seconds = policy.step?.Cooldown ?? policy.tracking?.ScaleOutCooldown ?? DEFAULT_COOLDOWN;
  const { before: from } = base(invoked);
  scale(invoked, to);
  // Whatever goes in waits no longer: https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html#target-tracking-cooldown
  const { namespace, resourceId, dimension } = policy;
  const out = { at: clock.now(), seconds, from: Math.min(from, service.desiredCount), to };
  scope.of(coolDowns).put(keyOf(policy), { namespace, resourceId, dimension, out });
}

function goIn(invoked: Invoked, to: number): void {
  const { scope, clock, policy } = invoked;
  const seconds = policy.step?.Cooldown ?? policy.tracking?.ScaleInCooldown ?? DEFAULT_COOLDOWN;
  scale(invoked, to);
  const { namespace, resourceId, dimension } = policy;
  const key = { namespace, resourceId, dimension };
  scope.of(coolDowns).put(keyOf(policy), { ...key, in: { at: clock.now(), seconds } });
}

function scale(invoked: Invoked, count: number): void {
  const { scope, clock, policy, service } = invoked;
  setDesiredCount(scope, policy, { service, count, cause: causeOf(invoked), now: clock.now() });
}

const causeOf = ({ alarm, policy }: Pick<Invoked, "alarm" | "policy">) =>
  TEXTS.byAlarm({ alarm: alarm.name, state: alarm.state.value, policy: policy.name });

/** Writes down that nothing was done, once for each time that there is a new reason. */
function tellNotScaled(invoked: Invoked, reason: NotScaledReason): void {
  const { scope, clock, policy } = invoked;
  const cause = causeOf(invoked);
  const [last] = scope
    .of(scalingActivities)
    .by(activitiesByTarget, keyOf(policy))
    .toSorted((a, b) => b.order - a.order);
  if (last?.cause === cause && last.notScaled?.[0]?.Code === reason.Code) return;
  const now = clock.now();
  addActivity(scope, policy, {
    description: TEXTS.notScaling(),
    cause,
    startedAt: now,
    endedAt: now,
    status: "Failed",
    notScaled: [reason],
  });
}
