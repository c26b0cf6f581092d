import type { NewState } from "./alarm-states.ts";
import { stamp } from "./stamp.ts";
import type { MetricAlarm } from "./state.ts";

/** The value of one period; `value` is undefined where there were no data. */
export interface Datapoint {
  /** When the period began. */
  readonly at: number;
  readonly value: number | undefined;
}

/** How many periods are looked at beyond those that count, where data are missing in these. */
export const EXTRA_PERIODS = 2;

type Rule = Pick<
  MetricAlarm,
  "evaluationPeriods" | "datapointsToAlarm" | "threshold" | "comparison" | "treatMissingData"
>;

const OPERATORS: Readonly<
  Record<string, [words: string, test: (a: number, b: number) => boolean]>
> = {
  GreaterThanThreshold: ["greater than", (a, b) => a > b],
  GreaterThanOrEqualToThreshold: ["greater than or equal to", (a, b) => a >= b],
  LessThanThreshold: ["less than", (a, b) => a < b],
  LessThanOrEqualToThreshold: ["less than or equal to", (a, b) => a <= b],
};

/**
 * What an alarm on a metric is, by the data of its evaluation range; undefined: as it was.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 * @param range the newest first: the evaluation periods, and {@link EXTRA_PERIODS} more
 */
export function evaluate(rule: Rule, range: readonly Datapoint[]): NewState | undefined {
  const needed = rule.datapointsToAlarm ?? rule.evaluationPeriods;
  const real = range.flatMap(({ at, value }, index) =>
    value === undefined ? [] : [{ at, value, index, isBreaching: breaches(rule, value) }],
  );
  const looked = real.slice(0, rule.evaluationPeriods);
  const breaching = looked.filter(({ isBreaching }) => isBreaching);
  const missing = rule.evaluationPeriods - looked.length;
  if (missing > 0) return withMissing({ rule, needed, looked, breaching, missing });
  return breaching.length >= needed
    ? crossed(rule, "ALARM", looked, breaching)
    : crossed(rule, "OK", looked, healthy(looked));
}

interface Seen {
  readonly at: number;
  readonly value: number;
  /** How many periods ago. */
  readonly index: number;
  readonly isBreaching: boolean;
}

interface Partial {
  readonly rule: Rule;
  readonly needed: number;
  readonly looked: readonly Seen[];
  readonly breaching: readonly Seen[];
  readonly missing: number;
}

function withMissing({ rule, needed, looked, breaching, missing }: Partial): NewState | undefined {
  const { treatMissingData = "missing" } = rule;
  if (treatMissingData === "breaching" || treatMissingData === "notBreaching") {
    const filled = treatMissingData === "breaching" ? missing : 0;
    const isAlarm = breaching.length + filled >= needed;
    return looked.length === 0
      ? noneReceived(isAlarm ? "ALARM" : "OK", missing, treatMissingData)
      : crossed(rule, isAlarm ? "ALARM" : "OK", looked, isAlarm ? breaching : healthy(looked), {
          missing,
          treatMissingData,
        });
  }
  if (looked.length > 0 && breaching.length >= needed)
    return crossed(rule, "ALARM", looked, breaching);
  const keeps = treatMissingData === "ignore";
  if (looked.length === 0) return keeps ? undefined : insufficient(rule.evaluationPeriods);
  if (breaching.length < looked.length) return crossed(rule, "OK", looked, healthy(looked));
  // All that there is breaches: from when on that is enough, although the newer periods are missing.
  const isOldEnough = looked.at(-1)!.index + 1 >= needed;
  return keeps || !isOldEnough ? undefined : crossed(rule, "ALARM", looked, breaching);
}

const healthy = (looked: readonly Seen[]) => looked.filter(({ isBreaching }) => !isBreaching);

function breaches({ comparison, threshold = 0 }: Rule, value: number): boolean {
  return OPERATORS[comparison]![1](value, threshold);
}

function insufficient(periods: number): NewState {
  const points = periods === 1 ? "1 datapoint was" : `${periods} datapoints were`;
  return { value: "INSUFFICIENT_DATA", reason: `Insufficient Data: ${points} unknown.` };
}

function noneReceived(value: "OK" | "ALARM", missing: number, treated: string): NewState {
  const periods = missing === 1 ? "1 period" : `${missing} periods`;
  return {
    value,
    reason: `Threshold Crossed: no datapoints were received for ${periods} and ${treatedAs(missing, treated)}.`,
  };
}

const treatedAs = (missing: number, treated: string) => {
  const points = missing === 1 ? "1 missing datapoint was" : `${missing} missing datapoints were`;
  return `${points} treated as [${treated === "breaching" ? "Breaching" : "NonBreaching"}]`;
};

/** In the words of AWS: `Threshold Crossed: 1 out of the last 1 datapoints [99.0 (30/11/26 06:49:00)] was …`. */
function crossed(
  rule: Rule,
  value: "OK" | "ALARM",
  looked: readonly Seen[],
  named: readonly Seen[],
  filled?: { missing: number; treatMissingData: string },
): NewState {
  const periods = rule.evaluationPeriods;
  const list = named.map(({ value: each, at }) => `${decimal(each)} (${day(at)})`).join(", ");
  const verb = named.length === 1 ? "was" : "were";
  const [words] = OPERATORS[rule.comparison]!;
  const needed = rule.datapointsToAlarm ?? periods;
  const least = value === "ALARM" ? needed : periods - needed + 1;
  const change = value === "ALARM" ? "OK -> ALARM" : "ALARM -> OK";
  const extra = filled ? ` and ${treatedAs(filled.missing, filled.treatMissingData)}` : "";
  return {
    value,
    reason:
      `Threshold Crossed: ${named.length} out of the last ${periods} datapoints [${list}] ${verb} ${value === "ALARM" ? "" : "not "}${words} the threshold (${decimal(rule.threshold ?? 0)})${extra} ` +
      `(minimum ${least} datapoint${least === 1 ? "" : "s"} for ${change} transition).`,
    reasonData: JSON.stringify({
      version: "1.0",
      recentDatapoints: looked.map((it) => it.value).toReversed(),
      threshold: rule.threshold,
      evaluatedDatapoints: looked.map((it) => ({
        timestamp: stamp(it.at),
        value: it.value,
      })),
    }),
  };
}

const decimal = (value: number) => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/** `30/11/26 06:49:00`, in UTC. */
function day(at: number): string {
  const text = new Date(at).toISOString();
  return `${text.slice(8, 10)}/${text.slice(5, 7)}/${text.slice(2, 4)} ${text.slice(11, 19)}`;
}
