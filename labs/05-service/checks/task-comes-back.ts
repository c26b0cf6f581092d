import type { Task } from "@aws-sdk/client-ecs";

import { both, text, type Words } from "@workbook/toolchain";
import {
  type Check,
  defineCheck,
  failed,
  hint,
  passed,
  pollUntil,
  runningTasks,
  serviceNames,
  stoppedTasks,
  type WebApp,
} from "@workbook/lab-kit";

/** On AWS a task on Fargate takes about a minute until it runs. */
const DEADLINE_MS = 180_000;

const FAULTS = {
  "no-task": hint(
    ["How many tasks run now?", "いま動いているタスクはいくつですか。"],
    [
      "None, so none can be stopped. The service's events say why: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages.html",
      "動いているタスクがありません。理由はサービスイベントにあります: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/service-event-messages.html",
    ],
    "desiredCount: 2,",
  ),
  "not-replaced": hint(
    [
      "A task was stopped. Who notices that one is missing, and what keeps the next one from starting?",
      "タスクを 1 つ止めました。足りないことに気付くのは誰で、次のタスクが起動しないのはなぜですか。",
    ],
    [
      "The service scheduler starts another one; its events say what is in the way: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html",
      "サービススケジューラーが新しいタスクを起動します。妨げているものはイベントで分かります: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/ecs_services.html",
    ],
    "./workbook status",
  ),
};

/** Stops one of an app's tasks, and sees that its service starts another one. */
export function taskComesBack(id: string, app: WebApp): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      `A task of ${app.container} that is stopped is replaced`,
      `${app.container} のタスクを止めても、代わりが起動する`,
    ]),
    faults: FAULTS,
    async run(context) {
      const names = serviceNames(context, app);
      const before = await runningTasks(context, names);
      const [victim] = before;
      const expected = [
        `${names.service}: ${before.length} tasks again, one of them new`,
        `${names.service}: タスクが ${before.length} つに戻り、うち 1 つは新しい`,
      ] as const;
      if (victim?.taskArn === undefined) {
        return failed(
          "no-task",
          [`${names.service}: a task to stop`, `${names.service}: 止めるタスクがある`],
          ["no task is running", "動いているタスクがありません"],
        );
      }
      const { cluster } = names;
      const reason = "Stopped by the check that it comes back";
      await context.aws.ecs.stopTask({ cluster, task: victim.taskArn, reason });
      const { met, last } = await pollUntil(
        () => runningTasks(context, names),
        (now) => newIn(now, before).length > 0 && now.length >= before.length,
        { deadlineMs: context.deadlineMs ?? DEADLINE_MS },
      );
      const replaced = newIn(last, before).map(idOf).join(", ");
      if (met)
        return passed(expected, [
          `${idOf(victim)} stopped, ${replaced} runs in its place`,
          `${idOf(victim)} が止まり、代わりに ${replaced} が動いています`,
        ]);
      const [failure] = await stoppedTasks(context, names);
      const why: Words = failure
        ? both`; ${["last stopped", "最後に止まった理由"]}: ${failure.stoppedReason ?? ""}`
        : "";
      const now: Words = [
        `${last.length} of ${before.length} run`,
        `${before.length} つのうち ${last.length} つが動いています`,
      ];
      return failed("not-replaced", expected, both`${now}${why}`);
    },
  });
}

function newIn(now: readonly Task[], before: readonly Task[]): readonly Task[] {
  const known = new Set(before.map(({ taskArn }) => taskArn));
  return now.filter(({ taskArn }) => !known.has(taskArn));
}

function idOf({ taskArn }: Task): string {
  return taskArn?.split("/").at(-1) ?? "a task";
}
