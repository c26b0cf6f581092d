/** Values of a metric at one moment, aggregated: AWS's statistic set, with the values themselves where they are known. */
export interface Point {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  /** How often each value was there; undefined where only a statistic set was put, of which no percentile can be told. */
  readonly counts: readonly (readonly [value: number, count: number])[] | undefined;
}

/** So many values are told apart in one point; of more, those within a percent of each other are one. */
const MOST_VALUES = 200;
const STEP = Math.log(1.01);

/** One value, `count` times. */
export const pointOf = (at: number, value: number, count = 1): Point => ({
  at,
  count,
  sum: value * count,
  minimum: value,
  maximum: value,
  counts: [[value, count]],
});

/** Points as one, at the moment `at`. @throws RangeError of no points */
export function mergePoints(at: number, points: readonly Point[]): Point {
  if (points.length === 0) throw new RangeError("there is nothing to merge");
  const add = (total: (point: Point) => number) => points.reduce((sum, it) => sum + total(it), 0);
  return {
    at,
    count: add(({ count }) => count),
    sum: add(({ sum }) => sum),
    minimum: points.reduce((least, { minimum }) => Math.min(least, minimum), Infinity),
    maximum: points.reduce((most, { maximum }) => Math.max(most, maximum), -Infinity),
    counts: mergeCounts(points),
  };
}

function mergeCounts(points: readonly Point[]): Point["counts"] {
  const merged = new Map<number, number>();
  for (const { counts } of points) {
    if (!counts) return undefined;
    for (const [value, count] of counts) merged.set(value, (merged.get(value) ?? 0) + count);
  }
  return merged.size > MOST_VALUES ? [...coarse(merged)] : [...merged];
}

/** CloudWatch, too, tells values of a distribution apart only so far. */
function coarse(values: ReadonlyMap<number, number>): Map<number, number> {
  const groups = new Map<number, number>();
  for (const [value, count] of values) {
    const size = Math.abs(value);
    const near = size === 0 ? 0 : Math.exp(Math.round(Math.log(size) / STEP) * STEP);
    const key = Math.sign(value) * Number(near.toPrecision(6));
    groups.set(key, (groups.get(key) ?? 0) + count);
  }
  return groups;
}
