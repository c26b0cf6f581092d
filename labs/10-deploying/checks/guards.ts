import {
  blocksOf,
  type Check,
  type CheckResult,
  combined,
  defineCheck,
  failed,
  hint,
  listed,
  type Step,
  type SynthContext,
  type SynthResource,
  walk,
  type WebApp,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import { awsPage, referred, rollingServiceOf } from "./stack-parts.ts";

const BREAKER = awsPage("AmazonECS/latest/developerguide/deployment-circuit-breaker.html");
const ALARMS = awsPage("AmazonECS/latest/developerguide/deployment-alarm-failure.html");
const METRICS = awsPage(
  "elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html",
);

const FAULTS = {
  missing: hint(
    ["Which service does ECS itself deploy?", "ECS 自身がデプロイするサービスはどれですか。"],
    [
      "The two of chapter 8 stay as they are: CodeDeploy gets one of its own.",
      "第 8 章の 2 つはそのままです。CodeDeploy には別のサービスを作ります。",
    ],
    "./workbook diff",
  ),
  "no-breaker": hint(
    [
      "A revision's tasks never start. Who ends the deployment?",
      "新しいリビジョンのタスクがいつまでも起動しません。誰がデプロイを終わらせますか。",
    ],
    both`${["The circuit breaker, after some tasks that failed:", "サーキットブレーカーです。タスクが何度か失敗すると働きます:"]} ${BREAKER}`,
    "service.resource.putDeploymentCircuitBreaker({ enable: true, rollback: true });",
  ),
  "no-way-back": hint(
    [
      "The deployment has failed. Which revision runs now?",
      "デプロイが失敗しました。いま動くのはどのリビジョンですか。",
    ],
    both`${["Without rollback, the broken one stays what the service wants:", "rollback がなければ、サービスは壊れたリビジョンを求め続けます:"]} ${BREAKER}`,
    "service.resource.putDeploymentCircuitBreaker({ enable: true, rollback: true });",
  ),
  "no-alarm": hint(
    [
      "The new tasks start and are healthy, and every other request fails. Who notices?",
      "新しいタスクは起動して正常なのに、リクエストの半分が失敗します。誰が気付きますか。",
    ],
    both`${["An alarm on the errors of the service's own target group, which the deployment is held to:", "サービスのターゲットグループのエラーを見るアラームです。デプロイに結び付けます:"]} ${ALARMS}`,
    "service.resource.putAlarms({ enable: true, rollback: true, alarmNames: [alarm.alarmName] });",
  ),
  "other-metric": hint(
    ["What does a user see of a bad revision?", "悪いリビジョンは、利用者にはどう見えますか。"],
    both`${["Answers of 500 and more, which the tasks themselves give:", "タスク自身が返す 500 番台の応答です:"]} ${METRICS}`,
    'metricName: "HTTPCode_Target_5XX_Count",',
  ),
  "other-targets": hint(
    ["Whose errors does the alarm see?", "アラームはどのタスクのエラーを見ていますか。"],
    both`${["Those of this service's target group:", "このサービスのターゲットグループのものを見ます:"]} ${METRICS}`,
    "dimensions: { LoadBalancer: alb.arnSuffix, TargetGroup: targets.arnSuffix },",
  ),
  silence: hint(
    [
      "Nothing fails. What does the alarm see then?",
      "何も失敗しないとき、アラームには何が見えますか。",
    ],
    both`${["No data at all, and that has to count as well:", "データがありません。それを正常と数える必要があります:"]} ${awsPage("AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html")}`,
    'treatMissingData: "notBreaching",',
  ),
};
type Fault = keyof typeof FAULTS;

/** Deployments of the apps' services end by themselves when they go wrong, and go back. */
export function guardsDeployments(id: string, apps: readonly WebApp[]): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "A circuit breaker and an alarm take a bad deployment back",
      "サーキットブレーカーとアラームが、悪いデプロイを元に戻す",
    ]),
    faults: FAULTS,
    run: (context) => combined(apps.map((app) => examine(context, app))),
  });
}

function examine(context: SynthContext, app: WebApp): CheckResult<Fault> {
  const service = rollingServiceOf(context, app);
  if (service === undefined)
    return failed(
      "missing",
      [`a service that runs ${app.container}`, `${app.container} を動かすサービスがある`],
      ["there is none", "ありません"],
    );
  const [breaker] = blocksOf(service.attributes, "deployment_circuit_breaker");
  const [alarms] = blocksOf(service.attributes, "alarms");
  const named = referred(context, service, alarms?.["alarm_names"], "aws_cloudwatch_metric_alarm");
  const says = (block: Readonly<Record<string, unknown>> | undefined) =>
    `enable=${String(block?.["enable"] ?? "-")}, rollback=${String(block?.["rollback"] ?? "-")}`;
  return walk(service.address, [
    {
      fault: "no-breaker",
      expected: ["a circuit breaker that is on", "サーキットブレーカーが有効である"],
      actual: `deployment_circuit_breaker: ${says(breaker)}`,
      holds: breaker?.["enable"] === true,
    },
    {
      fault: "no-way-back",
      expected: ["that rolls back", "ロールバックする"],
      actual: `deployment_circuit_breaker: ${says(breaker)}`,
      holds: breaker?.["rollback"] === true,
    },
    {
      fault: "no-alarm",
      expected: ["an alarm that rolls back", "ロールバックするアラームがある"],
      actual: both`alarms: ${says(alarms)}: ${listed(named.map(({ address }) => address))}`,
      holds: alarms?.["enable"] === true && alarms["rollback"] === true && named.length > 0,
    },
    ...named.flatMap((alarm) => alarmSteps(context, service, alarm)),
  ]);
}

function alarmSteps(
  context: SynthContext,
  service: SynthResource,
  alarm: SynthResource,
): readonly Step<Fault>[] {
  const { metric_name: metric, treat_missing_data: missing, dimensions } = alarm.attributes;
  const [balancer] = blocksOf(service.attributes, "load_balancer");
  const own = referred(context, service, balancer?.["target_group_arn"], "aws_lb_target_group");
  const seen = referred(context, alarm, dimensions, "aws_lb_target_group");
  return [
    {
      fault: "other-metric",
      expected: ["on the errors of its tasks", "タスクのエラーを見る"],
      actual: `${alarm.address}: ${String(metric)}`,
      holds: metric === "HTTPCode_Target_5XX_Count",
    },
    {
      fault: "other-targets",
      expected: ["in its own target group", "サービス自身のターゲットグループを見る"],
      actual: both`${alarm.address}: ${listed(seen.map(({ address }) => address))}`,
      holds: seen.length > 0 && seen.every((group) => own.includes(group)),
    },
    {
      fault: "silence",
      expected: ["no data is no error", "データがなければエラーなしとみなす"],
      actual: `${alarm.address}: treat_missing_data: ${String(missing ?? "missing")}`,
      holds: missing === "notBreaching",
    },
  ];
}
