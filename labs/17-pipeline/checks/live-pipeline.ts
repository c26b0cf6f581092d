import {
  type Check,
  defineCheck,
  deployedService,
  failed,
  hint,
  type LiveContext,
  NODE_APP,
  passed,
} from "@workbook/lab-kit";
import { both, text, type Words } from "@workbook/toolchain";
import { awsPage, pipelineOf } from "./stack-parts.ts";

const TRANSITIONS = awsPage("codepipeline/latest/userguide/transitions.html");
const DEPLOY = awsPage("codepipeline/latest/userguide/action-reference-ECS.html");
const STAGES = "Source → Build → Approval → Deploy → BlueGreen";

const READY = {
  missing: hint(
    ["Is the pipeline there?", "パイプラインはありますか。"],
    ["Deploy what you wrote.", "書いたものをデプロイします。"],
    "./workbook deploy 17",
  ),
  stages: hint(
    [
      "Does AWS have the stages that your stack says?",
      "スタックに書いたステージが AWS にありますか。",
    ],
    ["Deploy what you wrote.", "書いたものをデプロイします。"],
    "./workbook deploy 17",
  ),
  disabled: hint(
    [
      "Has somebody closed the way between two stages?",
      "ステージの間の移行が無効になっていませんか。",
    ],
    both`${["A transition that is disabled holds everything in front of it:", "無効な移行は、手前ですべてを止めます:"]} ${TRANSITIONS}`,
    "./workbook aws codepipeline enable-stage-transition --transition-type Inbound",
  ),
};

const nameOf = (context: LiveContext) =>
  String(pipelineOf(context)?.resource.attributes["name"] ?? "");

/** The pipeline is there with its stages, and nothing stands in the way between them. */
export function pipelineIsOpen(id: string): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "The pipeline is there, and open from end to end",
      "パイプラインがあり、端から端まで通れる",
    ]),
    faults: READY,
    async run(context) {
      const name = nameOf(context);
      const expected = both`${name}: ${STAGES}`;
      const { pipelines = [] } = await context.aws.codepipeline.listPipelines({});
      if (!pipelines.some((each) => each.name === name))
        return failed("missing", expected, `${name}: -`);
      const { stageStates = [] } = await context.aws.codepipeline.getPipelineState({ name });
      const seen = stageStates.map(({ stageName }) => stageName).join(" → ");
      if (stageStates.length !== STAGES.split("→").length) return failed("stages", expected, seen);
      const closed = stageStates.find(
        ({ inboundTransitionState }) => inboundTransitionState?.enabled === false,
      );
      return closed === undefined
        ? passed(expected, seen)
        : failed(
            "disabled",
            expected,
            both`${["closed before", "手前で無効"]}: ${closed.stageName!}`,
          );
    },
  });
}

const RUNS = {
  "other-image": hint(
    [
      "Who else has deployed since, beside the pipeline?",
      "その後、パイプラインのほかに誰がデプロイしましたか。",
    ],
    both`${["What runs is what the newest execution that succeeded has built. Release the change again:", "動くのは、最後に成功した実行がビルドしたものです。もう一度リリースしてください:"]} ${DEPLOY}`,
    "./workbook aws codepipeline start-pipeline-execution",
  ),
};

/** The service runs what the pipeline has deployed last; before its first success, what it was made with. */
export function runsWhatWasBuilt(id: string): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "The service runs what the pipeline has deployed last",
      "サービスが、パイプラインの最後のデプロイを動かしている",
    ]),
    faults: RUNS,
    async run(context) {
      const commit = await deployedCommit(context);
      const given = context.images.find(({ app }) => app === NODE_APP)?.image ?? "-";
      const tag = commit?.slice(0, 12) ?? given.split(":").at(-1)!;
      const expected: Words =
        commit === undefined
          ? [`no push has come through: ${tag}`, `まだプッシュは届いていない: ${tag}`]
          : [`the commit ${tag}`, `コミット ${tag}`];
      const { taskDefinition: arn } = await deployedService(context, NODE_APP);
      const { taskDefinition } = await context.aws.ecs.describeTaskDefinition({
        taskDefinition: arn,
      });
      const image = taskDefinition?.containerDefinitions?.[0]?.image ?? "-";
      const seen = both`${arn?.split("/").at(-1) ?? "-"}: ${image}`;
      return image.endsWith(`:${tag}`)
        ? passed(expected, seen)
        : failed("other-image", expected, seen);
    },
  });
}

/** The commit of the newest execution that succeeded. */
async function deployedCommit(context: LiveContext): Promise<string | undefined> {
  const { pipelineExecutionSummaries = [] } = await context.aws.codepipeline.listPipelineExecutions(
    { pipelineName: nameOf(context) },
  );
  const done = pipelineExecutionSummaries.find(({ status }) => status === "Succeeded");
  return done?.sourceRevisions?.[0]?.revisionId;
}
