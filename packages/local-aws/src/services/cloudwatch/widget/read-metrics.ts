import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { unsupported } from "../../kit/faults.ts";
import { validation } from "../faults.ts";
import { colorOf } from "./color.ts";

/** The axis that values are measured by. */
export type Side = "left" | "right";

/** How a metric or an expression of a graph is drawn. */
export interface DrawnMetric {
  /** Of its query. */
  readonly id: string;
  readonly label: string | undefined;
  readonly color: string | undefined;
  readonly side: Side;
  readonly isVisible: boolean;
}

type Options = Readonly<Record<string, unknown>>;

/** What a metric may say of itself. */
const KNOWN = [
  "color",
  "label",
  "id",
  "stat",
  "period",
  "visible",
  "yAxis",
  "expression",
  "region",
];

/**
 * The rows of a graph: a namespace, a name, dimensions, and what is said of it; `.` stands for what the row above has there, and
 * `...` for all before it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Metric-Widget-Structure.html#CloudWatch-Metric-Widget-Metrics-Array-Format
 */
export function readMetrics(
  rows: unknown,
  common: { readonly period: number; readonly stat: string },
): { metrics: DrawnMetric[]; queries: MetricDataQuery[] } {
  if (!Array.isArray(rows)) throw validation("The field metrics of the widget must be a list.");
  const metrics: DrawnMetric[] = [];
  const queries: MetricDataQuery[] = [];
  let before: readonly string[] = [];
  for (const [index, row] of (rows as readonly unknown[]).entries()) {
    if (!Array.isArray(row) || row.length === 0)
      throw validation(`The metric ${index} of the widget must be a list.`);
    const { names, options } = split(row);
    const unknown = Object.keys(options).find((name) => !KNOWN.includes(name));
    if (unknown !== undefined)
      throw unsupported(`the option ${unknown} of a metric of a widget's image`);
    const id = String(options.id ?? `m${index + 1}x`);
    const text = (name: string) =>
      options[name] === undefined ? undefined : String(options[name]);
    metrics.push({
      id,
      label: text("label"),
      color: options.color === undefined ? undefined : colorOf(options.color, ""),
      side: options.yAxis === "right" ? "right" : "left",
      isVisible: options.visible !== false,
    });
    const expression = text("expression");
    if (expression !== undefined) {
      queries.push({ Id: id, Expression: expression, Period: common.period });
      continue;
    }
    before = repeated(names, before, index);
    const [Namespace, MetricName, ...pairs] = before;
    const Dimensions = pairs.flatMap((Name, at) =>
      at % 2 === 0 ? [{ Name, Value: pairs[at + 1] ?? "" }] : [],
    );
    const Period = typeof options.period === "number" ? options.period : common.period;
    const Stat = text("stat") ?? common.stat;
    queries.push({
      Id: id,
      MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat },
    });
  }
  return { metrics, queries };
}

function split(row: readonly unknown[]): { names: string[]; options: Options } {
  const last = row.at(-1);
  const hasOptions = typeof last === "object" && last !== null;
  const names = (hasOptions ? row.slice(0, -1) : row).map(String);
  return { names, options: hasOptions ? (last as Options) : {} };
}

function repeated(names: readonly string[], before: readonly string[], index: number): string[] {
  const rest = names[0] === "..." ? names.slice(1) : undefined;
  const whole = rest ? [...before.slice(0, before.length - rest.length), ...rest] : names;
  const filled = whole.map((name, at) => (name === "." ? before[at] : name));
  if (filled.length < 2 || filled.length % 2 !== 0 || filled.includes(undefined))
    throw validation(
      `The metric ${index} of the widget must be a namespace, a name and pairs of dimensions.`,
    );
  return filled as string[];
}
