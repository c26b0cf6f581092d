import { randomBytes } from "node:crypto";

import { text } from "@workbook/toolchain";
import { defineCheck, failed, passed } from "../check.ts";
import type { Check, CheckResult } from "../check.ts";
import { hint } from "../hint.ts";
import type { LiveContext } from "../live.ts";
import { pollUntil } from "../poll.ts";
import { listenerPort, type ServedApp } from "../web-app.ts";
import { deployedService, loadBalancerOf } from "./deployed.ts";
import { combined } from "./steps.ts";

/** AWS shows an event within seconds; the driver sends what it has at once. */
const DEADLINE_MS = 60_000;

const FAULTS = {
  "no-group": hint(
    [
      "Which log group does the running revision name, and does it exist?",
      "実行中のリビジョンはどのロググループを指し、それは存在しますか。",
    ],
    [
      "The group is made by the stack, with a CloudwatchLogGroup.",
      "ロググループはスタックの CloudwatchLogGroup が作ります。",
    ],
    `"awslogs-group": logs.name,`,
  ),
  "no-driver": hint(
    [
      "Does the revision that runs know of awslogs?",
      "実行中のリビジョンに awslogs は設定されていますか。",
    ],
    [
      "A new revision has to be deployed before it runs.",
      "新しいリビジョンはデプロイして初めて動きます。",
    ],
    "./workbook deploy",
  ),
  "not-logged": hint(
    [
      "The app answered. Did it write a line, and did the line reach CloudWatch Logs?",
      "アプリは応答しました。ログは書かれ、CloudWatch Logs に届きましたか。",
    ],
    [
      "The execution role writes the log stream; see what is in the group: ./workbook logs",
      "ログストリームへの書き込みはタスク実行ロールで行われます。ロググループの中身を見てください: ./workbook logs",
    ],
    `logDriver: "awslogs"`,
  ),
};

type Fault = keyof typeof FAULTS;

/** A request just made turns up in the log group of the revision that answered it. */
export function requestsAreLogged(id: string, apps: readonly ServedApp[]): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "A request just made is in the access log, in CloudWatch Logs",
      "いま送ったリクエストのアクセスログが CloudWatch Logs にある",
    ]),
    faults: FAULTS,
    async run(context) {
      return combined(await Promise.all(apps.map((app) => examine(context, app))));
    },
  });
}

async function examine(context: LiveContext, app: ServedApp): Promise<CheckResult<Fault>> {
  const group = await runningLogGroup(context, app);
  if (group === undefined) {
    return failed(
      "no-driver",
      [`${app.container} logs with awslogs`, `${app.container} のログドライバーが awslogs である`],
      ["the running revision does not", "動いているリビジョンは awslogs を使っていません"],
    );
  }
  const { DNSName: dnsName } = await loadBalancerOf(context, app);
  const trace = traceRoot();
  const startTime = Date.now() - 60_000;
  const headers = { "x-amzn-trace-id": `Root=${trace}` };
  const { status } = await context.request({
    dnsName,
    port: listenerPort(app),
    path: "/",
    headers,
  });
  const expected = [
    `a line about request ${trace} in ${group}`,
    `${group} に、リクエスト ${trace} のログがある`,
  ] as const;
  const look = async () => {
    const { events = [] } = await context.aws.logs.filterLogEvents({
      logGroupName: group,
      filterPattern: `"${trace}"`,
      startTime,
    });
    return events;
  };
  try {
    const { met, last } = await pollUntil(look, (events) => events.length > 0, {
      deadlineMs: context.deadlineMs ?? DEADLINE_MS,
    });
    if (!met)
      return failed("not-logged", expected, [
        `answered ${status}, but no such line came`,
        `応答は ${status} でしたが、そのログは届きませんでした`,
      ]);
    return passed(expected, `${last[0]?.logStreamName}: ${last[0]?.message?.slice(0, 300)}`);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ResourceNotFoundException") throw error;
    return failed("no-group", expected, error.message);
  }
}

/** The log group of the app's container in the revision that runs. */
async function runningLogGroup(context: LiveContext, app: ServedApp): Promise<string | undefined> {
  const { taskDefinition: arn } = await deployedService(context, app);
  const { taskDefinition } = await context.aws.ecs.describeTaskDefinition({ taskDefinition: arn });
  const container = taskDefinition?.containerDefinitions?.find(
    ({ name }) => name === app.container,
  );
  return container?.logConfiguration?.options?.["awslogs-group"];
}

/**
 * A trace id nobody else uses. The load balancer keeps the root that a client sends, and the apps log it.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
 */
function traceRoot(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `1-${seconds}-${randomBytes(12).toString("hex")}`;
}
