import { parseCronFields, type CronFields } from "./cron-fields.ts";
import { Zone, type WallTime } from "./zoned-time.ts";

/** What an expression says of when something happens. */
export type Schedule =
  | { readonly kind: "at"; readonly time: WallTime }
  | { readonly kind: "rate"; readonly everyMs: number }
  | { readonly kind: "cron"; readonly fields: CronFields };

/** When a schedule is asked for its next time. */
export interface ScheduleMoment {
  /** Milliseconds since the epoch; the answer is later than this. */
  readonly after: number;
  /** The time zone in which `at` and `cron` are read, such as `Asia/Tokyo`; a rate knows none. UTC where it is left out. */
  readonly zone?: string | undefined;
  /** From when a rate counts, in milliseconds since the epoch: that instant is its first time, if it is asked for. */
  readonly from: number;
}

const MINUTE_MS = 60_000;
const UNITS: Readonly<Record<string, number>> = {
  minute: MINUTE_MS,
  hour: 60 * MINUTE_MS,
  day: 24 * 60 * MINUTE_MS,
};

/**
 * Reads `at(2026-12-01T09:00:00)`, `rate(5 minutes)` or `cron(0 9 ? * MON-FRI *)`. Which of them a service takes is for it to say.
 * The unit of a rate is in the singular for 1 and else in the plural; EventBridge Scheduler takes either.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html,
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html,
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html
 * @returns undefined where it is none of them
 */
export function parseSchedule(
  expression: string,
  { anyPlural = false }: { readonly anyPlural?: boolean } = {},
): Schedule | undefined {
  const [, kind, inner] = /^(at|rate|cron)\((.*)\)$/.exec(expression) ?? [];
  if (kind === undefined || inner === undefined) return undefined;
  if (kind === "at") return parseAt(inner);
  if (kind === "rate") return parseRate(inner, anyPlural);
  const fields = parseCronFields(inner);
  return fields && { kind: "cron", fields };
}

function parseAt(text: string): Schedule | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?$/.exec(text);
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  const time = { year, month, day, hour, minute, second };
  // JavaScript's own reading turns what is no date, such as February 30, into another one.
  const read = new Zone("UTC").wallTime(Date.UTC(year, month - 1, day, hour, minute, second));
  const isDate = Object.entries(time).every(
    ([name, value]) => read[name as keyof WallTime] === value,
  );
  return isDate ? { kind: "at", time } : undefined;
}

function parseRate(text: string, anyPlural: boolean): Schedule | undefined {
  const [, digits = "", unit = "", plural] = /^([1-9]\d*) (minute|hour|day)(s?)$/.exec(text) ?? [];
  const value = Number(digits);
  if (value === 0) return undefined;
  if (!anyPlural && (value === 1) !== (plural === "")) return undefined;
  return { kind: "rate", everyMs: value * UNITS[unit]! };
}

/**
 * The first time of a schedule after a moment, in milliseconds since the epoch; undefined: there is none any more. What
 * falls into the hour that clocks skip in spring does not happen, and what falls into the one that they repeat in autumn happens once.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
 * @throws RangeError where there is no such time zone
 */
export function nextTime(schedule: Schedule, moment: ScheduleMoment): number | undefined {
  const { after, from } = moment;
  if (schedule.kind === "rate") {
    if (after < from) return from;
    return from + (Math.floor((after - from) / schedule.everyMs) + 1) * schedule.everyMs;
  }
  const zone = new Zone(moment.zone ?? "UTC");
  if (schedule.kind === "cron") return nextOfCron(schedule.fields, after, zone);
  const at = zone.instant(schedule.time);
  return at !== undefined && at > after ? at : undefined;
}

function nextOfCron(fields: CronFields, after: number, zone: Zone): number | undefined {
  const now = zone.wallTime(after);
  for (const year of fields.years) {
    if (year < now.year) continue;
    for (const month of fields.months) {
      if (year === now.year && month < now.month) continue;
      for (const day of fields.days(year, month)) {
        if (year === now.year && month === now.month && day < now.day) continue;
        const at = firstOfDay(fields, { year, month, day }, after, zone);
        if (at !== undefined) return at;
      }
    }
  }
  return undefined;
}

function firstOfDay(
  { hours, minutes }: CronFields,
  date: Pick<WallTime, "year" | "month" | "day">,
  after: number,
  zone: Zone,
): number | undefined {
  const instant = (hour: number, minute: number) =>
    zone.instant({ ...date, hour, minute, second: 0 });
  const isToCome = (at: number | undefined) => at === undefined || at > after;
  // Asking a time zone takes its time: of an hour that is over, no minute is looked at but the last.
  for (const hour of hours.filter((each) => isToCome(instant(each, minutes.at(-1)!))))
    for (const minute of minutes) {
      const at = instant(hour, minute);
      if (at !== undefined && at > after) return at;
    }
  return undefined;
}
