import { scaleLinear, scaleUtc, type ScaleLinear } from "d3-scale";
import { area, line, stack } from "d3-shape";
import type { Values } from "../series.ts";
import type { Side } from "./read-metrics.ts";
import type { Annotation, Widget } from "./read-widget.ts";

/** A line of a graph. */
export interface DrawnSeries {
  readonly label: string;
  readonly color: string;
  readonly side: Side;
  /** In milliseconds. */
  readonly period: number;
  readonly values: Values;
}

/** As CloudWatch colours lines that say nothing of it. */
export const COLORS =
  "#1f77b4 #ff7f0e #2ca02c #d62728 #9467bd #8c564b #e377c2 #7f7f7f #bcbd22 #17becf".split(" ");
export const FONT = "Noto Sans";

const LEGEND_ROW = 18;
const LINES = { light: "#d5dbdb", dark: "#414d5c" };
const INK = { light: "#16191f", dark: "#d1d5db" };
const PAPER = { light: "#ffffff", dark: "#0f1b2a" };

interface Frame {
  readonly widget: Widget;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: (at: number) => number;
  readonly y: Readonly<Record<Side, ScaleLinear<number, number>>>;
  readonly ink: string;
  readonly grid: string;
}

type Point = readonly [at: number, low: number, high: number];
type Drawn = DrawnSeries & { readonly points: readonly Point[] };

/** A graph as SVG: title, axes, lines, areas or bars, annotations, legend. */
export function drawWidget(
  widget: Widget,
  series: readonly DrawnSeries[],
  thresholds: readonly Annotation[],
): string {
  const { width, height, isDark } = widget;
  const drawn = widget.isStacked ? stacked(series) : series.map(plain);
  const across = [...widget.horizontal, ...thresholds];
  const frame = frameOf(widget, drawn, across);
  const parts = [
    `<rect width="${width}" height="${height}" fill="${PAPER[isDark ? "dark" : "light"]}"/>`,
    text(width / 2, 20, widget.title, { size: 15, anchor: "middle", fill: frame.ink }),
    ...grid(frame, drawn),
    ...inside(
      frame,
      drawn.map((each, index) => shape(frame, each, index, drawn.length)),
    ),
    ...across.map((each) => acrossLine(frame, each)),
    ...widget.vertical.map((each) => upLine(frame, each)),
    ...(widget.hasLegend ? legend(frame, drawn) : []),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="${FONT}">${parts.join("")}</svg>`;
}

/** The period that a graph begins in began before it. */
const inside = ({ left, right, top, bottom }: Frame, parts: readonly string[]): string[] => [
  `<clipPath id="plot"><rect x="${left}" y="${top - 2}" width="${right - left}" height="${bottom - top + 2}"/></clipPath>`,
  `<g clip-path="url(#plot)">${parts.join("")}</g>`,
];

const plain = (each: DrawnSeries): Drawn => ({
  ...each,
  points: [...each.values].map(([at, value]): Point => [at, 0, value]),
});

/** One upon the other, each moment by itself; what has no value there adds nothing. */
function stacked(series: readonly DrawnSeries[]): Drawn[] {
  const moments = [...new Set(series.flatMap(({ values }) => [...values.keys()]))].toSorted(
    (a, b) => a - b,
  );
  const layers = stack<number, number>()
    .keys(series.keys())
    .value((at, index) => series[index]!.values.get(at) ?? 0)(moments);
  return series.map((each, index) => ({
    ...each,
    points: layers[index]!.map(([low, high], at): Point => [moments[at]!, low, high]),
  }));
}

function frameOf(widget: Widget, drawn: readonly Drawn[], across: readonly Annotation[]): Frame {
  const { width, height, from, to, axes, isDark } = widget;
  const hasRight = [...drawn, ...across].some(({ side }) => side === "right");
  const [left, right] = [52, width - (hasRight ? 52 : 16)];
  const rows = widget.hasLegend ? legendRows(drawn, right - left) : 0;
  const [top, bottom] = [34, Math.max(height - 26 - rows * LEGEND_ROW, 40)];
  const time = scaleUtc([from, to], [left, right]);
  const scaleOf = (side: Side) => {
    const values = [
      ...drawn
        .filter((it) => it.side === side)
        .flatMap(({ points }) => points.map(([, , high]) => high)),
      ...across.filter((it) => it.side === side).map(({ value }) => value),
    ];
    const { min, max } = axes[side];
    const low = min ?? Math.min(0, ...values);
    const high = max ?? Math.max(...values, low);
    const scale = scaleLinear([low, high > low ? high : low + 1], [bottom, top]);
    return min === undefined && max === undefined ? scale.nice(5) : scale;
  };
  const theme = isDark ? "dark" : "light";
  return {
    widget,
    left,
    right,
    top,
    bottom,
    x: (at) => time(at),
    y: { left: scaleOf("left"), right: scaleOf("right") },
    ink: INK[theme],
    grid: LINES[theme],
  };
}

function grid(frame: Frame, drawn: readonly Drawn[]): string[] {
  const { widget, left, right, top, bottom, ink } = frame;
  const shift = widget.offset * 60_000;
  // Ticks are round in the zone of the widget.
  const local = scaleUtc([widget.from + shift, widget.to + shift], [left, right]);
  const isLong = widget.to - widget.from > 36 * 3_600_000;
  const format = (tick: Date) =>
    isLong ? tick.toISOString().slice(5, 10).replace("-", "/") : tick.toISOString().slice(11, 16);
  const hours = local
    .ticks(Math.max(2, Math.floor((right - left) / 90)))
    .flatMap((tick) => [
      rule(local(tick), bottom, local(tick), bottom + 4, frame.grid),
      text(local(tick), bottom + 17, format(tick), { anchor: "middle", fill: ink }),
    ]);
  const sides = (["left", "right"] as const).filter(
    (side) => side === "left" || drawn.some((each) => each.side === side),
  );
  return [
    ...hours,
    ...sides.flatMap((side) => scaleMarks(frame, side)),
    rule(left, bottom, right, bottom, ink),
    ...sides.map((side) => axisLabel(frame, side, top)),
  ];
}

function scaleMarks({ y, left, right, ink, grid: color }: Frame, side: Side): string[] {
  const scale = y[side];
  return scale.ticks(5).flatMap((tick) => [
    ...(side === "left" ? [rule(left, scale(tick), right, scale(tick), color)] : []),
    text(side === "left" ? left - 6 : right + 6, scale(tick) + 4, short(tick), {
      anchor: side === "left" ? "end" : "start",
      fill: ink,
    }),
  ]);
}

const axisLabel = ({ widget, left, right, ink }: Frame, side: Side, top: number) =>
  text(side === "left" ? left : right, top - 6, widget.axes[side].label ?? "", {
    anchor: side === "left" ? "start" : "end",
    fill: ink,
  });

/** `1.2k`, `3M`: as axes say numbers. */
function short(value: number): string {
  const [size = 1, unit = ""] =
    (
      [
        [1e9, "G"],
        [1e6, "M"],
        [1e3, "k"],
      ] as const
    ).find(([least]) => Math.abs(value) >= least) ?? [];
  return `${Number((value / size).toPrecision(4))}${unit}`;
}

function shape(frame: Frame, each: Drawn, index: number, count: number): string {
  const { x, widget } = frame;
  const y = frame.y[each.side];
  const { points, color } = each;
  if (widget.view === "bar") return bars(frame, each, index, count);
  const [only] = points;
  if (points.length === 1 && only)
    return `<circle cx="${round(x(only[0]))}" cy="${round(y(only[2]))}" r="3" fill="${color}"/>`;
  const over =
    line<Point>(
      ([at]) => x(at),
      ([, , high]) => y(high),
    ).digits(1)([...points]) ?? "";
  const stroke = `<path d="${over}" fill="none" stroke="${color}" stroke-width="2"/>`;
  if (!widget.isStacked) return stroke;
  const filled = area<Point>(
    ([at]) => x(at),
    ([, low]) => y(low),
    ([, , high]) => y(high),
  ).digits(1);
  return `<path d="${filled([...points]) ?? ""}" fill="${color}" fill-opacity="0.4"/>${stroke}`;
}

function bars({ x, y, widget }: Frame, each: Drawn, index: number, count: number): string {
  const scale = y[each.side];
  const whole = Math.max((x(each.period) - x(0)) * 0.8, 1);
  const width = widget.isStacked ? whole : Math.max(whole / count, 1);
  const shift = widget.isStacked ? 0 : index * width;
  return each.points
    .map(([at, low, high]) => {
      const [top, bottom] = [scale(Math.max(low, high)), scale(Math.min(low, high))];
      return `<rect x="${round(x(at) + shift)}" y="${round(top)}" width="${round(width)}" height="${round(bottom - top)}" fill="${each.color}"/>`;
    })
    .join("");
}

function acrossLine({ y, left, right }: Frame, { value, label, color, side }: Annotation): string {
  const at = y[side](value);
  return (
    rule(left, at, right, at, color, "4 3") +
    text(right - 4, at - 4, label, { anchor: "end", fill: color })
  );
}

function upLine({ x, top, bottom }: Frame, { value, label, color }: Annotation): string {
  const at = x(value);
  return rule(at, top, at, bottom, color, "4 3") + text(at + 4, top + 10, label, { fill: color });
}

const widthOf = ({ label }: DrawnSeries): number => 26 + label.length * 7;

/** Where each of the legend's entries stands: rows are filled one after the other. */
function placed(drawn: readonly DrawnSeries[], width: number): { row: number; x: number }[] {
  let [row, x] = [0, 0];
  return drawn.map((each) => {
    if (x > 0 && x + widthOf(each) > width) [row, x] = [row + 1, 0];
    const place = { row, x };
    x += widthOf(each);
    return place;
  });
}

const legendRows = (drawn: readonly DrawnSeries[], width: number): number =>
  (placed(drawn, width).at(-1)?.row ?? -1) + 1;

function legend({ left, right, bottom, ink }: Frame, drawn: readonly Drawn[]): string[] {
  const places = placed(drawn, right - left);
  return drawn.map(({ label, color }, index) => {
    const { row, x } = places[index]!;
    const y = bottom + 38 + row * LEGEND_ROW;
    return `<rect x="${round(left + x)}" y="${round(y - 9)}" width="10" height="10" fill="${color}"/>${text(left + x + 15, y, label, { fill: ink })}`;
  });
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** A line along an axis, on whole pixels, so that it has its colour. */
function rule(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  color: string,
  dash?: string,
): string {
  const dashes = dash === undefined ? "" : ` stroke-dasharray="${dash}"`;
  const [a, b, c, d] = [x1, y1, x2, y2].map((one) => Math.floor(one) + 0.5);
  return `<line x1="${a}" y1="${b}" x2="${c}" y2="${d}" stroke="${color}"${dashes}/>`;
}

function text(
  x: number,
  y: number,
  words: string,
  { size = 11, anchor = "start", fill }: { size?: number; anchor?: string; fill: string },
): string {
  if (words === "") return "";
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" text-anchor="${anchor}" fill="${fill}">${escaped(words)}</text>`;
}

const escaped = (words: string): string =>
  words
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    // What XML does not know would break the picture.
    .replaceAll(/[^\t\n\r\u0020-\uFFFD]/gu, "?");
