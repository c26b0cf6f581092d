import { say, type Language, type Words } from "@workbook/toolchain";
import type { PolicyLook, ScalingLook } from "./scaling-look.ts";

/** A look at a service, and when it was. */
export interface Seen extends ScalingLook {
  /** Minutes of AWS's time since the beginning. */
  readonly minute: number;
}

/** All that is drawn of a run. */
export interface ScalingRun {
  readonly service: string;
  readonly seen: readonly Seen[];
  /** Minutes of load at the beginning, and of all. */
  readonly loaded: number;
  readonly minutes: number;
  readonly perMinute: number;
  /** How many times faster than on AWS it ran. */
  readonly pace: number;
}

const WIDTH = 720;
const LEFT = 150;
const RIGHT = 20;
const TOP = 56;
const GRAPH = 160;
const ROW = 20;
const INK = "#23262b";
const FAINT = "#dcd8cc";
const LINE = "#0b6257";
const COLOURS: Readonly<Record<string, string>> = { OK: "#7fb8ad", ALARM: "#a3271f" };

/** One alarm's states, each from a minute on. */
interface Row {
  readonly label: string;
  readonly states: readonly { readonly minute: number; readonly state: string }[];
}

/** Draws tasks over time, and below them on the same line of time the states of each policy's two alarms. @returns an SVG document */
export function drawScaling(run: ScalingRun, language: Language): string {
  const rows = rowsOf(run.seen);
  const bottom = TOP + GRAPH;
  const height = bottom + 44 + rows.length * ROW;
  const title = say(titleOf(run), language);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" fill="${INK}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fbfaf6"/>`,
    label(14, 24, title, 'font-weight="bold"'),
    ...axes(run, bottom, language),
    `<path d="${stepsOf(run, "desired")}" fill="none" stroke="${LINE}" stroke-dasharray="3 3"/>`,
    `<path d="${stepsOf(run, "running")}" fill="none" stroke="${LINE}" stroke-width="2.5"/>`,
    ...rows.flatMap((row, index) => drawRow(run, row, bottom + 38 + index * ROW)),
    "</svg>",
  ];
  return `${parts.join("\n")}\n`;
}

const titleOf = ({ service, perMinute, loaded, pace }: ScalingRun): Words => [
  `${service}: ${perMinute} requests a minute for ${loaded} minutes, then none; ${pace === 1 ? "AWS's own pace" : `${pace} times faster`}`,
  `${service}: 毎分 ${perMinute} リクエストを ${loaded} 分間、その後は 0。${pace === 1 ? "AWS と同じ速さ" : `${pace} 倍速`}`,
];

/** The numbers of tasks, the minutes, the load as a band, and what the lines mean. */
function axes(run: ScalingRun, bottom: number, language: Language): string[] {
  const { minutes, loaded } = run;
  const most = highest(run);
  const counts = Array.from({ length: most + 1 }, (_, count) => count);
  const every = [1, 2, 5, 10, 20, 60].find((step) => minutes / step <= 12) ?? 120;
  const times = Array.from({ length: Math.floor(minutes / every) + 1 }, (_, n) => n * every);
  const words = (text: Words) => say(text, language);
  return [
    `<rect x="${xOf(run, 0)}" y="${TOP}" width="${xOf(run, loaded) - LEFT}" height="${GRAPH}" fill="#f8ead8"/>`,
    label(LEFT + 6, TOP + 14, words(["load", "負荷"])),
    ...counts.flatMap((count) => [
      `<path d="M${LEFT} ${yOf(run, count)}H${WIDTH - RIGHT}" stroke="${FAINT}"/>`,
      label(LEFT - 8, yOf(run, count) + 4, String(count), 'text-anchor="end"'),
    ]),
    ...times.map((minute) =>
      label(xOf(run, minute), bottom + 16, String(minute), 'text-anchor="middle"'),
    ),
    label(14, bottom + 16, words(["minutes", "分"])),
    label(14, TOP + 14, words(["tasks", "タスク"])),
    label(14, TOP + 32, words(["━ running", "━ 実行中"])),
    label(14, TOP + 48, words(["┅ wanted", "┅ 必要数"])),
  ];
}

function drawRow(run: ScalingRun, { label: name, states }: Row, y: number): string[] {
  const bars = states.flatMap(({ minute, state }, index) => {
    const end = states[index + 1]?.minute ?? run.minutes;
    const width = xOf(run, end) - xOf(run, minute);
    return width <= 0
      ? []
      : [
          `<rect x="${xOf(run, minute)}" y="${y - 10}" width="${round(width)}" height="13" fill="${COLOURS[state] ?? FAINT}"><title>${state}</title></rect>`,
        ];
  });
  return [label(14, y, name), ...bars];
}

/** Each policy's alarm for more tasks and that for fewer; where a state lasts, it is said once. */
function rowsOf(seen: readonly Seen[]): Row[] {
  const names = [...new Set(seen.flatMap(({ policies }) => policies.map(({ name }) => name)))];
  return names.flatMap((name) =>
    (["more", "fewer"] as const).map((side) => ({
      label: `${name} ${side === "more" ? "↑" : "↓"}`,
      states: changesOf(seen, name, side),
    })),
  );
}

function changesOf(seen: readonly Seen[], name: string, side: keyof PolicyLook): Row["states"] {
  const all = seen.map(({ minute, policies }) => ({
    minute,
    state: policies.find((each) => each.name === name)?.[side] ?? "-",
  }));
  return all.filter(({ state }, index) => state !== all[index - 1]?.state);
}

function stepsOf(run: ScalingRun, member: "running" | "desired"): string {
  const [first, ...rest] = run.seen;
  if (first === undefined) return "";
  const steps = rest.map((look) => `H${xOf(run, look.minute)}V${yOf(run, look[member])}`);
  return `M${xOf(run, first.minute)} ${yOf(run, first[member])}${steps.join("")}H${xOf(run, run.minutes)}`;
}

const highest = ({ seen }: ScalingRun): number =>
  Math.max(1, ...seen.flatMap(({ running, desired }) => [running, desired])) + 1;

const xOf = ({ minutes }: ScalingRun, minute: number): number =>
  round(LEFT + ((WIDTH - LEFT - RIGHT) * Math.min(minute, minutes)) / minutes);

const yOf = (run: ScalingRun, count: number): number =>
  round(TOP + GRAPH - (GRAPH * count) / highest(run));

const round = (number: number): number => Number(number.toFixed(1));

const label = (x: number, y: number, text: string, more = ""): string =>
  `<text x="${x}" y="${y}"${more && ` ${more}`}>${escaped(text)}</text>`;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
