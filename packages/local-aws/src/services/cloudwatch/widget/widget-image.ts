import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { Handlers } from "../../../protocol/typed.ts";
import { unsupported } from "../../kit/faults.ts";
import type { CallContext } from "../../service.ts";
import { validation } from "../faults.ts";
import { labelsOf } from "../math/search.ts";
import { workOut } from "../metric-data.ts";
import { alarms, type MetricAlarm } from "../state.ts";
import { COLORS, drawWidget, FONT, type DrawnSeries } from "./draw-widget.ts";
import { readWidget, type Annotation, type Widget } from "./read-widget.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricWidgetImage.html */
export const widgetImageHandlers: Handlers<
  typeof import("@aws-sdk/client-cloudwatch"),
  CallContext
> = {
  async GetMetricWidgetImage({ MetricWidget, OutputFormat = "png" }, context) {
    if (OutputFormat !== "png")
      throw unsupported(`the output format ${OutputFormat} of a widget's image`);
    const widget = readWidget(MetricWidget, context.clock.now());
    const shown = widget.alarms.map((arn) => needAlarm(arn, context));
    const svg = drawWidget(widget, seriesOf(widget, shown, context), shown.map(threshold));
    return { MetricWidgetImage: await toPng(svg) };
  },
};

function needAlarm(arn: string, { store }: CallContext): Readonly<MetricAlarm> {
  const alarm = store.of(alarms).get(arn.slice(arn.indexOf(":alarm:") + ":alarm:".length));
  if (alarm?.arn !== arn) throw validation(`The alarm ${arn} of the widget does not exist.`);
  if (alarm.type !== "metric") throw unsupported("a composite alarm in a widget's image");
  return alarm;
}

const threshold = ({ name, threshold: value = 0 }: Readonly<MetricAlarm>): Annotation => ({
  value,
  label: name,
  color: "#d62728",
  side: "left",
});

function seriesOf(
  widget: Widget,
  shown: readonly Readonly<MetricAlarm>[],
  context: CallContext,
): DrawnSeries[] {
  const { queries, metrics } = widget.queries.length > 0 ? widget : ofAlarms(shown);
  const names = labelsById(queries);
  const answer = workOut(queries, { from: widget.from, to: widget.to }, context);
  const found = metrics
    .filter(({ isVisible }) => isVisible)
    .flatMap((metric) => {
      const query = queries.find(({ Id }) => Id === metric.id)!;
      return answer(query).map((series) => ({ metric, series }));
    });
  return found.map(({ metric: { id, label, color, side }, series }, index) => ({
    label: label ?? names.get(id) ?? series.label,
    color: color ?? COLORS[index % COLORS.length]!,
    side,
    period: series.period * 1000,
    values: series.values,
  }));
}

/** Metrics are called by what tells them from each other. */
function labelsById(queries: readonly MetricDataQuery[]): ReadonlyMap<string, string> {
  const named = queries.flatMap(({ Id, MetricStat }) => {
    const { Namespace = "", MetricName = "", Dimensions = [] } = MetricStat?.Metric ?? {};
    const dimensions = Dimensions.map(({ Name = "", Value = "" }) => ({ Name, Value }));
    return MetricStat ? [{ id: Id!, namespace: Namespace, name: MetricName, dimensions }] : [];
  });
  const labels = labelsOf(named);
  return new Map(named.map(({ id }, index) => [id, labels[index]!]));
}

/** A graph that names alarms alone shows what they look at. */
function ofAlarms(shown: readonly Readonly<MetricAlarm>[]): Pick<Widget, "queries" | "metrics"> {
  const all = shown.flatMap(({ metric, metrics }, index) => {
    if (!metric) return metrics!;
    const { namespace: Namespace, name: MetricName, dimensions, period: Period } = metric;
    const Metric = { Namespace, MetricName, Dimensions: [...dimensions] };
    const Stat = metric.statistic ?? metric.extendedStatistic;
    return [{ Id: `m${index + 1}x`, MetricStat: { Metric, Period, Stat } }];
  });
  const drawn = all.map(({ Id, ReturnData = true }: { Id?: string; ReturnData?: boolean }) => ({
    id: Id!,
    label: undefined,
    color: undefined,
    side: "left" as const,
    isVisible: ReturnData,
  }));
  return { queries: all, metrics: drawn };
}

const fileOf = (url: string) => readFile(fileURLToPath(url));

/** Its library is loaded when the first picture is asked for: most clouds never draw one. */
async function toPng(svg: string): Promise<Uint8Array> {
  const { initWasm, Resvg } = await import("@resvg/resvg-wasm");
  const [program, font] = await Promise.all([
    fileOf(import.meta.resolve("@resvg/resvg-wasm/index_bg.wasm")),
    fileOf(import.meta.resolve("@fontsource/noto-sans/files/noto-sans-latin-400-normal.woff2")),
  ]);
  try {
    await initWasm(program);
  } catch (error) {
    // Once is enough for all pictures of the process.
    if (!(error instanceof Error && error.message.startsWith("Already initialized"))) throw error;
  }
  const fonts = { fontBuffers: [font], loadSystemFonts: false, defaultFontFamily: FONT };
  return new Resvg(svg, { font: fonts }).render().asPng();
}
