import type { Service } from "@aws-sdk/client-ecs";
import type { TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";

import { defineCheck, failed, passed } from "../check.ts";
import type { Check, CheckResult } from "../check.ts";
import { text } from "@workbook/toolchain";
import { hint } from "../hint.ts";
import { HttpRequestError } from "../http-request.ts";
import type { LiveContext } from "../live.ts";
import { pollUntil } from "../poll.ts";
import type { WebApp } from "../web-app.ts";
import { deployedService, loadBalancerInFrontOf, targetGroupArnOf } from "./deployed.ts";
import { ruleLines } from "./rule-lines.ts";
import { combined } from "./steps.ts";

const DEADLINE_MS = 120_000;
const HEALTH_CHECKS =
  "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html";
const HEALTH_CHECKS_JA =
  "https://docs.aws.amazon.com/ja_jp/elasticloadbalancing/latest/application/target-group-health-checks.html";

function faultsFor(apps: readonly [WebApp, ...WebApp[]]) {
  const newest = apps.at(-1) ?? apps[0];
  const { port } = newest;
  const { balancerToTasks } = ruleLines(newest);
  return {
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
    "not-in-use": hint(
      [
        "Which listener sends requests to this target group?",
        "どのリスナーがこのターゲットグループにリクエストを送りますか。",
      ],
      [
        `Target.NotInUse: no listener forwards to it, or its zone is not enabled for the load balancer: ${HEALTH_CHECKS}`,
        `Target.NotInUse: 転送するリスナーがないか、その AZ が ALB で有効になっていません: ${HEALTH_CHECKS_JA}`,
      ],
      'defaultAction: [{ type: "forward", targetGroupArn: targets.arn }],',
    ),
    timeout: hint(
      [
        "The load balancer asked and heard nothing. What lies between it and the tasks?",
        "ALB がヘルスチェックを送っても応答がありません。ALB とタスクの間には何がありますか。",
      ],
      [
        `Target.Timeout: a security group that does not admit a connection drops it without a word. The tasks' group comes first, then an app that is stuck; a closed port would have answered: ${HEALTH_CHECKS}`,
        `Target.Timeout: セキュリティグループは、許可していない接続を黙って捨てます。まずタスクのセキュリティグループ、次にアプリが止まっていないかを確認します。閉じたポートなら応答があります: ${HEALTH_CHECKS_JA}`,
      ],
      balancerToTasks,
    ),
    refused: hint(
      [
        "The load balancer came as far as the task, and was turned away. On which port does the app listen?",
        "ALB からタスクまでは届きましたが、接続が拒否されました。アプリはどのポートで待ち受けていますか。",
      ],
      [
        `Target.FailedHealthChecks: the connection was refused or cut, so no security group is in the way. The target's port, the container's port and the variable PORT have to be one number: ${HEALTH_CHECKS}`,
        `Target.FailedHealthChecks: 接続が拒否または切断されたので、セキュリティグループの問題ではありません。ターゲットのポート、コンテナのポート、環境変数 PORT を同じ番号にします: ${HEALTH_CHECKS_JA}`,
      ],
      `containerPort: ${port},`,
    ),
    "wrong-code": hint(
      [
        "Which path does the health check ask for, and what does the app answer there?",
        "ヘルスチェックはどのパスを呼び、アプリは何を返しますか。",
      ],
      [
        `Target.ResponseCodeMismatch: ${HEALTH_CHECKS}`,
        `Target.ResponseCodeMismatch: ${HEALTH_CHECKS_JA}`,
      ],
      `healthCheck: { path: "/healthz", matcher: "200" },`,
    ),
    unhealthy: hint(
      [
        "Which reason does the target group give?",
        "ターゲットグループはどんな理由を示していますか。",
      ],
      [
        `The codes are explained here: ${HEALTH_CHECKS}`,
        `コードの意味はこちら: ${HEALTH_CHECKS_JA}`,
      ],
      "./workbook aws elbv2 describe-target-health --target-group-arn …",
    ),
  };
}

type Fault = keyof ReturnType<typeof faultsFor>;

/** Every task of each app's service is a healthy target. */
export function targetsAreHealthy(id: string, apps: readonly [WebApp, ...WebApp[]]): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "All tasks are healthy targets of the load balancer",
      "すべてのタスクが ALB の正常なターゲットである",
    ]),
    faults: faultsFor(apps),
    async run(context) {
      return combined(await Promise.all(apps.map((app) => examine(context, app))));
    },
  });
}

async function examine(context: LiveContext, app: WebApp): Promise<CheckResult<Fault>> {
  const service = await deployedService(context, app);
  if ((service.loadBalancers ?? []).length === 0) return examineAbsence(context, app, service);
  const TargetGroupArn = targetGroupArnOf(service);
  const wanted = service.desiredCount ?? 0;
  const areWell = (targets: readonly TargetHealthDescription[]) =>
    wanted > 0 && targets.length === wanted && targets.every(isHealthy);
  const { last } = await pollUntil(
    async () => {
      const { TargetHealthDescriptions = [] } = await context.aws.elbv2.describeTargetHealth({
        TargetGroupArn,
      });
      return TargetHealthDescriptions.filter(
        ({ TargetHealth }) => TargetHealth?.State !== "draining",
      );
    },
    // Nobody asks the targets of a group that no listener leads to, however long we wait.
    (targets) => areWell(targets) || targets.some(isNotInUse),
    { deadlineMs: context.deadlineMs ?? DEADLINE_MS },
  );
  const expected = `${app.container}: ${wanted} healthy targets`;
  const actual = `${app.container}: ${last.length === 0 ? "no targets" : last.map(describeTarget).join(", ")}`;
  return areWell(last) ? passed(expected, actual) : failed(faultIn(last), expected, actual);
}

/** A service without a target group leaves the load balancer nobody to ask. */
async function examineAbsence(
  context: LiveContext,
  app: WebApp,
  { serviceName, desiredCount }: Service,
): Promise<CheckResult<Fault>> {
  const { DNSName: dnsName } = await loadBalancerInFrontOf(context, app);
  const expected = `${app.container}: ${desiredCount} healthy targets`;
  const actual = `${serviceName} registers in no target group; http://${dnsName}:${app.port}/ answers`;
  try {
    const { status } = await context.request({ dnsName, port: app.port, path: "/" });
    return failed("empty", expected, `${actual} ${status}`);
  } catch (error) {
    if (!(error instanceof HttpRequestError)) throw error;
    return failed("empty", expected, `${actual} nothing (${error.code})`);
  }
}

function isHealthy({ TargetHealth }: TargetHealthDescription): boolean {
  return TargetHealth?.State === "healthy";
}

function isNotInUse({ TargetHealth }: TargetHealthDescription): boolean {
  return TargetHealth?.Reason === "Target.NotInUse";
}

function describeTarget({ Target, TargetHealth }: TargetHealthDescription): string {
  const { State, Reason } = TargetHealth ?? {};
  return `${Target?.Id}:${Target?.Port} ${State}${Reason === undefined ? "" : ` (${Reason})`}`;
}

function faultIn(targets: readonly TargetHealthDescription[]): Fault {
  if (targets.length === 0) return "empty";
  if (targets.some(isNotInUse)) return "not-in-use";
  const reasons = targets.map(({ TargetHealth }) => TargetHealth?.Reason);
  if (reasons.includes("Target.Timeout")) return "timeout";
  if (reasons.includes("Target.FailedHealthChecks")) return "refused";
  if (reasons.includes("Target.ResponseCodeMismatch")) return "wrong-code";
  return "unhealthy";
}
