import type { Service } from "@aws-sdk/client-ecs";
import type { TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";

import { defineCheck, failed, passed } from "../check.ts";
import type { Check, CheckResult } from "../check.ts";
import { text, type Words } from "@workbook/toolchain";
import type { Finding } from "../diagnosis/diagnose.ts";
import { hint } from "../hint.ts";
import { HttpRequestError } from "../http-request.ts";
import type { LiveContext } from "../live.ts";
import { pollUntil } from "../poll.ts";
import { listenerPort, type ServedApp } from "../web-app.ts";
import { deployedService, loadBalancerInFrontOf, targetGroupArnOf } from "./deployed.ts";
import { Doctor, failedBy } from "./diagnosed.ts";
import { combined } from "./steps.ts";

const DEADLINE_MS = 120_000;
const HEALTH_CHECKS =
  "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html";
const HEALTH_CHECKS_JA =
  "https://docs.aws.amazon.com/ja_jp/elasticloadbalancing/latest/application/target-group-health-checks.html";

/** Help where the targets are not as they should be, and no cause was found. */
const FAULTS = {
  empty: hint(
    [
      "Who registers the tasks in this target group?",
      "このターゲットグループにタスクを登録するのは誰ですか。",
    ],
    [
      "The service does, for the target group in its load balancer block.",
      "サービスが、loadBalancer ブロックに書かれたターゲットグループに登録します。",
    ],
    "loadBalancer: [{ targetGroupArn: targets.arn, containerName, containerPort }],",
  ),
  "too-many": hint(
    [
      "More targets than tasks are wanted: whose are they?",
      "求めたタスクより多くのターゲットがあります。どのタスクのものですか。",
    ],
    [
      "While tasks are replaced, old and new ones are registered side by side. Look again when the deployment is completed.",
      "タスクの入れ替え中は、古いタスクと新しいタスクが並んで登録されます。デプロイが完了してからもう一度確かめます。",
    ],
    "./workbook status",
  ),
  unhealthy: hint(
    [
      "Which reason does the target group give?",
      "ターゲットグループはどんな理由を示していますか。",
    ],
    [`The codes are explained here: ${HEALTH_CHECKS}`, `コードの意味はこちら: ${HEALTH_CHECKS_JA}`],
    "./workbook aws elbv2 describe-target-health --target-group-arn …",
  ),
};

/** Every task of each app's service is a healthy target. */
export function targetsAreHealthy(
  id: string,
  apps: readonly [ServedApp, ...ServedApp[]],
): Check<"live"> {
  return defineCheck<"live", string>({
    id,
    tier: "live",
    title: text([
      "All tasks are healthy targets of the load balancer",
      "すべてのタスクが ALB の正常なターゲットである",
    ]),
    faults: FAULTS,
    async run(context) {
      const doctor = new Doctor(context, apps, "service");
      return combined(await Promise.all(apps.map((app) => examine(context, app, doctor))));
    },
  });
}

interface Look {
  readonly targets: readonly TargetHealthDescription[];
  /** Why they are not well, as far as that is known. */
  readonly finding: Finding | undefined;
}

async function examine(context: LiveContext, app: ServedApp, doctor: Doctor): Promise<CheckResult> {
  const service = await deployedService(context, app);
  if ((service.loadBalancers ?? []).length === 0)
    return examineAbsence(context, app, service, doctor);
  const TargetGroupArn = targetGroupArnOf(service);
  const wanted = service.desiredCount ?? 0;
  const areWell = ({ targets }: Look) =>
    wanted > 0 && targets.length === wanted && targets.every(isHealthy);
  const look = async (): Promise<Look> => {
    const { TargetHealthDescriptions = [] } = await context.aws.elbv2.describeTargetHealth({
      TargetGroupArn,
    });
    const targets = TargetHealthDescriptions.filter(
      ({ TargetHealth }) => TargetHealth?.State !== "draining",
    );
    return { targets, finding: await doctor.finding(app) };
  };
  const { last } = await pollUntil(
    look,
    // A cause that is known is not waited for; what is still said to be healthy may be of before it.
    (now) => areWell(now) || (now.finding !== undefined && isFinal(now.finding)),
    { deadlineMs: context.deadlineMs ?? DEADLINE_MS },
  );
  const { targets } = last;
  const expected = wantedOf(app, wanted);
  const actual: Words =
    targets.length === 0
      ? [`${app.container}: no targets`, `${app.container}: ターゲットがありません`]
      : `${app.container}: ${targets.map(describeTarget).join(", ")}`;
  const causes = await doctor.findings(app);
  const cause = areWell(last) ? causes.find(isOfTargets) : causes[0];
  if (cause) return failedBy(cause, expected, actual);
  return areWell(last)
    ? passed(expected, actual)
    : failed(faultIn(targets, wanted), expected, actual);
}

/** What keeps the load balancer from tasks: whether a client reaches the load balancer is for later checks. */
const OF_TARGETS =
  /^(?:load-balancer-(?:egress|group|zone)|task-ingress|network-acl|target|health-check|app-port|listener|forward)/;
const isFinal = (finding: Finding) => !finding.isSymptom || isOfTargets(finding);
const isOfTargets = ({ id }: Finding) => OF_TARGETS.test(id);

const wantedOf = ({ container }: ServedApp, count: number): Words => [
  `${container}: ${count} healthy targets`,
  `${container}: 正常なターゲットが ${count} つ`,
];

/** A service without a target group leaves the load balancer nobody to ask. */
async function examineAbsence(
  context: LiveContext,
  app: ServedApp,
  { serviceName, desiredCount }: Service,
  doctor: Doctor,
): Promise<CheckResult> {
  const { DNSName: dnsName } = await loadBalancerInFrontOf(context, app);
  const expected = wantedOf(app, desiredCount ?? 0);
  const port = listenerPort(app);
  const url = `http://${dnsName}:${port}/`;
  const seen = (answer: string): Words => [
    `${serviceName} registers in no target group; ${url} answers ${answer}`,
    `${serviceName} はどのターゲットグループにも登録されません。${url} の応答: ${answer}`,
  ];
  const cause = await doctor.findingNow(app);
  const fail = (answer: string) =>
    cause ? failedBy(cause, expected, seen(answer)) : failed("empty", expected, seen(answer));
  try {
    const { status } = await context.request({ dnsName, port, path: "/" });
    return fail(String(status));
  } catch (error) {
    if (!(error instanceof HttpRequestError)) throw error;
    return fail(error.code);
  }
}

function isHealthy({ TargetHealth }: TargetHealthDescription): boolean {
  return TargetHealth?.State === "healthy";
}

function describeTarget({ Target, TargetHealth }: TargetHealthDescription): string {
  const { State, Reason } = TargetHealth ?? {};
  return `${Target?.Id}:${Target?.Port} ${State}${Reason === undefined ? "" : ` (${Reason})`}`;
}

function faultIn(targets: readonly TargetHealthDescription[], wanted: number): keyof typeof FAULTS {
  if (targets.length === 0) return "empty";
  return targets.length > wanted && targets.every(isHealthy) ? "too-many" : "unhealthy";
}
