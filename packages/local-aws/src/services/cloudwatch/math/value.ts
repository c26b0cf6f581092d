import type { Series, TimeRange, Values } from "../series.ts";

/** What an expression comes to: a number, a time series, or several of them; texts are arguments alone. */
export type Value =
  | { readonly type: "number"; readonly value: number }
  | { readonly type: "series"; readonly series: Series }
  | { readonly type: "list"; readonly items: readonly Series[] }
  | { readonly type: "text"; readonly value: string };

/** An expression that cannot be worked out. */
export class MathError extends Error {
  override readonly name = "MathError";
}

/** What functions know beside what they are given. */
export interface MathContext {
  readonly range: TimeRange;
  /** Of expressions without a period of their own, in seconds. */
  readonly period: number;
  /** The metrics of the request whose id has this in it, each with its id. */
  metrics(part: string): readonly Series[];
  /** The metrics that a `SEARCH` finds. @param period in seconds @throws MathError, MathSyntaxError */
  search(query: string, statistic: string, period: number): readonly Series[];
}

export const number = (value: number): Value => ({ type: "number", value });
export const series = (value: Series): Value => ({ type: "series", series: value });
export const list = (items: readonly Series[]): Value => ({ type: "list", items });

/** The series of a value; one as a list of one. @throws MathError where it is a number or a text */
export function seriesOf(value: Value, of: string): readonly Series[] {
  if (value.type === "series") return [value.series];
  if (value.type === "list") return value.items;
  throw new MathError(`${of} takes time series`);
}

/** @throws MathError where the value is no number */
export function numberOf(value: Value | undefined, of: string): number {
  if (value?.type !== "number") throw new MathError(`${of} takes a number here`);
  return value.value;
}

/** The same series with other values; what is not a number is missing. */
export function withValues(
  given: Series,
  values: Iterable<readonly [at: number, value: number]>,
): Series {
  return { ...given, values: new Map([...values].filter(([, value]) => Number.isFinite(value))) };
}

/** Each series with each of its values changed; a number too. */
export function mapValue(
  value: Value,
  of: string,
  change: (value: number, at: number) => number,
): Value {
  if (value.type === "number") return number(change(value.value, 0));
  const changed = seriesOf(value, of).map((it) =>
    withValues(
      it,
      Array.from(it.values, ([at, each]) => [at, change(each, at)] as const),
    ),
  );
  return value.type === "series" ? series(changed[0]!) : list(changed);
}

/** Two values as one, moment by moment, where both have one. @throws MathError where lists are of different lengths */
export function combine(
  left: Value,
  right: Value,
  of: string,
  join: (a: number, b: number) => number,
): Value {
  if (left.type === "number" && right.type === "number")
    return number(join(left.value, right.value));
  if (left.type === "number") return mapValue(right, of, (value) => join(left.value, value));
  if (right.type === "number") return mapValue(left, of, (value) => join(value, right.value));
  const [a, b] = [seriesOf(left, of), seriesOf(right, of)];
  if (left.type === "series" && right.type === "series") return series(both(a[0]!, b[0]!, join));
  if (left.type === "series") return list(b.map((it) => both(a[0]!, it, join)));
  if (right.type === "series") return list(a.map((it) => both(it, b[0]!, join)));
  if (a.length !== b.length) throw new MathError(`${of} takes two lists of the same length`);
  return list(a.map((it, index) => both(it, b[index]!, join)));
}

function both(a: Series, b: Series, join: (a: number, b: number) => number): Series {
  const values = [...a.values].flatMap(([at, value]) => {
    const other = b.values.get(at);
    return other === undefined ? [] : [[at, join(value, other)] as const];
  });
  return withValues({ ...a, period: Math.max(a.period, b.period) }, values);
}

/** All moments at which one of the series has a value, in order. */
export function momentsOf(all: readonly { readonly values: Values }[]): number[] {
  return [...new Set(all.flatMap(({ values }) => [...values.keys()]))].toSorted((a, b) => a - b);
}
