import type { Point } from "./point.ts";

/** What a statistic makes of the values of one period; undefined where it cannot be told. */
export type Statistic = (point: Point) => number | undefined;

const SIMPLE: Readonly<Record<string, Statistic>> = {
  SampleCount: ({ count }) => count,
  Average: ({ sum, count }) => sum / count,
  Sum: ({ sum }) => sum,
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
  IQM: (point) => mean(between(point, 0.25, 0.75)),
};

/**
 * Reads the name of a statistic; undefined where there is none of it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 */
export function statisticOf(name: string): Statistic | undefined {
  return Object.hasOwn(SIMPLE, name) ? SIMPLE[name] : (percentile(name) ?? trimmed(name));
}

function percentile(name: string): Statistic | undefined {
  const [, text] = /^p(\d{1,2}(?:\.\d{0,10})?|100)$/.exec(name) ?? [];
  if (text === undefined) return undefined;
  return (point) => quantile(point, Number(text) / 100);
}

/** `tm90`, `TM(10%:90%)` and what else counts part of the values alone. */
function trimmed(name: string): Statistic | undefined {
  const [, short, most] = /^(tm|tc|ts|wm)(\d{1,2}(?:\.\d{0,10})?|100)$/.exec(name) ?? [];
  if (short !== undefined)
    return ofRange(short.toUpperCase(), (it) => between(it, 0, Number(most) / 100));
  const [, kind, low, high] = /^(TM|TC|TS|WM|PR)\(([^:]*):([^:]*)\)$/.exec(name) ?? [];
  if (kind === undefined || (low === "" && high === "")) return undefined;
  const isShare = [low, high].every((text) => text === "" || text!.endsWith("%"));
  const [from, to] = [bound(low!, isShare, 0), bound(high!, isShare, 1)];
  if (from === undefined || to === undefined || (isShare && kind === "PR")) return undefined;
  return ofRange(kind, (it) => (isShare ? between(it, from, to) : within(it, from, to)));
}

function bound(text: string, isShare: boolean, open: 0 | 1): number | undefined {
  if (text === "") return isShare ? open : open === 0 ? -Infinity : Infinity;
  const value = Number(isShare ? text.slice(0, -1) : text);
  if (!Number.isFinite(value)) return undefined;
  return isShare ? value / 100 : value;
}

function ofRange(kind: string, part: (point: Point) => Counts | undefined): Statistic {
  const kinds: Readonly<Record<string, Statistic>> = {
    TM: (point) => mean(part(point)),
    TC: (point) => total(part(point)),
    TS: (point) => part(point)?.reduce((sum, [value, count]) => sum + value * count, 0),
    WM: (point) => winsorized(point, part(point)),
    PR: (point) => share(total(part(point)), point.count),
  };
  return kinds[kind]!;
}

type Counts = readonly (readonly [value: number, count: number])[];

/** The values in order; of one value alone also where it was put as a statistic set. */
function sorted({ counts, count, minimum, maximum }: Point): Counts | undefined {
  if (counts) return counts.toSorted(([a], [b]) => a - b);
  return minimum === maximum ? [[minimum, count]] : undefined;
}

function quantile(point: Point, part: number): number | undefined {
  const values = sorted(point);
  if (!values) return undefined;
  let left = part * point.count;
  for (const [value, count] of values) {
    left -= count;
    if (left <= 1e-9) return value;
  }
  return values.at(-1)?.[0];
}

/** What lies between two shares of the values, such as 0.25 and 0.75. */
function between(point: Point, from: number, to: number): Counts | undefined {
  let seen = 0;
  return sorted(point)?.flatMap(([value, count]): [number, number][] => {
    const start = Math.max(seen, from * point.count);
    seen += count;
    const taken = Math.min(seen, to * point.count) - start;
    return taken > 0 ? [[value, taken]] : [];
  });
}

const within = (point: Point, from: number, to: number) =>
  sorted(point)?.filter(([value]) => value > from && value <= to);

const total = (counts: Counts | undefined) => counts?.reduce((sum, [, count]) => sum + count, 0);

function mean(counts: Counts | undefined): number | undefined {
  const sum = counts?.reduce((all, [value, count]) => all + value * count, 0);
  return counts && counts.length > 0 ? sum! / total(counts)! : undefined;
}

/** The mean where what lies outside counts as what lies at the edge. */
function winsorized(point: Point, kept: Counts | undefined): number | undefined {
  const [low, high] = [kept?.at(0)?.[0], kept?.at(-1)?.[0]];
  if (low === undefined || high === undefined) return undefined;
  return mean(
    sorted(point)!.map(([value, count]) => [Math.min(Math.max(value, low), high), count]),
  );
}

const share = (part: number | undefined, whole: number) =>
  part === undefined ? undefined : (100 * part) / whole;
