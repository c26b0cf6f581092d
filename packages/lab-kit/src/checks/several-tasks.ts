import { text } from "@workbook/toolchain";
import { defineCheck, failed, passed } from "../check.ts";
import type { Check, CheckResult } from "../check.ts";
import { hint } from "../hint.ts";
import type { LiveContext } from "../live.ts";
import { pollUntil } from "../poll.ts";
import { listenerPort, type ServedApp } from "../web-app.ts";
import { loadBalancerOf } from "./deployed.ts";
import { combined } from "./steps.ts";

const DEADLINE_MS = 20_000;
const INTERVAL_MS = 10;

const FAULTS = {
  "one-task": hint(
    ["Why does the same task answer every time?", "なぜ毎回同じタスクが応答するのですか。"],
    [
      "The load balancer spreads requests over the healthy targets. How many are there, and does a cookie tie you to one?",
      "ALB は正常なターゲットにリクエストを振り分けます。正常なターゲットはいくつですか。スティッキーセッションで固定されていませんか。",
    ],
    "desiredCount: 2,",
  ),
  "no-task": hint(
    [
      "Is it really a task of ECS that answers /info?",
      "/info に応答しているのは本当に ECS のタスクですか。",
    ],
    [
      "The app reads its task's ARN from the metadata endpoint: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html",
      "アプリはタスクメタデータエンドポイントから ARN を読みます: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html",
    ],
    "curl http://…/info",
  ),
};

type Fault = keyof typeof FAULTS;

/** Requests to each app are answered by more than one task. */
export function severalTasksAnswer(id: string, apps: readonly ServedApp[]): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text(["Several tasks share the requests", "複数のタスクがリクエストを分担している"]),
    faults: FAULTS,
    async run(context) {
      const results: CheckResult<Fault>[] = [];
      for (const app of apps) results.push(await examine(context, app));
      return combined(results);
    },
  });
}

async function examine(context: LiveContext, app: ServedApp): Promise<CheckResult<Fault>> {
  const { DNSName: dnsName } = await loadBalancerOf(context, app);
  const tasks = new Set<string>();
  let requests = 0;
  const { last } = await pollUntil(
    async () => {
      requests += 1;
      const { status, body } = await context.request({
        dnsName,
        port: listenerPort(app),
        path: "/info",
      });
      const arn = status === 200 ? taskArnIn(body) : undefined;
      if (arn !== undefined) tasks.add(arn);
      return { status, body, isTask: arn !== undefined };
    },
    ({ isTask }) => !isTask || tasks.size >= 2,
    { deadlineMs: context.deadlineMs ?? DEADLINE_MS, intervalMs: INTERVAL_MS },
  );
  const expected = [
    `${app.container}: at least 2 tasks answer /info`,
    `${app.container}: 2 つ以上のタスクが /info に応答する`,
  ] as const;
  if (!last.isTask) {
    return failed(
      "no-task",
      expected,
      `${app.container}: ${last.status} ${last.body.slice(0, 200)}`,
    );
  }
  const ids = [...tasks].map(shortId).join(", ");
  const actual = [
    `${app.container}: ${tasks.size} tasks answered ${requests} requests: ${ids}`,
    `${app.container}: ${requests} 回のリクエストに ${tasks.size} つのタスクが応答しました: ${ids}`,
  ] as const;
  return tasks.size >= 2 ? passed(expected, actual) : failed("one-task", expected, actual);
}

function taskArnIn(body: string): string | undefined {
  try {
    const info = JSON.parse(body) as { taskArn?: unknown } | null;
    return typeof info?.taskArn === "string" && info.taskArn !== "" ? info.taskArn : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function shortId(arn: string): string {
  return arn.split("/").at(-1) ?? arn;
}
