import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import {
  type Check,
  type CheckResult,
  defineCheck,
  failed,
  hint,
  type LiveContext,
  loadBalancerOf,
  NODE_APP,
  passed,
  pollUntil,
  serviceNames,
} from "@workbook/lab-kit";
import { both, text, type Words } from "@workbook/toolchain";
import { awsPage, DIMENSION } from "./stack-parts.ts";

/** CloudWatch has a metric one minute late, and now and then two. */
const DEADLINE_MS = 300_000;
const LOOK_BACK_MS = 15 * 60_000;
const METRICS = awsPage("AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html");

const FAULTS = {
  "not-registered": hint(
    [
      "Has the stack been deployed since you wrote the target and its policies?",
      "ターゲットとポリシーを書いた後、デプロイしましたか。",
    ],
    [
      "The checks of this tier look at what runs.",
      "この段階のチェックは、実際に動いているものを見ます。",
    ],
    "./workbook deploy 12",
  ),
  "not-counted": hint(
    [
      "Requests are sent to the app right now. Which alarm sees them?",
      "いまアプリにリクエストを送っています。それが見えるのはどのアラームですか。",
    ],
    both`${["Compare the alarm's dimensions with the target group of the service:", "アラームのディメンションと、サービスのターゲットグループを比べます:"]} ${METRICS}`,
    "./workbook aws cloudwatch describe-alarms",
  ),
  "no-cpu": hint(
    [
      "Which service's processor does the alarm look at?",
      "アラームはどのサービスの CPU を見ていますか。",
    ],
    both`${["ECS tells CloudWatch each minute what the tasks of a service use:", "ECS は、サービスのタスクが使った CPU を毎分 CloudWatch に送ります:"]} ${METRICS}`,
    "./workbook aws cloudwatch describe-alarms",
  ),
};
type Fault = keyof typeof FAULTS;

/** The alarms of both policies have something to look at: requests that are sent, and what tasks use. */
export function alarmsHaveData(id: string): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "The policies' alarms see requests and processor",
      "ポリシーのアラームにリクエスト数と CPU 使用率が届いている",
    ]),
    faults: FAULTS,
    run: examine,
  });
}

async function examine(context: LiveContext): Promise<CheckResult<Fault>> {
  const { high, count } = await alarmsOf(context);
  const expected: Words = [
    "two policies with an alarm for more and one for less each, and requests and processor in their metrics",
    "2 つのポリシーに、増やすアラームと減らすアラームがあり、メトリクスにリクエスト数と CPU 使用率がある",
  ];
  const requests = high.find(({ MetricName }) => MetricName === "RequestCountPerTarget");
  const cpu = high.find(({ MetricName }) => MetricName === "CPUUtilization");
  if (count !== 4 || !requests || !cpu)
    return failed("not-registered", expected, [`${count} alarms`, `アラーム ${count} 個`]);
  const { DNSName: dnsName } = await loadBalancerOf(context, NODE_APP);
  const { last } = await pollUntil(
    async () => {
      await context.request({ dnsName, port: NODE_APP.port, path: "/" });
      const [counted, used] = await Promise.all([newest(context, requests), newest(context, cpu)]);
      return { counted, used };
    },
    ({ counted = 0, used }) => counted > 0 && used !== undefined,
    { deadlineMs: context.deadlineMs ?? DEADLINE_MS },
  );
  const { counted, used } = last;
  const actual: Words = `RequestCountPerTarget ${said(counted)} (${nameOf(requests)}), CPUUtilization ${said(used)}`;
  if (!counted) return failed("not-counted", expected, actual);
  return used === undefined ? failed("no-cpu", expected, actual) : passed(expected, actual);
}

const said = (value: number | undefined): string =>
  value === undefined ? "-" : String(Number(value.toFixed(1)));

/** What an alarm looks at: the target group's name. */
const nameOf = ({ Dimensions = [] }: MetricAlarm): string =>
  Dimensions.find(({ Name }) => Name === "TargetGroup")?.Value?.split("/")[1] ?? "-";

/** The alarms of the service's policies, and those of them that add tasks. */
async function alarmsOf(
  context: LiveContext,
): Promise<{ readonly high: readonly MetricAlarm[]; readonly count: number }> {
  const { cluster, service } = serviceNames(context, NODE_APP);
  const { ScalingPolicies = [] } = await context.aws.scaling.describeScalingPolicies({
    ServiceNamespace: "ecs",
    ResourceId: `service/${cluster}/${service}`,
    ScalableDimension: DIMENSION,
  });
  const AlarmNames = ScalingPolicies.flatMap(({ Alarms = [] }) =>
    Alarms.flatMap(({ AlarmName }) => AlarmName ?? []),
  );
  if (AlarmNames.length === 0) return { high: [], count: 0 };
  const { MetricAlarms = [] } = await context.aws.cloudwatch.describeAlarms({ AlarmNames });
  return {
    high: MetricAlarms.filter(({ AlarmName = "" }) => AlarmName.includes("-AlarmHigh-")),
    count: MetricAlarms.length,
  };
}

/** The newest value of an alarm's metric that is not nothing; undefined where there is none at all. */
async function newest(
  { aws: { cloudwatch } }: LiveContext,
  { Namespace, MetricName, Dimensions, Statistic = "Average" }: MetricAlarm,
): Promise<number | undefined> {
  const now = Date.now();
  const { Datapoints = [] } = await cloudwatch.getMetricStatistics({
    Namespace,
    MetricName,
    Dimensions,
    Statistics: [Statistic],
    Period: 60,
    StartTime: new Date(now - LOOK_BACK_MS),
    EndTime: new Date(now + 60_000),
  });
  const values = Datapoints.toSorted(
    (a, b) => (b.Timestamp?.getTime() ?? 0) - (a.Timestamp?.getTime() ?? 0),
  ).map((point) => point[Statistic as "Sum" | "Average"] ?? 0);
  return values.find((value) => value > 0) ?? values[0];
}
