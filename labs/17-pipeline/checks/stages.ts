import {
  type Check,
  type CheckResult,
  defineCheck,
  hint,
  type Step,
  type SynthContext,
  type SynthResource,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import {
  awsPage,
  nodeServiceOf,
  nothing,
  type PipelineAction,
  pipelineOf,
  projectOf,
} from "./stack-parts.ts";

const STRUCTURE = awsPage("codepipeline/latest/userguide/reference-pipeline-structure.html");
const CONNECTION = awsPage(
  "codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html",
);
const APPROVAL = awsPage("codepipeline/latest/userguide/approvals.html");
const DEPLOY = awsPage("codepipeline/latest/userguide/action-reference-ECS.html");
const ORDER = ["Source", "Build", "Approval", "Deploy"];

const FAULTS = {
  missing: hint(
    [
      "Who carries what is pushed from one step to the next?",
      "プッシュされたものを次の段階へ運ぶのは誰ですか。",
    ],
    both`${["A pipeline, stage by stage:", "パイプラインです。ステージを順に進みます:"]} ${STRUCTURE}`,
    'new Codepipeline(this, "pipeline", {',
  ),
  order: hint(
    [
      "Which four steps are there between a push and the users, and in which order?",
      "プッシュから利用者まで、どの 4 段階がどの順にありますか。",
    ],
    both`${["Source, Build, Approval, Deploy. Nothing is deployed before somebody has approved:", "Source、Build、Approval、Deploy です。誰かが承認するまで、何もデプロイされません:"]} ${APPROVAL}`,
    'stage("Approval", { category: "Approval", owner: "AWS", provider: "Manual" }),',
  ),
  source: hint(
    [
      "Of which branch of which repository do pushes start the pipeline?",
      "どのリポジトリのどのブランチへのプッシュで始まりますか。",
    ],
    both`${["main of you/greeting, by the connection:", "you/greeting の main です。接続を使います:"]} ${CONNECTION}`,
    'FullRepositoryId: "you/greeting",',
  ),
  build: hint(
    ["Which project builds?", "どのプロジェクトがビルドしますか。"],
    [
      "The action's ProjectName is the name of yours.",
      "アクションの ProjectName に自分のプロジェクトの名前を書きます。",
    ],
    "ProjectName: build.name,",
  ),
  deploy: hint(
    [
      "Which service in which cluster gets what was built?",
      "ビルドしたものは、どのクラスターのどのサービスに届きますか。",
    ],
    both`${["Both are named by the action:", "アクションに両方を書きます:"]} ${DEPLOY}`,
    "configuration: { ClusterName: cluster.name, ServiceName: service.name },",
  ),
  artifacts: hint(
    [
      "What does Deploy read, and who has made it?",
      "Deploy は何を読みますか。誰が作ったものですか。",
    ],
    both`${["imagedefinitions.json, which is in the artifact of Build and not in that of Source:", "imagedefinitions.json です。Source ではなく Build のアーティファクトにあります:"]} ${DEPLOY}`,
    'inputArtifacts: ["built"],',
  ),
};
type Fault = keyof typeof FAULTS;

/** A pipeline leads from a repository through build and approval to the service. */
export function stagesInOrder(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "A pipeline leads from a push through build and approval to the service",
      "パイプラインが、プッシュからビルドと承認を経てサービスまで続く",
    ]),
    faults: FAULTS,
    run: examine,
  });
}

function examine(context: SynthContext): CheckResult<Fault> {
  const pipeline = pipelineOf(context);
  if (pipeline === undefined) return nothing("missing", ["a pipeline", "パイプラインがある"]);
  const { resource, actions } = pipeline;
  const of = (category: string) => actions.find((each) => each.category === category);
  const [source, build, deploy] = [of("Source"), of("Build"), of("Deploy")];
  const seen = actions.map(({ category, provider }) => `${category} (${provider})`).join(" → ");
  const categories = [...new Set(actions.map(({ category }) => category))];
  return walk<Fault>(resource.address, [
    {
      fault: "order",
      expected: ORDER.join(" → "),
      actual: seen || "-",
      holds: categories.join() === ORDER.join() && of("Approval")?.provider === "Manual",
    },
    sourceStep(context, resource, source),
    ...workSteps(context, resource, build, deploy),
    {
      fault: "artifacts",
      expected: ["each reads what the one before it has made", "それぞれが前の成果物を読む"],
      actual: `Build: ${build?.inputs.join()}; Deploy: ${deploy?.inputs.join()}`,
      holds:
        source?.outputs.join() === build?.inputs.join() &&
        build?.outputs.join() === deploy?.inputs.join() &&
        deploy?.inputs.length === 1,
    },
  ]);
}

function sourceStep(
  { synth }: SynthContext,
  pipeline: SynthResource,
  source: PipelineAction | undefined,
): Step<Fault> {
  const { ConnectionArn, FullRepositoryId, BranchName } = source?.configuration ?? {};
  return {
    fault: "source",
    expected: ["main of you/greeting, by the connection", "接続で you/greeting の main を読む"],
    actual: `${String(FullRepositoryId)}, ${String(BranchName)}, ${String(ConnectionArn)}`,
    holds:
      source?.provider === "CodeStarSourceConnection" &&
      FullRepositoryId === "you/greeting" &&
      BranchName === "main" &&
      synth
        .referredToBy(pipeline, ConnectionArn)
        .some(({ type }) => /^aws_code(?:star)?connections_connection$/.test(type)),
  };
}

/** What builds, and what is deployed. */
function workSteps(
  context: SynthContext,
  pipeline: SynthResource,
  build: PipelineAction | undefined,
  deploy: PipelineAction | undefined,
): Step<Fault>[] {
  const project = projectOf(context);
  const service = nodeServiceOf(context);
  const names = (value: unknown, wanted: unknown, target = project) =>
    target !== undefined &&
    (value === wanted || context.synth.referredToBy(pipeline, value).includes(target));
  const { ClusterName, ServiceName } = deploy?.configuration ?? {};
  return [
    {
      fault: "build",
      expected: both`${["built by", "ビルドするのは"]} ${project?.address ?? "-"}`,
      actual: `ProjectName: ${String(build?.configuration["ProjectName"])}`,
      holds: names(build?.configuration["ProjectName"], project?.attributes["name"]),
    },
    {
      fault: "deploy",
      expected: both`${["deployed to", "デプロイ先は"]} ${service?.address ?? "-"}`,
      actual: `${deploy?.provider}, ${String(ClusterName)}, ${String(ServiceName)}`,
      holds:
        deploy?.provider === "ECS" &&
        ClusterName !== undefined &&
        names(ServiceName, service?.attributes["name"], service),
    },
  ];
}
