import { randomUUID } from "node:crypto";
import type * as Sdk from "@aws-sdk/client-application-auto-scaling";
import { parseSchedule } from "../kit/schedule-expressions.ts";
import { isTimeZone } from "../kit/zoned-time.ts";
import type { CallContext } from "../service.ts";
import { actionNotFound, notRegistered, validation } from "./faults.ts";
import { describePage } from "./describe-page.ts";
import type { ScalingHandlers } from "./handlers.ts";
import { toKey } from "./resource-types.ts";
import {
  keyOf,
  scalableTargets,
  scheduledActions,
  type ScheduledAction,
  type TargetKey,
} from "./state.ts";
import { checkBounds } from "./targets.ts";
import { TEXTS } from "./texts.ts";

/** Scheduled actions. Doing them at their times is the engine's. */
export const scheduledActionHandlers: ScalingHandlers = {
  PutScheduledAction(input, context) {
    const key = toKey(input);
    if (!context.store.of(scalableTargets).has(keyOf(key))) throw notRegistered(key);
    const id = keyOf(key, input.ScheduledActionName);
    const before = context.store.of(scheduledActions).get(id);
    const action = { ...(before ?? newAction(key, input, context)), ...changes(input, before) };
    checkAction(action);
    context.store.of(scheduledActions).put(id, action);
    return {};
  },

  DescribeScheduledActions(input, { store }) {
    const { items, next } = describePage(store.of(scheduledActions).values(), {
      namespace: input.ServiceNamespace,
      resourceId: input.ResourceId,
      dimension: input.ScalableDimension,
      names: input.ScheduledActionNames ?? [],
      size: input.MaxResults,
      token: input.NextToken,
      of: "actions",
    });
    return { ScheduledActions: items.map(toApi), NextToken: next };
  },

  DeleteScheduledAction(input, { store }) {
    const key = toKey(input);
    const name = input.ScheduledActionName;
    if (!store.of(scheduledActions).delete(keyOf(key, name))) throw actionNotFound(key, name);
    return {};
  },
};

function newAction(
  key: TargetKey,
  { ScheduledActionName: name }: { readonly ScheduledActionName: string },
  { region, account, clock }: CallContext,
) {
  const of = `resource/${key.namespace}/${key.resourceId}`;
  const arn = `arn:aws:autoscaling:${region}:${account}:scheduledAction:${randomUUID()}:${of}:scheduledActionName/${name}`;
  return { ...key, name, arn, createdAt: clock.now() };
}

/**
 * What an input says of an action. Times that it leaves out are taken away; all else stays what it was.
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html
 */
function changes(
  input: Partial<Sdk.PutScheduledActionRequest>,
  before: ScheduledAction | undefined,
) {
  const { Schedule, Timezone, StartTime, EndTime, ScalableTargetAction } = input;
  const schedule = Schedule ?? before?.schedule;
  if (schedule === undefined) throw validation(TEXTS.scheduleNeeded());
  return {
    schedule,
    zone: Timezone ?? before?.zone,
    from: StartTime?.getTime(),
    until: EndTime?.getTime(),
    ...(ScalableTargetAction && {
      min: ScalableTargetAction.MinCapacity,
      max: ScalableTargetAction.MaxCapacity,
    }),
  };
}

function checkAction({ schedule, zone, from, until, min, max }: ScheduledAction): void {
  if (!parseSchedule(schedule)) throw validation(TEXTS.scheduleForm({ schedule }));
  if (zone !== undefined && !isTimeZone(zone)) throw validation(TEXTS.zoneForm({ zone }));
  if (from !== undefined && until !== undefined && until <= from)
    throw validation(TEXTS.scheduleEnd());
  if (min === undefined && max === undefined) throw validation(TEXTS.oneCapacity());
  checkBounds(min, max);
}

const toApi = (action: Readonly<ScheduledAction>): Sdk.ScheduledAction => ({
  ScheduledActionName: action.name,
  ScheduledActionARN: action.arn,
  ServiceNamespace: action.namespace,
  Schedule: action.schedule,
  Timezone: action.zone,
  ResourceId: action.resourceId,
  ScalableDimension: action.dimension,
  StartTime: action.from === undefined ? undefined : new Date(action.from),
  EndTime: action.until === undefined ? undefined : new Date(action.until),
  ScalableTargetAction: { MinCapacity: action.min, MaxCapacity: action.max },
  CreationTime: new Date(action.createdAt),
});
