import type { DescribeAlarmsCommandInput } from "@aws-sdk/client-cloudwatch";
import type { Handlers } from "../../protocol/typed.ts";
import type { Scope } from "../../store/store.ts";
import { isJson } from "../kit/is-json.ts";
import { cutPage } from "../kit/pages.ts";
import type { CallContext } from "../service.ts";
import { moveAlarm } from "./alarm-states.ts";
import { compositeView, metricView } from "./alarm-view.ts";
import { alarmsOf, nameOfAlarm, parseAlarmRule } from "./alarm-rule.ts";
import {
  invalidCombination,
  invalidFormat,
  invalidToken,
  resourceNotFound,
  validation,
} from "./faults.ts";
import { addHistory } from "./history.ts";
import { alarms, type Alarm } from "./state.ts";

export const alarmHandlers: Handlers<typeof import("@aws-sdk/client-cloudwatch"), CallContext> = {
  DescribeAlarms(input, { store }) {
    const { ChildrenOfAlarmName: parent, ParentsOfAlarmName: child } = input;
    if (parent !== undefined || child !== undefined) return describeRelatives(store, input);
    const { AlarmNames, AlarmNamePrefix, MaxRecords = 50, NextToken } = input;
    if (AlarmNames !== undefined && AlarmNamePrefix !== undefined)
      throw invalidCombination("AlarmNames and AlarmNamePrefix cannot be used together.");
    const all = store.of(alarms).filter((alarm) => isWanted(input, alarm));
    const { items, next } = cutPage(all.toSorted(byName), {
      key: ({ name }) => name,
      size: MaxRecords,
      token: NextToken,
      of: "alarms",
      invalid: invalidToken,
    });
    return {
      MetricAlarms: items.flatMap((alarm) => (alarm.type === "metric" ? [metricView(alarm)] : [])),
      CompositeAlarms: items.flatMap((alarm) =>
        alarm.type === "composite" ? [compositeView(alarm)] : [],
      ),
      NextToken: next,
    };
  },

  DescribeAlarmsForMetric(input, { store }) {
    const { MetricName, Namespace, Dimensions = [], Statistic, ExtendedStatistic } = input;
    const { Period, Unit } = input;
    const wanted = dimensionKey(Dimensions);
    const found = store
      .of(alarms)
      .filter(
        (alarm) =>
          alarm.type === "metric" &&
          alarm.metric?.name === MetricName &&
          alarm.metric.namespace === Namespace &&
          dimensionKey(alarm.metric.dimensions) === wanted &&
          [undefined, alarm.metric.statistic].includes(Statistic) &&
          [undefined, alarm.metric.extendedStatistic].includes(ExtendedStatistic) &&
          [undefined, alarm.metric.period].includes(Period) &&
          [undefined, alarm.metric.unit].includes(Unit),
      );
    const views = found.map((alarm) => (alarm.type === "metric" ? metricView(alarm) : {}));
    return { MetricAlarms: views };
  },

  DeleteAlarms({ AlarmNames }, { store, clock }) {
    // A name that is wrong keeps no other from being deleted: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html
    for (const name of AlarmNames) {
      const alarm = store.of(alarms).get(name);
      if (alarm) dropAlarm(store, alarm, clock.now());
    }
    return {};
  },

  SetAlarmState({ AlarmName, StateValue, StateReason, StateReasonData }, { store, clock }) {
    const alarm = needAlarm(store, AlarmName);
    if (StateReasonData !== undefined && !isJson(StateReasonData))
      throw invalidFormat("StateReasonData must be in JSON format.");
    const next = { value: StateValue, reason: StateReason, reasonData: StateReasonData };
    moveAlarm(store, alarm, next, clock.now());
    return {};
  },

  EnableAlarmActions: ({ AlarmNames }, context) => setActions(context, AlarmNames, true),

  DisableAlarmActions: ({ AlarmNames }, context) => setActions(context, AlarmNames, false),
};

/**
 * The alarms that a composite alarm's rule names, with their states; or the composite alarms whose rules name an alarm.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html#API_DescribeAlarms_RequestParameters
 */
function describeRelatives(store: Scope, input: DescribeAlarmsCommandInput) {
  const { ChildrenOfAlarmName: parent, ParentsOfAlarmName: child, MaxRecords = 50 } = input;
  const { NextToken, ...rest } = input;
  const others = Object.keys(rest).filter((name) => !/^(?:ChildrenOf|ParentsOf|MaxR)/.test(name));
  if (others.length > 0 || (parent !== undefined && child !== undefined))
    throw validation(
      "ChildrenOfAlarmName and ParentsOfAlarmName can be used with MaxRecords and NextToken alone.",
    );
  const wanted = nameOfAlarm(parent ?? child!, store);
  const namesIn = (alarm: Readonly<Alarm> | undefined) =>
    alarm?.type === "composite" ? alarmsOf(parseAlarmRule(alarm.rule, store)) : [];
  const named = new Set(namesIn(store.of(alarms).get(wanted)));
  const all = store
    .of(alarms)
    .filter((alarm) =>
      parent === undefined ? namesIn(alarm).includes(wanted) : named.has(alarm.name),
    );
  const { items, next } = cutPage(all.toSorted(byName), {
    key: ({ name }) => name,
    size: MaxRecords,
    token: NextToken,
    of: "alarms",
    invalid: invalidToken,
  });
  const views = items.map(({ type, name, arn, state }) => ({
    type,
    AlarmName: name,
    AlarmArn: arn,
    ...(parent !== undefined && {
      StateValue: state.value,
      StateUpdatedTimestamp: new Date(state.updatedAt),
    }),
  }));
  const of = (kind: Alarm["type"]) =>
    views.filter(({ type }) => type === kind).map(({ type: _type, ...view }) => view);
  return { MetricAlarms: of("metric"), CompositeAlarms: of("composite"), NextToken: next };
}

/** Takes an alarm away and writes that into its history, in the transaction under way. */
export function dropAlarm(store: Scope, alarm: Readonly<Alarm>, now: number): void {
  store.of(alarms).delete(alarm.name);
  addHistory(store, alarm, {
    at: now,
    type: "ConfigurationUpdate",
    summary: `Alarm "${alarm.name}" deleted`,
    data: { version: "1.0", type: "Delete", deletedAlarm: alarm.arn },
  });
}

/** @throws AwsError `ResourceNotFound` */
export function needAlarm(store: Scope, name: string): Readonly<Alarm> {
  const alarm = store.of(alarms).get(name);
  if (!alarm) throw resourceNotFound(`Alarm ${name} does not exist.`);
  return alarm;
}

function setActions({ store }: CallContext, names: readonly string[], actionsEnabled: boolean) {
  for (const name of names)
    if (store.of(alarms).has(name)) store.of(alarms).patch(name, { actionsEnabled });
  return {};
}

/** Without types metric alarms are meant: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
function isWanted(input: DescribeAlarmsCommandInput, alarm: Readonly<Alarm>): boolean {
  const { AlarmNames, AlarmNamePrefix = "", AlarmTypes = ["MetricAlarm"], StateValue } = input;
  const { ActionPrefix } = input;
  const isType = AlarmTypes.includes(alarm.type === "metric" ? "MetricAlarm" : "CompositeAlarm");
  const has = (prefix: string) =>
    Object.values(alarm.actions).some((arns) => arns.some((arn) => arn.startsWith(prefix)));
  return (
    isType &&
    (AlarmNames === undefined || AlarmNames.includes(alarm.name)) &&
    alarm.name.startsWith(AlarmNamePrefix) &&
    (StateValue === undefined || alarm.state.value === StateValue) &&
    (ActionPrefix === undefined || has(ActionPrefix))
  );
}

const byName = (a: Readonly<Alarm>, b: Readonly<Alarm>) => (a.name < b.name ? -1 : 1);

const dimensionKey = (
  dimensions: readonly {
    readonly Name?: string | undefined;
    readonly Value?: string | undefined;
  }[],
) =>
  dimensions
    .map(({ Name, Value }) => `${Name}=${Value}`)
    .toSorted()
    .join("\n");
