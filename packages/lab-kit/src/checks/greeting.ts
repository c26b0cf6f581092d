import { defineCheck, failed, passed } from "../check.ts";
import type { Check } from "../check.ts";
import { text, type Words } from "@workbook/toolchain";
import { hint } from "../hint.ts";
import { HttpRequestError } from "../http-request.ts";
import type { HttpAnswer } from "../http-request.ts";
import type { LiveContext } from "../live.ts";
import { pollUntil } from "../poll.ts";
import { listenerPort, type ServedApp } from "../web-app.ts";
import { loadBalancerOf } from "./deployed.ts";
import { Doctor, failedBy } from "./diagnosed.ts";
import { ruleLines } from "./rule-lines.ts";

const DEADLINE_MS = 20_000;
const TROUBLE =
  "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html";
const TROUBLE_JA =
  "https://docs.aws.amazon.com/ja_jp/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html";

function faultsFor(app: ServedApp) {
  return { ...unheardHints(app), ...answerHints(app) };
}

/** Help where no answer comes. */
function unheardHints(app: ServedApp) {
  const port = listenerPort(app);
  return {
    silent: hint(
      [
        "You asked and heard nothing. Who may connect to the load balancer?",
        "応答がありません。ALB に接続できるのは誰ですか。",
      ],
      [
        `Its security group has to admit your address on ${port}, and its subnets a route to the internet gateway: ${TROUBLE}`,
        `ALB のセキュリティグループでポート ${port} を自分のアドレスに許可し、サブネットにはインターネットゲートウェイへのルートが必要です: ${TROUBLE_JA}`,
      ],
      ruleLines(app).youToBalancer,
    ),
    refused: hint(
      [`Does the load balancer listen on ${port}?`, `ALB はポート ${port} で待ち受けていますか。`],
      [
        "Nothing listens there. A listener does.",
        "待ち受けるものがありません。リスナーが必要です。",
      ],
      `new LbListener(this, "…", { loadBalancerArn: alb.arn, port: ${port}, … });`,
    ),
  };
}

/** Help where another answer comes than that of the app. */
function answerHints(app: ServedApp) {
  const { port: containerPort, container } = app;
  const port = listenerPort(app);
  return {
    "no-targets": hint(
      [
        "How many targets does the target group have?",
        "ターゲットグループにはターゲットがいくつありますか。",
      ],
      [
        `503: nobody is registered. The service registers its tasks: ${TROUBLE}`,
        `503: ターゲットが登録されていません。登録するのはサービスです: ${TROUBLE_JA}`,
      ],
      "loadBalancer: [{ targetGroupArn: targets.arn, … }],",
    ),
    gateway: hint(
      [
        `What does ${container} do with the request?`,
        `${container} はリクエストをどう処理していますか。`,
      ],
      [
        `502 and 504 come from the way to the task: port, security group, a task that stops: ${TROUBLE}`,
        `502 と 504 はタスクまでの経路の問題です。ポート、セキュリティグループ、停止したタスクを確認します: ${TROUBLE_JA}`,
      ],
      `containerPort: ${containerPort},`,
    ),
    "other-answer": hint(
      [
        `Whose answer is this? Which target group does listener ${port} lead to?`,
        `これは誰の応答ですか。リスナー ${port} はどのターゲットグループに転送しますか。`,
      ],
      [
        `The listener on ${port} leads to the target group of ${container}, whose service runs the image of ${container}.`,
        `リスナー ${port} は ${container} のターゲットグループに転送し、そのサービスが ${container} のイメージを動かします。`,
      ],
      'defaultAction: [{ type: "forward", targetGroupArn: targets.arn }],',
    ),
  };
}

type Fault = keyof ReturnType<typeof faultsFor>;

/** `GET /` on an app's port answers 200 with the app's greeting. */
export function answersGreeting(id: string, app: ServedApp): Check<"live"> {
  const port = listenerPort(app);
  return defineCheck<"live", string>({
    id,
    tier: "live",
    title: text([
      `Port ${port} answers "${app.greeting}"`,
      `ポート ${port} が "${app.greeting}" を返す`,
    ]),
    faults: faultsFor(app),
    async run(context) {
      const { DNSName: dnsName } = await loadBalancerOf(context, app);
      const { last } = await pollUntil(
        () => ask(context, dnsName, port),
        // A new load balancer's name and sockets may take a moment, and so may its first target.
        (look) => !(look instanceof HttpRequestError) && look.status === 200,
        { deadlineMs: context.deadlineMs ?? DEADLINE_MS },
      );
      const url = `http://${dnsName}:${port}/`;
      const expected = [
        `${url} answers 200 "${app.greeting}"`,
        `${url} が 200 "${app.greeting}" を返す`,
      ] as const;
      const fail = async (fault: Fault, seen: Words) => {
        const finding = await new Doctor(context, [app], "requests").findingNow(app);
        return finding ? failedBy(finding, expected, seen) : failed(fault, expected, seen);
      };
      if (last instanceof HttpRequestError) return fail(faultOf(last), last.message);
      const came = `${last.status} "${last.body.trimEnd().slice(0, 200)}"`;
      const actual = [`${url} answers ${came}`, `${url} の応答: ${came}`] as const;
      const isGreeting = last.status === 200 && last.body.trimEnd() === app.greeting;
      return isGreeting ? passed(expected, actual) : fail(faultIn(last), actual);
    },
  });
}

async function ask(
  context: LiveContext,
  dnsName: string,
  port: number,
): Promise<HttpAnswer | HttpRequestError> {
  try {
    return await context.request({ dnsName, port, path: "/" });
  } catch (error) {
    if (error instanceof HttpRequestError) return error;
    throw error;
  }
}

function faultOf(error: HttpRequestError): Fault {
  return error.code === "ETIMEDOUT" ? "silent" : "refused";
}

function faultIn({ status }: HttpAnswer): Fault {
  if (status === 503) return "no-targets";
  return status === 502 || status === 504 ? "gateway" : "other-answer";
}
