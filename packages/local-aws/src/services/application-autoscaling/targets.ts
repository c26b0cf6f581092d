import { randomBytes } from "node:crypto";
import type * as Sdk from "@aws-sdk/client-application-auto-scaling";
import { ecsArn } from "../ecs/arns.ts";
import { ecsServices } from "../ecs/state.ts";
import { ensureServiceLinkedRole } from "../iam/service-linked-roles.ts";
import { cutPage } from "../kit/pages.ts";
import type { CallContext } from "../service.ts";
import { invalidToken, targetNotFound, validation } from "./faults.ts";
import type { ScalingHandlers } from "./handlers.ts";
import { dropPolicy } from "./policies.ts";
import { toKey } from "./resource-types.ts";
import {
  actionsByTarget,
  coolDowns,
  keyOf,
  policiesByTarget,
  scalableTargets,
  scalingPolicies,
  scheduledActions,
  type ScalableTarget,
  type TargetKey,
} from "./state.ts";
import { checkTags } from "./tags.ts";
import { TEXTS } from "./texts.ts";

/** Scalable targets. That a target's capacity is brought within its bounds is the engine's. */
export const targetHandlers: ScalingHandlers = {
  RegisterScalableTarget(input, context) {
    const key = toKey(input);
    const before = context.store.of(scalableTargets).get(keyOf(key));
    const { min, max } = bounds(input, before);
    if (key.namespace === "ecs") requireService(context, key.resourceId);
    const target: ScalableTarget = {
      ...(before ?? newTarget(key, input, context)),
      min,
      max,
      suspended: suspended(input.SuspendedState, before),
      roleArn: roleOf(key, input.RoleARN, before, context),
    };
    context.store.of(scalableTargets).put(keyOf(key), target);
    return { ScalableTargetARN: target.arn };
  },

  DescribeScalableTargets(input, { store }) {
    const { ServiceNamespace, ScalableDimension, ResourceIds = [], MaxResults, NextToken } = input;
    if (ScalableDimension !== undefined && ResourceIds.length === 0)
      throw validation(TEXTS.dimensionNeedsResource());
    const found = store
      .of(scalableTargets)
      .values()
      .filter(
        (it) =>
          it.namespace === ServiceNamespace &&
          (ScalableDimension === undefined || it.dimension === ScalableDimension) &&
          (ResourceIds.length === 0 || ResourceIds.includes(it.resourceId)),
      );
    const { items, next } = cutPage(found, {
      key: (it) => keyOf(it),
      size: MaxResults ?? 50,
      token: NextToken,
      of: "targets",
      invalid: invalidToken,
    });
    return { ScalableTargets: items.map(toApi), NextToken: next };
  },

  DeregisterScalableTarget(input, { store, clock }) {
    const key = toKey(input);
    if (!store.of(scalableTargets).delete(keyOf(key))) throw targetNotFound(key);
    store.of(coolDowns).delete(keyOf(key));
    for (const policy of store.of(scalingPolicies).by(policiesByTarget, keyOf(key)))
      dropPolicy(store, policy, clock.now());
    for (const action of store.of(scheduledActions).by(actionsByTarget, keyOf(key)))
      store.of(scheduledActions).delete(keyOf(key, action.name));
    return {};
  },
};

/** @throws AwsError `ValidationException` where a bound is negative or the two are the wrong way round */
export function checkBounds(min: number | undefined, max: number | undefined): void {
  if (min !== undefined && min < 0) throw validation(TEXTS.negative({ what: "Minimum" }));
  if (max !== undefined && max < 0) throw validation(TEXTS.negative({ what: "Maximum" }));
  if (min !== undefined && max !== undefined && max < min) throw validation(TEXTS.maxBelowMin());
}

function bounds(
  {
    MinCapacity,
    MaxCapacity,
  }: Pick<Sdk.RegisterScalableTargetRequest, "MinCapacity" | "MaxCapacity">,
  before: ScalableTarget | undefined,
): { min: number; max: number } {
  const min = MinCapacity ?? before?.min;
  const max = MaxCapacity ?? before?.max;
  if (min === undefined || max === undefined) throw validation(TEXTS.bothCapacities());
  checkBounds(min, max);
  return { min, max };
}

function requireService(context: CallContext, resourceId: string): void {
  const service = context.store.of(ecsServices).get(ecsArn(context, resourceId));
  if (service?.status !== "ACTIVE") throw validation(TEXTS.noService({ resourceId }));
}

function newTarget(
  key: TargetKey,
  { Tags }: { readonly Tags?: Record<string, string> | undefined },
  { region, account, clock }: CallContext,
) {
  const tags = { ...Tags };
  const id = randomBytes(16).toString("hex");
  const arn = `arn:aws:application-autoscaling:${region}:${account}:scalable-target/0${id.slice(1)}ab`;
  checkTags(tags, arn);
  return { ...key, arn, createdAt: clock.now(), tags };
}

function suspended(
  given: Sdk.SuspendedState | undefined,
  before: ScalableTarget | undefined,
): ScalableTarget["suspended"] {
  const was = before?.suspended ?? { in: false, out: false, scheduled: false };
  return {
    in: given?.DynamicScalingInSuspended ?? was.in,
    out: given?.DynamicScalingOutSuspended ?? was.out,
    scheduled: given?.ScheduledScalingSuspended ?? was.scheduled,
  };
}

/**
 * The role by which a target is scaled. All services but one have a service-linked role, and a role that is named beside it counts for
 * nothing. https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-service-linked-roles.html
 */
function roleOf(
  { namespace }: TargetKey,
  given: string | undefined,
  before: ScalableTarget | undefined,
  { store, clock }: CallContext,
): string {
  if (namespace !== "elasticmapreduce") {
    const service = `${namespace}.application-autoscaling.amazonaws.com`;
    return ensureServiceLinkedRole(store, service, clock.now()).arn;
  }
  const arn = given ?? before?.roleArn;
  if (arn === undefined) throw validation(TEXTS.roleNeeded({ namespace }));
  return arn;
}

const toApi = (target: Readonly<ScalableTarget>): Sdk.ScalableTarget => ({
  ServiceNamespace: target.namespace,
  ResourceId: target.resourceId,
  ScalableDimension: target.dimension,
  MinCapacity: target.min,
  MaxCapacity: target.max,
  RoleARN: target.roleArn,
  CreationTime: new Date(target.createdAt),
  SuspendedState: {
    DynamicScalingInSuspended: target.suspended.in,
    DynamicScalingOutSuspended: target.suspended.out,
    ScheduledScalingSuspended: target.suspended.scheduled,
  },
  ScalableTargetARN: target.arn,
});
