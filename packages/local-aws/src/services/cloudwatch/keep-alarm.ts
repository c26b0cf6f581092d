import type { StateValue, Tag } from "@aws-sdk/client-cloudwatch";
import type { CallContext } from "../service.ts";
import { isScalingPolicy } from "./alarm-states.ts";
import { validation } from "./faults.ts";
import { addHistory } from "./history.ts";
import { alarms, type Alarm, type CompositeAlarm, type MetricAlarm } from "./state.ts";
import { withTags } from "./tags.ts";

type Common =
  | "name"
  | "arn"
  | "description"
  | "configuredAt"
  | "actionsEnabled"
  | "actions"
  | "state"
  | "tags"
  | "invoked"
  | "suppression";

/** Where an alarm is kept: a call's context, and whatever else makes alarms. */
export type AlarmPlace = Pick<CallContext, "account" | "region" | "store" | "clock">;

export const alarmArn = (
  { account, region }: Pick<CallContext, "account" | "region">,
  name: string,
): string => `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;

/** What a call says of an alarm, of whichever kind. */
export interface AlarmDraft {
  readonly name: string;
  readonly description: string | undefined;
  readonly actionsEnabled: boolean;
  readonly actions: Alarm["actions"];
  readonly tags: readonly Tag[] | undefined;
  readonly rule: Omit<MetricAlarm, Common> | Omit<CompositeAlarm, Common>;
}

/**
 * Makes an alarm, or gives the one of this name a new configuration and leaves its state and its tags.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export function keepAlarm(context: AlarmPlace, { rule, tags, ...draft }: AlarmDraft): void {
  const { store, clock } = context;
  const now = clock.now();
  const before = store.of(alarms).get(draft.name);
  if (before && before.type !== rule.type)
    throw validation(`There is an alarm of another type with the name ${draft.name} already.`);
  const first = {
    value: "INSUFFICIENT_DATA",
    reason: "Unchecked: Initial alarm creation",
  } as const;
  const alarm = {
    ...draft,
    ...rule,
    arn: alarmArn(context, draft.name),
    configuredAt: now,
    state: before?.state ?? { ...first, updatedAt: now, transitionedAt: now },
    tags: before ? before.tags : withTags([], tags ?? []),
    ...(before?.invoked && { invoked: before.invoked }),
  } as Alarm;
  store.of(alarms).put(alarm.name, alarm);
  const verb = before ? "updated" : "created";
  addHistory(store, alarm, {
    at: now,
    type: "ConfigurationUpdate",
    summary: `Alarm "${alarm.name}" ${verb}`,
    data: { version: "1.0", type: before ? "Update" : "Create", [`${verb}Alarm`]: alarm.arn },
  });
}

/**
 * The actions of each state.
 * @throws AwsError `ValidationException` for an action that nothing here carries out
 */
export function actionsOf(
  input: {
    readonly OKActions?: readonly string[] | undefined;
    readonly AlarmActions?: readonly string[] | undefined;
    readonly InsufficientDataActions?: readonly string[] | undefined;
  },
  { region }: Pick<CallContext, "region">,
): Readonly<Record<StateValue, readonly string[]>> {
  const { OKActions = [], AlarmActions = [], InsufficientDataActions = [] } = input;
  for (const arn of [...OKActions, ...AlarmActions, ...InsufficientDataActions])
    if (!isScalingPolicy(arn) && !isTopicIn(region, arn))
      throw validation(
        `Invalid alarm action: ${arn}. Local AWS carries out scaling policies and SNS topics of this region.`,
      );
  return { OK: OKActions, ALARM: AlarmActions, INSUFFICIENT_DATA: InsufficientDataActions };
}

const isTopicIn = (region: string, arn: string): boolean =>
  arn.startsWith(`arn:aws:sns:${region}:`) && /:\d{12}:[\w-]+(?:\.fifo)?$/.test(arn);
