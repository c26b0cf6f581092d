import { nextTime, parseSchedule } from "../kit/schedule-expressions.ts";
import type { StoredSchedule } from "./state.ts";

/**
 * When a schedule is due next, later than `after`, in milliseconds since the epoch; undefined: never again, or it is switched off. A
 * flexible time window may put the run off from there.
 */
export function nextRun(schedule: Readonly<StoredSchedule>, after: number): number | undefined {
  const { expression, timeZone: zone, startAt = 0, endAt = Infinity, scheduledFrom } = schedule;
  if (schedule.state === "DISABLED") return undefined;
  const parsed = parseSchedule(expression, { anyPlural: true })!;
  // A one-time schedule has no start and no end.
  const isOnce = parsed.kind === "at";
  const from = isOnce ? after : Math.max(after, startAt - 1);
  const at = nextTime(parsed, { after: from, zone, from: scheduledFrom });
  return at !== undefined && (isOnce || at <= endAt) ? at : undefined;
}
