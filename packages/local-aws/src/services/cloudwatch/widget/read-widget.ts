import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { unsupported } from "../../kit/faults.ts";
import { validation } from "../faults.ts";
import { colorOf } from "./color.ts";
import { readMetrics, type DrawnMetric, type Side } from "./read-metrics.ts";

/** A graph as `GetMetricWidgetImage` is asked for one. */
export interface Widget {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly view: "timeSeries" | "bar";
  readonly isStacked: boolean;
  readonly isDark: boolean;
  readonly hasLegend: boolean;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Of its times, in minutes from UTC. */
  readonly offset: number;
  readonly metrics: readonly DrawnMetric[];
  readonly queries: readonly MetricDataQuery[];
  readonly axes: Readonly<Record<Side, Axis>>;
  readonly horizontal: readonly Annotation[];
  readonly vertical: readonly Annotation[];
  /** ARNs. */
  readonly alarms: readonly string[];
}

export interface Axis {
  readonly label?: string | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** A line across the graph, or up it; `value` is in milliseconds since the epoch there. */
export interface Annotation {
  readonly value: number;
  readonly label: string;
  readonly color: string;
  readonly side: Side;
}

type Fields = Readonly<Record<string, unknown>>;

const PERIOD = 300;
const HOUR_MS = 3_600_000;
const RED = "#d62728";
const MOST_PIXELS = 2000;

/** What is drawn, and, in the last line, what does not change the picture here. */
const KNOWN = [
  "width height title view stacked theme legend start end period stat timezone metrics yAxis annotations",
  "region liveData setPeriodToTimeRange copilot",
].flatMap((names) => names.split(" "));

/**
 * Reads what is to be drawn.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Metric-Widget-Structure.html
 * @throws AwsError `ValidationException`; `NotImplemented` for what is not drawn here
 */
export function readWidget(text: string, now: number): Widget {
  const given = parse(text);
  const unknown = Object.keys(given).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) throw unsupported(`the property ${unknown} of a widget's image`);
  const { view = "timeSeries", theme = "light", legend, annotations, yAxis } = given;
  if (view !== "timeSeries" && view !== "bar")
    throw unsupported(`a widget's image of the view ${String(view)}`);
  const { metrics, queries } = readMetrics(given.metrics ?? [], {
    period: numberOf(given, "period", PERIOD),
    stat: String(given.stat ?? "Average"),
  });
  const lines = fieldsOf(annotations, "annotations");
  const from = timeOf(given.start ?? "-PT3H", now, "start");
  const to = timeOf(given.end ?? "PT0H", now, "end");
  if (!(from < to)) throw validation("The start of the widget must be before its end.");
  const axis = fieldsOf(yAxis, "yAxis");
  return {
    width: sizeOf(given, "width", 600),
    height: sizeOf(given, "height", 400),
    title: String(given.title ?? ""),
    view,
    isStacked: given.stacked === true,
    isDark: theme === "dark",
    hasLegend: fieldsOf(legend, "legend").position !== "hidden",
    from,
    to,
    offset: offsetOf(String(given.timezone ?? "+0000")),
    metrics,
    queries,
    axes: { left: axisOf(axis.left), right: axisOf(axis.right) },
    horizontal: listOf(lines.horizontal).map((line) => horizontal(line)),
    vertical: listOf(lines.vertical).map((line) => vertical(line)),
    alarms: Array.isArray(lines.alarms) ? lines.alarms.map(String) : [],
  };
}

function parse(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Fields;
  } catch {
    // It is told below, as is JSON of another kind.
  }
  throw validation("The MetricWidget is not the JSON of an object.");
}

function fieldsOf(value: unknown, name: string): Fields {
  if (value === undefined) return {};
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw validation(`The field ${name} of the widget must be an object.`);
}

/** One, or several in a list; pairs are ranges. */
const listOf = (value: unknown): readonly Fields[] =>
  (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((item: unknown) => {
    if (Array.isArray(item))
      throw unsupported("a band between two annotations of a widget's image");
    return fieldsOf(item, "annotations");
  });

function horizontal(line: Fields): Annotation {
  if (line.fill !== undefined && line.fill !== "none")
    throw unsupported("the fill of an annotation of a widget's image");
  return {
    value: numberOf(line, "value"),
    label: String(line.label ?? ""),
    color: colorOf(line.color, RED),
    side: line.yAxis === "right" ? "right" : "left",
  };
}

function vertical(line: Fields): Annotation {
  if (line.fill !== undefined && line.fill !== "none")
    throw unsupported("the fill of an annotation of a widget's image");
  const value = Date.parse(String(line.value));
  if (Number.isNaN(value)) throw validation("The value of a vertical annotation must be a time.");
  return { value, label: String(line.label ?? ""), color: colorOf(line.color, RED), side: "left" };
}

function axisOf(value: unknown): Axis {
  const { label, min, max } = fieldsOf(value, "yAxis");
  const number = (one: unknown) => (typeof one === "number" ? one : undefined);
  return {
    label: label === undefined ? undefined : String(label),
    min: number(min),
    max: number(max),
  };
}

function numberOf(given: Fields, name: string, otherwise?: number): number {
  const value = given[name] ?? otherwise;
  if (typeof value !== "number" || !Number.isFinite(value))
    throw validation(`The field ${name} of the widget must be a number.`);
  return value;
}

function sizeOf(given: Fields, name: string, otherwise: number): number {
  const value = Math.round(numberOf(given, name, otherwise));
  if (value < 1 || value > MOST_PIXELS)
    throw validation(`The ${name} of the widget must be between 1 and ${MOST_PIXELS}.`);
  return value;
}

const UNITS: readonly [unit: string, hours: number][] = [
  ["Y", 24 * 365],
  ["M", 24 * 30],
  ["W", 24 * 7],
  ["D", 24],
];

/** A time, or how long before now: `2026-11-30T06:00:00Z`, `-PT3H`, `-P1DT12H`. */
function timeOf(given: unknown, now: number, name: string): number {
  const text = String(given);
  const match = /^(-)?P((?:\d+[YMWD])*)(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
  if (!match) {
    const at = Date.parse(text);
    if (Number.isNaN(at)) throw validation(`The ${name} of the widget is no time: ${text}`);
    return at;
  }
  const [, sign, days = "", hours = "0", minutes = "0", seconds = "0"] = match;
  const whole = UNITS.reduce(
    (sum, [unit, each]) => sum + Number(new RegExp(`(\\d+)${unit}`).exec(days)?.[1] ?? 0) * each,
    Number(hours),
  );
  const ms = whole * HOUR_MS + Number(minutes) * 60_000 + Number(seconds) * 1000;
  return sign === "-" ? now - ms : now + ms;
}

function offsetOf(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  if (sign === undefined) throw validation(`The timezone ${zone} must be of the form +0900.`);
  return (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1);
}
