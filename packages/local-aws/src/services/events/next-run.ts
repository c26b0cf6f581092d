import { nextTime, parseSchedule } from "../kit/schedule-expressions.ts";
import type { StoredRule } from "./state.ts";

/** When a rule with a schedule is due next, later than `after`, in milliseconds since the epoch; undefined: never, or it is switched off. */
export function nextRunOfRule(rule: Readonly<StoredRule>, after: number): number | undefined {
  const schedule = rule.scheduleExpression ? parseSchedule(rule.scheduleExpression) : undefined;
  if (!schedule || rule.state === "DISABLED") return undefined;
  // A rate has its first time when it has passed once.
  const from = Math.max(after, rule.scheduledFrom ?? 0);
  return nextTime(schedule, { after: from, from: rule.scheduledFrom ?? 0 });
}
