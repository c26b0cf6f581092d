import type { DescribeAlarmHistoryCommandInput } from "@aws-sdk/client-cloudwatch";
import type { Handlers } from "../../protocol/typed.ts";
import type { Scope } from "../../store/store.ts";
import { cutPage } from "../kit/pages.ts";
import type { CallContext } from "../service.ts";
import { invalidToken } from "./faults.ts";
import { alarmHistories, type Alarm, type AlarmHistory, type HistoryItem } from "./state.ts";

/** So long AWS keeps what happened to an alarm; and so many of it are kept here. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
const MOST_ITEMS = 500;

const typeOf = ({ type }: Pick<Alarm, "type">) =>
  type === "metric" ? ("MetricAlarm" as const) : ("CompositeAlarm" as const);

/** Writes down what has happened to an alarm, in the transaction under way. */
export function addHistory(
  store: Scope,
  alarm: Pick<Alarm, "name" | "type">,
  { at, type, summary, data }: Omit<HistoryItem, "data"> & { data: object },
): void {
  const before = store.of(alarmHistories).get(alarm.name)?.items ?? [];
  const kept = before.filter((item) => item.at > at - KEPT_MS).slice(1 - MOST_ITEMS);
  const items = [...kept, { at, type, summary, data: JSON.stringify(data) }];
  store.of(alarmHistories).put(alarm.name, { name: alarm.name, type: typeOf(alarm), items });
}

export const historyHandlers: Handlers<typeof import("@aws-sdk/client-cloudwatch"), CallContext> = {
  DescribeAlarmHistory(input, { store, clock }) {
    const { AlarmName, MaxRecords = 100, NextToken, ScanBy = "TimestampDescending" } = input;
    const earliest = clock.now() - KEPT_MS;
    const all = store
      .of(alarmHistories)
      .values()
      .filter(({ name }) => AlarmName === undefined || name === AlarmName)
      .flatMap((history) => history.items.map((item, index) => ({ history, item, index })))
      .filter(({ history, item }) => item.at >= earliest && isWanted(input, history, item));
    const descending = ScanBy === "TimestampDescending";
    const key = ({ history, item, index }: (typeof all)[number]) =>
      [String(item.at).padStart(16, "0"), history.name, String(index).padStart(6, "0")].join(" ");
    const sorted = all.toSorted((a, b) => (key(a) < key(b) === descending ? 1 : -1));
    const { items, next } = cutPage(sorted, {
      key,
      size: MaxRecords,
      token: NextToken,
      of: "history",
      invalid: invalidToken,
      descending,
    });
    return {
      AlarmHistoryItems: items.map(({ history, item }) => ({
        AlarmName: history.name,
        AlarmType: history.type,
        Timestamp: new Date(item.at),
        HistoryItemType: item.type,
        HistorySummary: item.summary,
        HistoryData: item.data,
      })),
      NextToken: next,
    };
  },
};

/** Without types metric alarms are meant: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html */
function isWanted(
  {
    AlarmTypes = ["MetricAlarm"],
    HistoryItemType,
    StartDate,
    EndDate,
  }: DescribeAlarmHistoryCommandInput,
  history: Readonly<AlarmHistory>,
  item: HistoryItem,
): boolean {
  return (
    AlarmTypes.includes(history.type) &&
    (HistoryItemType === undefined || item.type === HistoryItemType) &&
    (StartDate === undefined || item.at >= StartDate.getTime()) &&
    (EndDate === undefined || item.at <= EndDate.getTime())
  );
}
