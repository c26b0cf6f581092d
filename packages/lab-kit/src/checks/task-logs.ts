import { both, text, type Text, type Words } from "@workbook/toolchain";
import { defineCheck, failed, passed } from "../check.ts";
import type { Check, CheckResult, SynthContext } from "../check.ts";
import { hint } from "../hint.ts";
import type { SynthResource } from "../synth-reader.ts";
import type { ServedApp } from "../web-app.ts";
import { containerOf, listed, imageName, taskDefinitionsOf } from "./wiring.ts";
import type { Container } from "./wiring.ts";

const RETENTION_DAYS = 180;

const FAULTS = {
  "no-task": hint(
    ["Which task definition writes these logs?", "このログはどのタスク定義が書きますか。"],
    ["Write the task definition first.", "先にタスク定義を書きます。"],
    "new EcsTaskDefinition(this, …)",
  ),
  "no-driver": hint(
    [
      "Where do the lines go that the container writes to its standard output?",
      "コンテナが標準出力に書いた行はどこへ行きますか。",
    ],
    [
      "The awslogs driver sends them to CloudWatch Logs: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
      "awslogs ログドライバーが CloudWatch Logs に送ります: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/using_awslogs.html",
    ],
    `logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": logs.name, "awslogs-region": settings.region, "awslogs-stream-prefix": "ecs" } },`,
  ),
  "no-prefix": hint(
    [
      "Which option does the awslogs driver insist on with Fargate?",
      "Fargate で awslogs に必須のオプションは何ですか。",
    ],
    [
      "Without a stream prefix Fargate refuses the task definition: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
      "ストリームプレフィックスがないと Fargate はタスク定義を受け付けません: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/using_awslogs.html",
    ],
    `"awslogs-stream-prefix": "ecs",`,
  ),
  "no-group": hint(
    [
      "Who makes the log group that the container writes to?",
      "コンテナが書き込むロググループは誰が作りますか。",
    ],
    [
      "The driver does not make it: write a CloudwatchLogGroup and let awslogs-group refer to its name.",
      "ログドライバーは作りません。CloudwatchLogGroup を書き、awslogs-group からその名前を参照します。",
    ],
    `"awslogs-group": logs.name,`,
  ),
  region: hint(
    [
      "In which region is the log group, and to which one does the driver write?",
      "ロググループはどのリージョンにあり、ドライバーはどのリージョンに書き込みますか。",
    ],
    [
      "The driver looks for the group in the region that it is told: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html",
      "ドライバーは、指定されたリージョンのロググループに書き込みます: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/specify-log-config.html",
    ],
    `"awslogs-region": settings.region,`,
  ),
  retention: hint(
    ["For how long are the logs kept, and who pays?", "ログはいつまで保存され、誰が払いますか。"],
    [
      "Without a retention CloudWatch Logs keeps them for ever: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
      "保持期間を指定しないと、CloudWatch Logs は無期限に保存します: https://docs.aws.amazon.com/ja_jp/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
    ],
    `retentionInDays: ${RETENTION_DAYS},`,
  ),
};

type Fault = keyof typeof FAULTS;

/** An app's container logs to a log group of the stack that forgets after 180 days. */
export function hasLogs(id: string, app: ServedApp): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      `Logs of ${app.container}, kept for ${RETENTION_DAYS} days`,
      `${app.container} のログ (保持期間 ${RETENTION_DAYS} 日)`,
    ]),
    faults: FAULTS,
    run(context) {
      const [definition] = taskDefinitionsOf(context, app);
      const container = definition && containerOf(context, app, definition);
      if (definition === undefined || container === undefined) {
        return failed(
          "no-task",
          [
            `a task that runs ${imageName(context, app)}`,
            `${imageName(context, app)} を動かすタスク定義がある`,
          ],
          ["there is none", "ありません"],
        );
      }
      return examine(context, definition, container);
    },
  });
}

function examine(
  context: SynthContext,
  definition: SynthResource,
  container: Container,
): CheckResult<Fault> {
  const where = text([
    `${container.name} in ${definition.address}`,
    `${definition.address} の ${container.name}`,
  ]);
  if (container.logDriver !== "awslogs") {
    return failed(
      "no-driver",
      ["the log driver awslogs", "ログドライバーが awslogs である"],
      both`${where}: ${container.logDriver ?? ["no log driver", "ログドライバーがありません"]}`,
    );
  }
  const { "awslogs-stream-prefix": prefix, "awslogs-group": groupName } = container.logOptions;
  if (!prefix)
    return failed(
      "no-prefix",
      ["the option awslogs-stream-prefix", "オプション awslogs-stream-prefix がある"],
      both`${where}: ${["options", "オプション"]} ${keys(container)}`,
    );
  const region = container.logOptions["awslogs-region"];
  if (region !== context.region)
    return failed(
      "region",
      [
        `the option awslogs-region ${context.region}`,
        `オプション awslogs-region が ${context.region} である`,
      ],
      both`${where}: awslogs-region ${String(region)}`,
    );
  const group = groupOf(context, definition, groupName);
  if (group === undefined) {
    const groups = context.synth.all("aws_cloudwatch_log_group");
    const known = listed(groups.map(({ address }) => address));
    return failed(
      "no-group",
      ["awslogs-group is a log group of the stack", "awslogs-group がスタックのロググループである"],
      both`awslogs-group: ${String(groupName)}; ${["groups", "ロググループ"]}: ${known}`,
    );
  }
  return examineRetention(where, group);
}

/** The stack's log group that an option names or refers to. */
function groupOf(
  { synth }: SynthContext,
  definition: SynthResource,
  groupName: unknown,
): SynthResource | undefined {
  return synth
    .all("aws_cloudwatch_log_group")
    .find(
      (candidate) =>
        candidate.attributes["name"] === groupName ||
        synth.referredToBy(definition, groupName).includes(candidate),
    );
}

function examineRetention(where: Text, group: SynthResource): CheckResult<Fault> {
  const days = group.attributes["retention_in_days"];
  const kept: Words =
    days === undefined ? ["for ever (no retention)", "無期限 (設定なし)"] : String(days);
  const expected = [
    `awslogs into a log group with a retention of ${RETENTION_DAYS} days`,
    `awslogs で、保持期間 ${RETENTION_DAYS} 日のロググループに出力する`,
  ] as const;
  const actual = both`${where} → ${group.address}, ${["days", "保持日数"]}: ${kept}`;
  return days === RETENTION_DAYS ? passed(expected, actual) : failed("retention", expected, actual);
}

function keys(container: Container): Text {
  return listed(Object.keys(container.logOptions));
}
