import type { Task } from "@aws-sdk/client-ecs";

import { text } from "@workbook/toolchain";
import {
  type Check,
  type CheckResult,
  combined,
  defineCheck,
  deployedService,
  failed,
  hint,
  type LiveContext,
  passed,
  pollUntil,
  runningTasks,
  serviceNames,
  type WebApp,
} from "@workbook/lab-kit";

/** A line is in CloudWatch Logs within seconds. */
const DEADLINE_MS = 60_000;

const FAULTS = {
  "no-task": hint(
    ["How many tasks run now?", "いま動いているタスクはいくつですか。"],
    [
      "None, so none writes a line. The service's events say why: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages.html",
      "動いているタスクがないので、ログもありません。理由はサービスイベントにあります: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/service-event-messages.html",
    ],
    "./workbook status",
  ),
  "no-driver": hint(
    [
      "Which revision runs, and does that one know of awslogs?",
      "動いているリビジョンはどれで、そこに awslogs は設定されていますか。",
    ],
    [
      "A new revision runs once it is deployed: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/update-service.html",
      "新しいリビジョンはデプロイして初めて動きます: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/update-service.html",
    ],
    "./workbook deploy",
  ),
  "no-lines": hint(
    [
      "Does every running task have a stream of its own in the log group?",
      "動いているタスクごとに、ロググループの中にストリームがありますか。",
    ],
    [
      "Streams are called <prefix>/<container>/<task id>: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
      "ストリーム名は <プレフィックス>/<コンテナ名>/<タスク ID> です: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/using_awslogs.html",
    ],
    "./workbook logs",
  ),
};

type Fault = keyof typeof FAULTS;

/** Every running task of an app has a log stream of its own, with the lines that it wrote. */
export function everyTaskLogs(id: string, app: WebApp): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      `The lines of every task of ${app.container} are in CloudWatch Logs`,
      `${app.container} の各タスクのログが CloudWatch Logs にある`,
    ]),
    faults: FAULTS,
    async run(context) {
      const names = serviceNames(context, app);
      const tasks = await runningTasks(context, names);
      if (tasks.length === 0) {
        return failed(
          "no-task",
          [`${names.service}: running tasks`, `${names.service} のタスクが動いている`],
          ["no task is running", "動いているタスクがありません"],
        );
      }
      const options = await logOptions(context, app);
      const group = options["awslogs-group"];
      const prefix = options["awslogs-stream-prefix"];
      if (group === undefined || prefix === undefined) {
        const expected = [
          `the running revision of ${names.service} logs with awslogs`,
          `動いている ${names.service} のリビジョンのログドライバーが awslogs である`,
        ] as const;
        return failed("no-driver", expected, ["it does not", "awslogs ではありません"]);
      }
      const streams = tasks.map((task) => `${prefix}/${app.container}/${idOf(task)}`);
      return combined(await Promise.all(streams.map((name) => examine(context, group, name))));
    },
  });
}

async function examine(
  { aws: { logs }, deadlineMs = DEADLINE_MS }: LiveContext,
  logGroupName: string,
  logStreamName: string,
): Promise<CheckResult<Fault>> {
  const look = async () => {
    try {
      const { events = [] } = await logs.getLogEvents({ logGroupName, logStreamName, limit: 1 });
      return events.map(({ message = "" }) => message);
    } catch (error) {
      if (error instanceof Error && error.name === "ResourceNotFoundException") return [];
      throw error;
    }
  };
  const { met, last } = await pollUntil(look, (lines) => lines.length > 0, { deadlineMs });
  const expected = [
    `lines in ${logGroupName}, stream ${logStreamName}`,
    `${logGroupName} のストリーム ${logStreamName} にログがある`,
  ] as const;
  return met
    ? passed(expected, `${logStreamName}: ${last[0]?.slice(0, 200)}`)
    : failed("no-lines", expected, [
        `nothing in stream ${logStreamName}`,
        `ストリーム ${logStreamName} には何もありません`,
      ]);
}

/** The awslogs options of the app's container, in the revision that the service runs. */
async function logOptions(context: LiveContext, app: WebApp): Promise<Record<string, string>> {
  const { taskDefinition: arn } = await deployedService(context, app);
  const { taskDefinition } = await context.aws.ecs.describeTaskDefinition({ taskDefinition: arn });
  const { logConfiguration } =
    taskDefinition?.containerDefinitions?.find(({ name }) => name === app.container) ?? {};
  return logConfiguration?.logDriver === "awslogs" ? (logConfiguration.options ?? {}) : {};
}

function idOf({ taskArn }: Task): string | undefined {
  return taskArn?.split("/").at(-1);
}
