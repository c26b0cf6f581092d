import type { Series } from "../series.ts";
import {
  combine,
  list,
  mapValue,
  MathError,
  momentsOf,
  number,
  numberOf,
  series,
  seriesOf,
  withValues,
  type MathContext,
  type Value,
} from "./value.ts";

/** A function of metric math. @throws MathError where what it is given is not what it takes */
type MathFunction = (given: readonly Value[], context: MathContext, name: string) => Value;

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;
const deviation = (values: readonly number[]) =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

/** Of one series a number; of several a series, moment by moment. */
const aggregate =
  (of: (values: readonly number[]) => number): MathFunction =>
  ([value], context, name) => {
    if (value?.type === "number") return value;
    if (value?.type === "series") return number(of([...value.series.values.values()]));
    const items = seriesOf(need(value, name), name);
    const moments = momentsOf(items).map((at) => {
      const here = items.flatMap(({ values }) => (values.has(at) ? [values.get(at)!] : []));
      return [at, of(here)] as const;
    });
    return series(
      withValues({ label: name, period: periodOf(items, context), values: new Map() }, moments),
    );
  };

const each =
  (change: (value: number, at: number) => number): MathFunction =>
  ([value], _context, name) =>
    mapValue(need(value, name), name, change);

/** Each value from itself and the one before. */
const steps =
  (step: (value: number, before: number, seconds: number) => number): MathFunction =>
  ([value], _context, name) =>
    eachSeries(need(value, name), name, (given) => {
      const entries = [...given.values];
      return entries.slice(1).map(([at, now], index) => {
        const [earlier, before] = entries[index]!;
        return [at, step(now, before, (at - earlier) / 1000)] as const;
      });
    });

function eachSeries(
  value: Value,
  name: string,
  change: (given: Series) => Iterable<readonly [number, number]>,
): Value {
  const changed = seriesOf(value, name).map((it) => withValues(it, change(it)));
  return value.type === "series" ? series(changed[0]!) : list(changed);
}

const fill: MathFunction = ([value, filling], { range, period }, name) => {
  const how = need(filling, name);
  return eachSeries(need(value, name), name, (given) => {
    const periodMs = (given.period || period) * 1000;
    const filled: [number, number][] = [];
    for (let at = Math.floor(range.from / periodMs) * periodMs; at < range.to; at += periodMs) {
      const known = given.values.get(at) ?? filler(how, given, at, filled.at(-1)?.[1]);
      if (known !== undefined) filled.push([at, known]);
    }
    return filled;
  });
};

function filler(
  how: Value,
  given: Series,
  at: number,
  before: number | undefined,
): number | undefined {
  if (how.type === "number") return how.value;
  if (how.type === "series") return how.series.values.get(at);
  if (how.type === "text" && how.value === "REPEAT") return before;
  if (how.type !== "text" || how.value !== "LINEAR")
    throw new MathError("FILL takes a value, a series, REPEAT or LINEAR");
  const earlier = [...given.values].findLast(([it]) => it < at);
  const later = [...given.values].find(([it]) => it > at);
  if (!earlier || !later) return undefined;
  return earlier[1] + ((later[1] - earlier[1]) * (at - earlier[0])) / (later[0] - earlier[0]);
}

/** Where nothing is said for what is not so, there is no value then. */
const choose: MathFunction = ([condition, yes, no], _context, name) => {
  const test = need(condition, name);
  const wanted = need(yes, name);
  const other = no ?? number(NaN);
  if (test.type === "number") return test.value === 0 ? other : wanted;
  return eachSeries(test, name, (given) =>
    [...given.values].flatMap(([at, is]) => {
      const chosen = is === 0 ? other : wanted;
      const value =
        chosen.type === "series" ? chosen.series.values.get(at) : numberOf(chosen, name);
      return value === undefined ? [] : [[at, value] as const];
    }),
  );
};

/** `SORT(METRICS(), AVG, DESC, 10)`. */
const sort: MathFunction = ([value, by, order, count], context, name) => {
  const [of, way] = [textOf(by, name), textOf(order, name)];
  if (!["AVG", "MIN", "MAX", "SUM"].includes(of) || !["ASC", "DESC"].includes(way))
    throw new MathError("SORT takes AVG, MIN, MAX or SUM, and ASC or DESC");
  const rank = (it: Series) => numberOf(FUNCTIONS[of]!([series(it)], context, of), of);
  const sorted = seriesOf(need(value, name), name).toSorted(
    (a, b) => (rank(a) - rank(b)) * (way === "ASC" ? 1 : -1),
  );
  return list(count === undefined ? sorted : sorted.slice(0, numberOf(count, name)));
};

const runningSum: MathFunction = ([value], _context, name) =>
  eachSeries(need(value, name), name, (given) => {
    let total = 0;
    return Array.from(given.values, ([at, now]) => [at, (total += now)] as const);
  });

const constant: MathFunction = ([value], { range, period }, name) => {
  const filled: [number, number][] = [];
  for (
    let at = Math.floor(range.from / (period * 1000)) * period * 1000;
    at < range.to;
    at += period * 1000
  )
    filled.push([at, numberOf(value, name)]);
  return series({ label: name, period, values: new Map(filled) });
};

const nth =
  (index: number): MathFunction =>
  ([value], _context, name) => {
    const chosen = seriesOf(need(value, name), name).at(index);
    if (!chosen) throw new MathError(`${name} takes a list that has something in it`);
    return series(chosen);
  };

const date = (read: (date: Date) => number) => each((_value, at) => read(new Date(at)));

/** `SEARCH('{Lab,Service} MetricName="Errors"', 'Sum', 60)`; without a period of five minutes. */
const search: MathFunction = ([query, statistic, period], context, name) => {
  const seconds = period === undefined ? 300 : numberOf(period, name);
  return list(context.search(textOf(query, name), textOf(statistic, name), seconds));
};

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#metric-math-syntax-functions-list */
export const FUNCTIONS: Readonly<Record<string, MathFunction>> = {
  SUM: aggregate(sum),
  AVG: aggregate(mean),
  MIN: aggregate((values) => Math.min(...values)),
  MAX: aggregate((values) => Math.max(...values)),
  STDDEV: aggregate(deviation),
  DATAPOINT_COUNT: aggregate((values) => values.length),
  ABS: each(Math.abs),
  CEIL: each(Math.ceil),
  FLOOR: each(Math.floor),
  LOG: each(Math.log),
  LOG10: each(Math.log10),
  RATE: steps((now, before, seconds) => (now - before) / seconds),
  DIFF: steps((now, before) => now - before),
  DIFF_TIME: steps((_now, _before, seconds) => seconds),
  RUNNING_SUM: runningSum,
  FILL: fill,
  IF: choose,
  SORT: sort,
  SEARCH: search,
  FIRST: nth(0),
  LAST: nth(-1),
  TIME_SERIES: constant,
  PERIOD: ([value], context, name) => number(periodOf(seriesOf(need(value, name), name), context)),
  METRIC_COUNT: ([value], _context, name) => number(seriesOf(need(value, name), name).length),
  METRICS: ([part], context, name) =>
    list(context.metrics(part === undefined ? "" : textOf(part, name))),
  REMOVE_EMPTY: ([value], _context, name) =>
    list(seriesOf(need(value, name), name).filter(({ values }) => values.size > 0)),
  SLICE: ([value, from, to], _context, name) =>
    list(seriesOf(need(value, name), name).slice(numberOf(from, name), to && numberOf(to, name))),
  EPOCH: each((_value, at) => at / 1000),
  MINUTE: date((it) => it.getUTCMinutes()),
  HOUR: date((it) => it.getUTCHours()),
  DAY: date((it) => it.getUTCDay() || 7),
  DATE: date((it) => it.getUTCDate()),
  MONTH: date((it) => it.getUTCMonth() + 1),
  YEAR: date((it) => it.getUTCFullYear()),
};

/** What needs something that is not there. */
export const REFUSED_FUNCTIONS: ReadonlySet<string> = new Set([
  "ANOMALY_DETECTION_BAND",
  "DB_PERF_INSIGHTS",
  "INSIGHT_RULE_METRIC",
  "LAMBDA",
  "SERVICE_QUOTA",
]);

const bit = (is: boolean) => (is ? 1 : 0);

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "^": (a, b) => a ** b,
  "==": (a, b) => bit(a === b),
  "!=": (a, b) => bit(a !== b),
  "<": (a, b) => bit(a < b),
  ">": (a, b) => bit(a > b),
  "<=": (a, b) => bit(a <= b),
  ">=": (a, b) => bit(a >= b),
  "&&": (a, b) => bit(a !== 0 && b !== 0),
  "||": (a, b) => bit(a !== 0 || b !== 0),
};

/** @param operator one that the parser knows */
export const operate = (operator: string, left: Value, right: Value): Value =>
  combine(left, right, operator, OPERATORS[operator]!);

function need(value: Value | undefined, name: string): Value {
  if (!value) throw new MathError(`${name} takes more`);
  return value;
}

function textOf(value: Value | undefined, name: string): string {
  if (value?.type !== "text") throw new MathError(`${name} takes a text here`);
  return value.value;
}

const periodOf = (items: readonly Series[], { period }: MathContext) =>
  items.reduce((most, it) => Math.max(most, it.period), 0) || period;
