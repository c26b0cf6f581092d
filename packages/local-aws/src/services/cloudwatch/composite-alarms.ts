import type { Handlers } from "../../protocol/typed.ts";
import type { Scope } from "../../store/store.ts";
import type { CallContext } from "../service.ts";
import { moveAlarm } from "./alarm-states.ts";
import { alarmsOf, holds, parseAlarmRule } from "./alarm-rule.ts";
import { validation } from "./faults.ts";
import { actionsOf, keepAlarm } from "./keep-alarm.ts";
import { toSuppressor } from "./suppression.ts";
import { stamp } from "./stamp.ts";
import { alarms, type Alarm, type CompositeAlarm } from "./state.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
export const compositeAlarmHandlers: Handlers<
  typeof import("@aws-sdk/client-cloudwatch"),
  CallContext
> = {
  PutCompositeAlarm(input, context) {
    const { AlarmName, AlarmRule, AlarmDescription, ActionsEnabled = true, Tags } = input;
    const actions = actionsOf(input, context);
    if (Object.values(actions).some((arns) => arns.some((arn) => !arn.startsWith("arn:aws:sns:"))))
      throw validation("The actions of a composite alarm are SNS topics here.");
    const names = [...new Set(alarmsOf(parseAlarmRule(AlarmRule, context.store)))];
    const missing = names.filter((name) => !context.store.of(alarms).has(name));
    if (missing.length > 0)
      throw validation(
        `Could not save the composite alarm as alarms [${missing.join(", ")}] in the alarm rule do not exist`,
      );
    if (names.some((name) => leadsTo(context.store, name, AlarmName)))
      throw validation("AlarmRule cannot create a cycle");
    const draft = {
      name: AlarmName,
      description: AlarmDescription,
      actionsEnabled: ActionsEnabled,
    };
    keepAlarm(context, {
      ...draft,
      actions,
      tags: Tags,
      rule: { type: "composite", rule: AlarmRule, ...toSuppressor(context.store, input) },
    });
    return {};
  },
};

function leadsTo(store: Scope, name: string, wanted: string): boolean {
  if (name === wanted) return true;
  const alarm = store.of(alarms).get(name);
  return (
    alarm?.type === "composite" &&
    alarmsOf(parseAlarmRule(alarm.rule, store)).some((inner) => leadsTo(store, inner, wanted))
  );
}

/** Moves a composite alarm to the state that its rule comes to, in the transaction under way. */
export function followRule(store: Scope, alarm: Readonly<CompositeAlarm>, now: number): void {
  const rule = parseAlarmRule(alarm.rule, store);
  const stateOf = (name: string) => store.of(alarms).get(name)?.state.value;
  const value = holds(rule, stateOf) ? "ALARM" : "OK";
  if (value === alarm.state.value) return;
  const newest = alarmsOf(rule)
    .flatMap((name) => store.of(alarms).get(name) ?? [])
    .toSorted((a, b) => b.state.transitionedAt - a.state.transitionedAt)[0];
  const triggering = newest ? [toTriggering(newest)] : [];
  const reason = newest
    ? `${newest.arn} transitioned to ${newest.state.value} at ${spoken(newest.state.transitionedAt)}`
    : `The rule of ${alarm.arn} is constant`;
  const reasonData = JSON.stringify({ triggeringAlarms: triggering });
  moveAlarm(store, alarm, { value, reason, reasonData }, now);
}

const toTriggering = ({ arn, state }: Readonly<Alarm>) => ({
  arn,
  state: { value: state.value, timestamp: stamp(state.transitionedAt) },
});

/** `Thursday 03 October, 2024 10:00:00 UTC`. */
function spoken(at: number): string {
  const parts = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-US", { timeZone: "UTC", ...options }).format(at);
  const iso = new Date(at).toISOString();
  return `${parts({ weekday: "long" })} ${iso.slice(8, 10)} ${parts({ month: "long" })}, ${iso.slice(0, 4)} ${iso.slice(11, 19)} UTC`;
}
