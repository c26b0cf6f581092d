/** Which days of a month a cron expression means: `month` from 1, the answers in order. */
type Days = (year: number, month: number) => readonly number[];

/** The fields of a cron expression, each the values that it has, in order. */
export interface CronFields {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  readonly years: readonly number[];
  readonly days: Days;
}

interface Field {
  readonly from: number;
  readonly to: number;
  /** What values are called, from the first on. */
  readonly names?: readonly string[];
  readonly steps: boolean;
}

const MINUTES: Field = { from: 0, to: 59, steps: true };
const HOURS: Field = { from: 0, to: 23, steps: true };
const DAYS_OF_MONTH: Field = { from: 1, to: 31, steps: true };
const YEARS: Field = { from: 1970, to: 2199, steps: true };
const MONTHS: Field = {
  from: 1,
  to: 12,
  names: "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" "),
  steps: true,
};
const DAYS_OF_WEEK: Field = {
  from: 1,
  to: 7,
  names: "SUN MON TUE WED THU FRI SAT".split(" "),
  steps: false,
};

/**
 * Reads the six fields of AWS's cron expressions: minutes, hours, day of month, month, day of week, year.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html#eb-cron-expressions
 * @returns undefined where they are none
 */
export function parseCronFields(text: string): CronFields | undefined {
  const fields = text.trim().toUpperCase().split(/\s+/);
  if (fields.length !== 6) return undefined;
  const [minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = "", year = ""] = fields;
  const minutes = parseValues(minute, MINUTES);
  const hours = parseValues(hour, HOURS);
  const months = parseValues(month, MONTHS);
  const years = parseValues(year, YEARS);
  const days = parseDays(dayOfMonth, dayOfWeek);
  if (!minutes || !hours || !months || !years || !days) return undefined;
  return { minutes, hours, months, years, days };
}

/** One of the two says which days; the other one is `?`. */
function parseDays(dayOfMonth: string, dayOfWeek: string): Days | undefined {
  if (dayOfMonth === "?") return dayOfWeek === "?" ? undefined : parseDaysOfWeek(dayOfWeek);
  return dayOfWeek === "?" ? parseDaysOfMonth(dayOfMonth) : undefined;
}

function parseDaysOfMonth(text: string): Days | undefined {
  if (text === "L") return (year, month) => [lastDay(year, month)];
  if (text === "LW") return (year, month) => [nearestWeekday(year, month, lastDay(year, month))];
  const nearest = /^(\d{1,2})W$/.exec(text);
  if (nearest) {
    const day = Number(nearest[1]);
    if (day < 1 || day > 31) return undefined;
    return (year, month) => (day > lastDay(year, month) ? [] : [nearestWeekday(year, month, day)]);
  }
  const days = parseValues(text, DAYS_OF_MONTH);
  return days && ((year, month) => days.filter((day) => day <= lastDay(year, month)));
}

function parseDaysOfWeek(text: string): Days | undefined {
  // As a day of the week, `L` is the last one, Saturday; after a day it means the last such day of the month.
  const last = /^([A-Z0-9]+)L$/.exec(text);
  if (last) {
    const day = parseValue(last[1]!, DAYS_OF_WEEK);
    if (day === undefined) return undefined;
    return (year, month) => weekdays(year, month, [day]).slice(-1);
  }
  const nth = /^([A-Z0-9]+)#([1-5])$/.exec(text);
  if (nth) {
    const day = parseValue(nth[1]!, DAYS_OF_WEEK);
    const which = Number(nth[2]);
    if (day === undefined) return undefined;
    return (year, month) => weekdays(year, month, [day]).slice(which - 1, which);
  }
  const days = text === "L" ? [7] : parseValues(text, DAYS_OF_WEEK);
  return days && ((year, month) => weekdays(year, month, days));
}

/** Lists, ranges and steps: `*`, `5`, `1,2`, `1-5`, `22-2`, `0/15`, a star before a step, `10-30/5`. */
function parseValues(text: string, field: Field): number[] | undefined {
  const values = new Set<number>();
  for (const item of text.split(",")) {
    const some = parseItem(item, field);
    if (!some) return undefined;
    for (const value of some) values.add(value);
  }
  return [...values].toSorted((a, b) => a - b);
}

function parseItem(item: string, field: Field): number[] | undefined {
  const { from, to, steps } = field;
  const [range = "", step, ...more] = item.split("/");
  if (more.length > 0) return undefined;
  if (step !== undefined && (!steps || !/^\d+$/.test(step) || Number(step) < 1)) return undefined;
  const by = step === undefined ? 1 : Number(step);
  if (range === "*") return count(from, to, by);
  const [first = "", last, ...others] = range.split("-");
  const begin = parseValue(first, field);
  if (begin === undefined || others.length > 0) return undefined;
  if (last === undefined) return step === undefined ? [begin] : count(begin, to, by);
  const end = parseValue(last, field);
  if (end === undefined) return undefined;
  if (begin <= end) return count(begin, end, by);
  // A range may go on past the end: from Friday to Monday. Years have no such circle.
  if (field === YEARS) return undefined;
  const size = to - from + 1;
  return count(begin, end + size, by).map((value) => from + ((value - from) % size));
}

function parseValue(text: string, { from, to, names = [] }: Field): number | undefined {
  const named = names.indexOf(text);
  if (named >= 0) return from + named;
  if (!/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= from && value <= to ? value : undefined;
}

function count(from: number, to: number, by: number): number[] {
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by);
}

const lastDay = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** From 1, Sunday, to 7. */
const weekday = (year: number, month: number, day: number) =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;

function weekdays(year: number, month: number, wanted: readonly number[]): number[] {
  return count(1, lastDay(year, month), 1).filter((day) =>
    wanted.includes(weekday(year, month, day)),
  );
}

/** The day from Monday to Friday that is next to `day`, of the same month. */
function nearestWeekday(year: number, month: number, day: number): number {
  const is = weekday(year, month, day);
  if (is === 7) return day > 1 ? day - 1 : day + 2;
  if (is === 1) return day < lastDay(year, month) ? day + 1 : day - 2;
  return day;
}
