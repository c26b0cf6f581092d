import type { PutMetricAlarmCommandInput } from "@aws-sdk/client-cloudwatch";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { actionsOf, keepAlarm } from "./keep-alarm.ts";
import { invalidCombination, invalidValue, missingParameter, validation } from "./faults.ts";
import { isReturned } from "./alarm-data.ts";
import { checkExpressions } from "./metric-data.ts";
import { statisticOf } from "./statistics.ts";
import type { MetricAlarm, MetricRule } from "./state.ts";

type Input = PutMetricAlarmCommandInput;

type AlarmRule = Pick<
  MetricAlarm,
  | "type"
  | "metric"
  | "metrics"
  | "evaluationPeriods"
  | "datapointsToAlarm"
  | "threshold"
  | "comparison"
  | "treatMissingData"
  | "lowSamples"
>;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
export const putMetricAlarmHandlers: Handlers<
  typeof import("@aws-sdk/client-cloudwatch"),
  CallContext
> = {
  PutMetricAlarm(input, context) {
    const rule = ruleOf(input);
    keepAlarm(context, {
      name: input.AlarmName ?? "",
      description: input.AlarmDescription,
      actionsEnabled: input.ActionsEnabled ?? true,
      actions: actionsOf(input, context),
      tags: input.Tags,
      rule,
    });
    return {};
  },
};

/** When an alarm goes off. @throws AwsError where its members break a rule */
function ruleOf(input: Input): AlarmRule {
  const { EvaluationPeriods, ComparisonOperator, Threshold } = input;
  const { DatapointsToAlarm, TreatMissingData, EvaluateLowSampleCountPercentile } = input;
  if (EvaluationPeriods === undefined) throw missing("EvaluationPeriods");
  if (ComparisonOperator === undefined) throw missing("ComparisonOperator");
  if (Threshold === undefined) throw missing("Threshold");
  checkOperator(ComparisonOperator);
  if (DatapointsToAlarm !== undefined && DatapointsToAlarm > EvaluationPeriods)
    throw validation("DatapointsToAlarm must be less than or equal to EvaluationPeriods");
  checkChoice("TreatMissingData", TreatMissingData, [
    "breaching",
    "notBreaching",
    "ignore",
    "missing",
  ]);
  checkChoice("EvaluateLowSampleCountPercentile", EvaluateLowSampleCountPercentile, [
    "evaluate",
    "ignore",
  ]);
  return {
    type: "metric",
    ...(input.Metrics
      ? mathOf(input, EvaluationPeriods)
      : { metric: metricOf(input, EvaluationPeriods) }),
    evaluationPeriods: EvaluationPeriods,
    datapointsToAlarm: DatapointsToAlarm,
    threshold: Threshold,
    comparison: ComparisonOperator,
    treatMissingData: TreatMissingData,
    lowSamples: EvaluateLowSampleCountPercentile,
  };
}

function checkOperator(operator: string): void {
  if (operator.includes("UpperThreshold") || operator.startsWith("LessThanLower"))
    throw validation(
      `The comparison operator ${operator} needs anomaly detection, which Local AWS does not have.`,
    );
}

/**
 * The queries of an alarm on an expression: one of them is its value.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html
 */
function mathOf(input: Input, evaluationPeriods: number): Pick<MetricAlarm, "metrics"> {
  const { MetricName, Namespace, Statistic, ExtendedStatistic, Period, Dimensions, Unit } = input;
  const single = { MetricName, Namespace, Statistic, ExtendedStatistic, Period, Dimensions, Unit };
  const [other] = Object.entries(single).find(([, value]) => value !== undefined) ?? [];
  if (other !== undefined)
    throw invalidCombination(`Metrics and ${other} cannot be used together.`);
  const metrics = structuredClone(input.Metrics!);
  checkExpressions(metrics);
  if (metrics.filter(isReturned).length !== 1)
    throw validation("Exactly one element of the metrics list should return data.");
  const periods = new Set(metrics.flatMap(({ MetricStat }) => MetricStat?.Period ?? []));
  if (periods.size !== 1)
    throw validation("The metrics of an alarm must be there, and have the same period here.");
  checkPeriod([...periods][0]!, evaluationPeriods);
  return { metrics };
}

function metricOf(input: Input, evaluationPeriods: number): MetricRule {
  const { MetricName, Namespace, Statistic, ExtendedStatistic, Period, Dimensions, Unit } = input;
  if (MetricName === undefined) throw missing("MetricName");
  if (Namespace === undefined) throw missing("Namespace");
  if (Period === undefined) throw missing("Period");
  if ((Statistic === undefined) === (ExtendedStatistic === undefined))
    throw invalidCombination("Exactly one of Statistic and ExtendedStatistic must be specified.");
  checkPeriod(Period, evaluationPeriods);
  if (ExtendedStatistic !== undefined && statisticOf(ExtendedStatistic) === undefined)
    throw invalidValue(
      `The value ${ExtendedStatistic} for parameter ExtendedStatistic is not supported.`,
    );
  return {
    name: MetricName,
    namespace: Namespace,
    statistic: Statistic,
    extendedStatistic: ExtendedStatistic,
    period: Period,
    dimensions: Dimensions ?? [],
    unit: Unit,
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html#API_PutMetricAlarm_RequestParameters */
export function checkPeriod(period: number, evaluationPeriods: number): void {
  if (![10, 20, 30].includes(period) && (period % 60 !== 0 || period === 0))
    throw validation("Period must be 10, 20, 30 or a multiple of 60");
  const most = period >= 3600 ? 604_800 : 86_400;
  if (period * evaluationPeriods > most)
    throw validation(
      `Metrics cannot be checked across more than ${most === 86_400 ? "a day (EvaluationPeriods * Period must be <= 86400)" : "seven days (EvaluationPeriods * Period must be <= 604800)"}.`,
    );
}

function checkChoice(name: string, value: string | undefined, choices: readonly string[]): void {
  if (value !== undefined && !choices.includes(value))
    throw validation(`${name} was ${value} but must be one of ${choices.join(", ")}`);
}

const missing = (name: string) => missingParameter(`The parameter ${name} is required.`);
