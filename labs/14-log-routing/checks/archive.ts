import {
  type Check,
  type CheckResult,
  defineCheck,
  fitsTag,
  hint,
  lineTag,
  type Step,
  type SynthContext,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import { configurationIn, propertyOf } from "./instance-parts.ts";
import { awsPage, NO_TASK, type RoutedTask, withTask } from "./stack-parts.ts";

const CUSTOM = awsPage("AmazonECS/latest/developerguide/firelens-taskdef.html");
const S3 = "https://docs.fluentbit.io/manual/pipeline/outputs/s3";
const ROUTING = "https://docs.fluentbit.io/manual/concepts/data-pipeline/router";

const ARCHIVES = {
  "no-task": NO_TASK,
  file: hint(
    [
      "How does the router learn of a second destination?",
      "ルーターに 2 つ目の届け先をどう伝えますか。",
    ],
    both`${["By a file of your own, which ECS includes. On Fargate it is one in the container:", "ECS が取り込む自分の設定ファイルです。Fargate ではコンテナの中のファイルです:"]} ${CUSTOM}`,
    '"config-file-type": "file", "config-file-value": "/conf/archive.conf",',
  ),
  mount: hint(
    ["Who sees the file that configure writes?", "configure が書いたファイルは、誰に見えますか。"],
    both`${["Only those who mount the same volume:", "同じボリュームをマウントしたコンテナだけです:"]} ${CUSTOM}`,
    'mountPoints: [{ sourceVolume: "conf", containerPath: "/conf" }],',
  ),
  order: hint(
    [
      "What if the router starts before its file is there?",
      "ファイルができる前にルーターが起動したら、どうなりますか。",
    ],
    both`${["It cannot open it and ends. Let it wait for SUCCESS:", "開けずに終了します。SUCCESS を待たせます:"]} ${CUSTOM}`,
    'dependsOn: [{ containerName: "configure", condition: "SUCCESS" }],',
  ),
  output: hint(
    [
      "Which output of Fluent Bit writes to a bucket?",
      "バケットに書く Fluent Bit の出力はどれですか。",
    ],
    both`${["s3, with the bucket of your stack:", "s3 です。スタックのバケットを指定します:"]} ${S3}`,
    "Name            s3",
  ),
  match: hint(
    [
      "Under which tag do the lines of node-app come?",
      "node-app の行には、どのタグが付いていますか。",
    ],
    both`${["The container's name, -firelens-, and the task's id. Match has to fit the whole of it:", "コンテナ名、-firelens-、タスク ID です。Match は全体に一致する必要があります:"]} ${ROUTING}`,
    "Match           node-app-firelens*",
  ),
};

type Fault = keyof typeof ARCHIVES;

/** Every line goes to a bucket as well, by a file of the learner's own. */
export function archives(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "The router brings the lines to a bucket as well",
      "ルーターがログをバケットにも届ける",
    ]),
    faults: ARCHIVES,
    run: (context) => withTask(context, examine),
  });
}

function examine(context: SynthContext, task: RoutedTask): CheckResult<Fault> {
  return walk<Fault>(task.definition.address, [...fileSteps(task), ...outputSteps(context, task)]);
}

/** Whether the router reads a file, and it is there when the router starts. */
function fileSteps({ router, writer }: RoutedTask): Step<Fault>[] {
  const { "config-file-type": type, "config-file-value": file = "" } = router?.options ?? {};
  const shared = (router?.container.mounts ?? []).find(({ volume }) =>
    writer?.mounts.some((mount) => mount.volume === volume),
  );
  const waits = router?.container.dependsOn.some(
    ({ container, condition }) => container === writer?.name && condition === "SUCCESS",
  );
  return [
    {
      fault: "file",
      expected: ["a configuration file of your own", "自分の設定ファイルがある"],
      actual: both`${["file", "ファイル"]}: ${type ?? "-"} ${file || "-"}`,
      holds: type === "file" && file !== "",
    },
    {
      fault: "mount",
      expected: [
        "the writer and the router mount one volume",
        "書くコンテナとルーターが同じボリュームをマウントする",
      ],
      actual: shared ? `${shared.volume}: ${shared.path}` : ["they do not", "していません"],
      holds: shared !== undefined && file.startsWith(`${shared.path}/`),
    },
    {
      fault: "order",
      expected: ["the router waits until the file is written", "ルーターがファイルを待つ"],
      actual: waits ? "SUCCESS" : ["it does not wait", "待っていません"],
      holds: waits === true,
    },
  ];
}

/** What the file says. */
function outputSteps(
  context: SynthContext,
  { definition, writer, app }: RoutedTask,
): Step<Fault>[] {
  const configuration = configurationIn(writer);
  const property = (name: string) => propertyOf(configuration, name);
  const bucket = context.synth
    .referredToBy(definition, property("bucket"))
    .find((each) => each.type === "aws_s3_bucket");
  const match = property("Match");
  return [
    {
      fault: "output",
      expected: ["an output s3 with a bucket of the stack", "スタックのバケットへの出力 s3 がある"],
      actual: both`${["output", "出力"]}: ${property("Name") || "-"} → ${bucket?.address ?? "-"}`,
      holds: property("Name") === "s3" && bucket !== undefined,
    },
    {
      fault: "match",
      expected: both`${["Match fits the tag", "Match がタグに一致する"]}: ${app.name}-firelens-…`,
      actual: both`${["it matches", "Match の値"]}: ${match || "-"}`,
      holds: fitsTag(match, lineTag(app.name)),
    },
  ];
}
