import {
  type Check,
  defineCheck,
  failed,
  hint,
  type LiveContext,
  NODE_APP,
  passed,
  pollUntil,
  runningTasks,
  serviceNames,
} from "@workbook/lab-kit";
import { both, text, type Words } from "@workbook/toolchain";
import { awsPage } from "./stack-parts.ts";

const TROUBLE = awsPage("AmazonECS/latest/developerguide/firelens-taskdef.html");
/** A line is there within seconds, an object when its time-out is over. */
const DEADLINE_MS = 90_000;

const LINES = {
  "no-task": hint(
    ["How many tasks run now?", "いま動いているタスクはいくつですか。"],
    [
      "None. What does the router say at its end?",
      "ありません。ルーターは最後に何を書きましたか。",
    ],
    "./workbook logs",
  ),
  "no-lines": hint(
    ["What does the router itself say?", "ルーター自身は何を書いていますか。"],
    both`${["Its own lines tell who refused what:", "ルーターのログに、何が拒否されたかが出ています:"]} ${TROUBLE}`,
    "./workbook logs",
  ),
  noise: hint(
    [
      "Which revision runs, and what does it leave out?",
      "動いているリビジョンは、何を除いていますか。",
    ],
    ["A new revision runs once it is deployed.", "新しいリビジョンは、デプロイすると動きます。"],
    "./workbook deploy 14",
  ),
};

/** Every running task has its stream in the app's log group, by the router, and no health check is in it. */
export function linesArrive(id: string): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "The lines of every task arrive in CloudWatch Logs, without health checks",
      "各タスクのログが、ヘルスチェックを除いて CloudWatch Logs に届く",
    ]),
    faults: LINES,
    async run(context) {
      const expected: Words = [
        "a stream with lines for every task, by the router",
        "タスクごとに、ルーターが届けたストリームがある",
      ];
      const tasks = await runningTasks(context, serviceNames(context, NODE_APP));
      const ids = tasks.map(({ taskArn = "" }) => taskArn.slice(taskArn.lastIndexOf("/") + 1));
      if (ids.length === 0)
        return failed("no-task", expected, ["no task is running", "動いているタスクがありません"]);
      const group = `/ecs/${serviceNames(context, NODE_APP).service}`;
      const look = () => linesOf(context, group);
      const has = (lines: readonly Line[]) =>
        ids.every((task) => lines.some(({ stream }) => stream.endsWith(`-firelens-${task}`)));
      const { met, last } = await pollUntil(look, has, { deadlineMs: DEADLINE_MS });
      if (!met)
        return failed("no-lines", expected, [
          `${group}: no stream *-firelens-<task id> for each of ${ids.length} tasks`,
          `${group}: ${ids.length} 個のタスクのうち、ストリーム *-firelens-<タスク ID> がないものがあります`,
        ]);
      const routed = last.filter(({ stream }) => ids.some((task) => stream.endsWith(task)));
      const noise = routed.find(({ message }) => message.includes("/healthz"));
      return noise ? failed("noise", expected, noise.message) : passed(expected, routed[0]!.stream);
    },
  });
}

interface Line {
  readonly stream: string;
  readonly message: string;
}

async function linesOf({ aws: { logs } }: LiveContext, logGroupName: string): Promise<Line[]> {
  const { events = [] } = await logs.filterLogEvents({ logGroupName });
  return events.map(({ logStreamName: stream = "", message = "" }) => ({ stream, message }));
}

const OBJECTS = {
  "no-bucket": hint(
    ["Is the bucket there?", "バケットはありますか。"],
    ["Deploy what you wrote.", "書いたものをデプロイします。"],
    "./workbook deploy 14",
  ),
  "no-object": hint(
    ["What does the router say of S3?", "ルーターは S3 について何を書いていますか。"],
    both`${["An object comes when it is large enough, or its time is over. AccessDenied is the task role's:", "オブジェクトは、十分な大きさになるか時間が過ぎると書かれます。AccessDenied ならタスクロールを見ます:"]} ${TROUBLE}`,
    "./workbook logs",
  ),
};

/** The bucket has an object with the app's lines. */
export function archiveFills(id: string): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text(["The same lines arrive in the bucket", "同じログがバケットにも届く"]),
    faults: OBJECTS,
    async run(context) {
      const expected: Words = [
        "an object with lines of node-app",
        "node-app のログのオブジェクトがある",
      ];
      const { s3 } = context.aws;
      const prefix = `archive-${context.owner}-`;
      const { Buckets = [] } = await s3.listBuckets({});
      const Bucket = Buckets.find(({ Name = "" }) => Name.startsWith(prefix))?.Name;
      if (Bucket === undefined) return failed("no-bucket", expected, `${prefix}*: -`);
      const look = async () => (await s3.listObjectsV2({ Bucket })).Contents ?? [];
      const { met, last } = await pollUntil(look, (found) => found.length > 0, {
        deadlineMs: DEADLINE_MS,
      });
      if (!met) return failed("no-object", expected, `s3://${Bucket}: -`);
      const { Body } = await s3.getObject({ Bucket, Key: last[0]!.Key! });
      const lines = (await Body!.transformToString()).trim().split("\n");
      return passed(expected, `s3://${Bucket}/${last[0]!.Key}: ${lines.length}`);
    },
  });
}
