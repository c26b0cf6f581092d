import type { StatementSync } from "node:sqlite";
import type { Database } from "../../store/database.ts";
import type { Place } from "../../store/collection.ts";
import { mergePoints, type Point } from "./point.ts";

/** A metric of one place, named as AWS names it; the order of dimensions does not count. */
export interface MetricName extends Place {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly { readonly Name?: string; readonly Value?: string }[];
}

export interface NewPoint extends Point {
  readonly metric: MetricName;
  /** One of AWS's units; `None` where nothing is said. */
  readonly unit: string;
}

export interface KnownMetric {
  readonly id: number;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly { readonly Name: string; readonly Value: string }[];
  /** When it had its latest point. */
  readonly latest: number;
}

interface PointRow {
  at: number;
  unit: string;
  count: number;
  sum: number;
  minimum: number;
  maximum: number;
  counts: string | null;
}

const MINUTE_MS = 60_000;
/** Points finer than a minute are kept for three hours, minutes for 15 days: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention */
const FINE_MS = 3 * 60 * MINUTE_MS;
const KEPT_MS = 15 * 24 * 60 * MINUTE_MS;

/** Owns the tables of metrics and their points. What is put at one moment is one point, whatever its number. */
export class MetricPoints {
  readonly #database: Database;
  readonly #name: StatementSync;
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #at: StatementSync;

  /** Use `store.owner(MetricPoints)`. */
  constructor(database: Database) {
    this.#database = database;
    const { sql } = database;
    this.#name = sql.prepare(
      `INSERT INTO metric (account, region, namespace, name, dimensions, latest) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (account, region, namespace, name, dimensions)
       DO UPDATE SET latest = MAX(latest, excluded.latest) RETURNING id`,
    );
    this.#find = sql.prepare(
      "SELECT id FROM metric WHERE account = ? AND region = ? AND namespace = ? AND name = ? AND dimensions = ?",
    );
    this.#insert = sql.prepare(
      `INSERT OR REPLACE INTO metric_point (metric, at, unit, count, sum, minimum, maximum, counts)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#at = sql.prepare("SELECT * FROM metric_point WHERE metric = ? AND at = ? AND unit = ?");
  }

  /** Writes points, in the store's transaction where one is under way. */
  put(points: readonly NewPoint[]): void {
    if (points.length === 0) return;
    this.#database.write(() => {
      for (const point of points) this.#putOne(point);
    });
  }

  #putOne({ metric, unit, ...point }: NewPoint): void {
    const { id } = this.#name.get(...keyOf(metric), point.at) as { id: number };
    const before = this.#at.get(id, point.at, unit) as unknown as PointRow | undefined;
    this.#write(id, unit, before ? mergePoints(point.at, [toPoint(before), point]) : point);
  }

  #write(id: number, unit: string, point: Point): void {
    const counts = point.counts ? JSON.stringify(point.counts) : null;
    const { at, count, sum, minimum, maximum } = point;
    this.#insert.run(id, at, unit, count, sum, minimum, maximum, counts);
  }

  /** The points from `from` on and before `to`, the oldest first; of every unit where none is given. */
  read(
    metric: MetricName,
    range: { from: number; to: number; unit?: string | undefined },
  ): Point[] {
    const known = this.#find.get(...keyOf(metric)) as { id: number } | undefined;
    if (!known) return [];
    const rows = this.#database.sql
      .prepare("SELECT * FROM metric_point WHERE metric = ? AND at >= ? AND at < ? ORDER BY at")
      .all(known.id, range.from, range.to) as unknown as PointRow[];
    return rows.filter(({ unit }) => range.unit === undefined || unit === range.unit).map(toPoint);
  }

  /** The units of a metric's points in a time. */
  units(metric: MetricName, range: { from: number; to: number }): string[] {
    const known = this.#find.get(...keyOf(metric)) as { id: number } | undefined;
    if (!known) return [];
    const rows = this.#database.sql
      .prepare("SELECT DISTINCT unit FROM metric_point WHERE metric = ? AND at >= ? AND at < ?")
      .all(known.id, range.from, range.to) as unknown as PointRow[];
    return rows.map(({ unit }) => unit);
  }

  /** The metrics of a place, by namespace, name and dimensions. */
  list({ account, region }: Place): KnownMetric[] {
    const rows = this.#database.sql
      .prepare(
        `SELECT id, namespace, name, dimensions, latest FROM metric WHERE account = ? AND region = ?
         ORDER BY namespace, name, dimensions`,
      )
      .all(account, region) as unknown as (Omit<KnownMetric, "dimensions"> & {
      dimensions: string;
    })[];
    return rows.map(({ dimensions, ...row }) => ({ ...row, dimensions: JSON.parse(dimensions) }));
  }

  /** Makes minutes of what is older than three hours, and removes what is older than 15 days. */
  compact(now: number): void {
    const { sql } = this.#database;
    const fine = sql
      .prepare(
        `SELECT metric, unit, at - at % ${MINUTE_MS} AS minute FROM metric_point
         WHERE at < ? AND at % ${MINUTE_MS} <> 0 GROUP BY metric, unit, minute`,
      )
      .all(now - FINE_MS) as unknown as { metric: number; unit: string; minute: number }[];
    this.#database.write(() => {
      for (const { metric, unit, minute } of fine) this.#toMinute(metric, unit, minute);
      sql.prepare("DELETE FROM metric_point WHERE at < ?").run(now - KEPT_MS);
      sql.prepare("DELETE FROM metric WHERE latest < ?").run(now - KEPT_MS);
    });
  }

  #toMinute(metric: number, unit: string, minute: number): void {
    const { sql } = this.#database;
    const where = "FROM metric_point WHERE metric = ? AND unit = ? AND at >= ? AND at < ?";
    const values = [metric, unit, minute, minute + MINUTE_MS] as const;
    const rows = sql.prepare(`SELECT * ${where}`).all(...values) as unknown as PointRow[];
    sql.prepare(`DELETE ${where}`).run(...values);
    this.#write(metric, unit, mergePoints(minute, rows.map(toPoint)));
  }

  close(): void {}
}

function keyOf({ account, region, namespace, name, dimensions }: MetricName) {
  const sorted = dimensions
    .map(({ Name = "", Value = "" }) => ({ Name, Value }))
    .toSorted((a, b) => (a.Name < b.Name ? -1 : 1));
  return [account, region, namespace, name, JSON.stringify(sorted)] as const;
}

const toPoint = ({ at, count, sum, minimum, maximum, counts }: PointRow): Point => ({
  at,
  count,
  sum,
  minimum,
  maximum,
  counts: counts === null ? undefined : JSON.parse(counts),
});
