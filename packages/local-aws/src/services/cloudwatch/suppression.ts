import type { PutCompositeAlarmInput } from "@aws-sdk/client-cloudwatch";
import type { Clock } from "../../clock/clock.ts";
import type { Scope } from "../../store/store.ts";
import { nameOfAlarm } from "./alarm-rule.ts";
import { validation } from "./faults.ts";
import {
  alarms,
  type Alarm,
  type AlarmState,
  type CompositeAlarm,
  type Invocation,
  type Suppression,
} from "./state.ts";

/*
 * A composite alarm may have another alarm that keeps its actions back while it is raised. It waits a while for that one before it
 * acts, and goes on holding back for a while after it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html
 */

type Suppressor = NonNullable<CompositeAlarm["suppressor"]>;

/**
 * What a call says of an alarm that keeps the actions of another back.
 * @throws AwsError `ValidationException`
 */
export function toSuppressor(
  store: Scope,
  given: Pick<
    PutCompositeAlarmInput,
    | "AlarmName"
    | "ActionsSuppressor"
    | "ActionsSuppressorWaitPeriod"
    | "ActionsSuppressorExtensionPeriod"
  >,
): { suppressor?: Suppressor } {
  const {
    ActionsSuppressor: alarm,
    ActionsSuppressorWaitPeriod: wait,
    ActionsSuppressorExtensionPeriod: extension,
  } = given;
  if (alarm === undefined) {
    if (wait === undefined && extension === undefined) return {};
    throw validation("ActionsSuppressor is required where one of its periods is given.");
  }
  if (wait === undefined || extension === undefined)
    throw validation(
      "ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod are required with ActionsSuppressor.",
    );
  if (wait < 0 || extension < 0) throw validation("The periods of a suppressor are not negative.");
  const name = nameOfAlarm(alarm, store);
  if (name === given.AlarmName || !store.of(alarms).has(name))
    throw validation(
      `The alarm ${alarm} cannot be the actions suppressor: there is no such other alarm.`,
    );
  return { suppressor: { alarm, wait, extension } };
}

const isRaised = (store: Scope, { alarm }: Suppressor): boolean =>
  store.of(alarms).get(nameOfAlarm(alarm, store))?.state.value === "ALARM";

/** Whether what an alarm would do now is kept back, and by what; undefined where it is not. */
export function keptBack(
  store: Scope,
  alarm: Readonly<Alarm>,
  before: AlarmState,
  now: number,
): Suppression | undefined {
  if (alarm.type !== "composite" || !alarm.suppressor || !alarm.actionsEnabled) return undefined;
  if (alarm.suppression) return alarm.suppression;
  if (isRaised(store, alarm.suppressor)) return { by: "Alarm", since: now, from: before };
  return alarm.suppressor.wait > 0 ? { by: "WaitPeriod", since: now, from: before } : undefined;
}

/** Goes on with a composite alarm whose actions are kept back, in the transaction under way: its suppressor has moved, or time has passed. */
export function followSuppressor(
  store: Scope,
  clock: Clock,
  alarm: Readonly<CompositeAlarm>,
): void {
  const { suppressor, suppression } = alarm;
  if (!suppression) return;
  const change = (to: Partial<Suppression>) =>
    store.of(alarms).patch(alarm.name, { suppression: { ...suppression, ...to } });
  if (!suppressor) return void release(store, alarm, clock.now());
  if (isRaised(store, suppressor)) {
    if (suppression.by !== "Alarm") change({ by: "Alarm" });
    return;
  }
  if (suppression.by === "Alarm" && suppressor.extension > 0)
    return void change({ by: "ExtensionPeriod", since: clock.now() });
  const seconds = suppression.by === "WaitPeriod" ? suppressor.wait : suppressor.extension;
  const isOver = suppression.by === "Alarm" || clock.idleSince(suppression.since) >= seconds * 1000;
  if (isOver) release(store, alarm, clock.now());
}

/** What was kept back is done, unless the alarm is again what it was when it last acted. */
function release(store: Scope, alarm: Readonly<CompositeAlarm>, now: number): void {
  const { from } = alarm.suppression!;
  const actions = from.value === alarm.state.value ? [] : alarm.actions[alarm.state.value];
  const count = (alarm.invoked?.count ?? 0) + 1;
  const invoked: Invocation = { at: now, count, actions, from: from.value, fromReason: from };
  const patch = { suppression: undefined, ...(actions.length > 0 && { invoked }) };
  store.of(alarms).patch(alarm.name, patch);
}
