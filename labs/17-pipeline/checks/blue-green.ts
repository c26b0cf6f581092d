import {
  allows,
  allowsAction,
  allowedBy,
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
import { awsPage, nothing, pipelineOf, type PipelineAction, referred } from "./stack-parts.ts";
import { readAppSpec, readBuildspec } from "./repository-files.ts";

const ACTION = awsPage("codepipeline/latest/userguide/action-reference-ECSbluegreen.html");
const FILES = awsPage("codepipeline/latest/userguide/file-reference.html");
const APPSPEC = awsPage(
  "codedeploy/latest/userguide/reference-appspec-file-structure-resources.html",
);
/** What CodePipeline reads in the build's artifact to deploy by CodeDeploy. */
const HANDED_ON = ["imageDetail.json", "taskdef.json", "appspec.yaml"];
/** What stands for the image in taskdef.json. */
const PLACEHOLDER = "IMAGE";

const FAULTS = {
  missing: hint(
    [
      "Which service shall be deployed blue/green?",
      "ブルー/グリーンでデプロイするのはどのサービスですか。",
    ],
    [
      "One of its own, whose deployments are CodeDeploy's: BlueGreenApp makes all of it.",
      "CodeDeploy がデプロイする専用のサービスです。BlueGreenApp がすべて作ります。",
    ],
    'const green = new BlueGreenApp(this, "green", {',
  ),
  stage: hint(
    [
      "Which action hands a build to CodeDeploy?",
      "ビルドを CodeDeploy に渡すのは、どのアクションですか。",
    ],
    both`${["CodeDeployToECS, in a stage behind Deploy:", "CodeDeployToECS です。Deploy の後のステージに置きます:"]} ${ACTION}`,
    'stage("BlueGreen", {',
  ),
  group: hint(
    [
      "Which application and which deployment group are yours?",
      "どのアプリケーションと、どのデプロイグループを使いますか。",
    ],
    both`${["Those of the blue/green service:", "ブルー/グリーンのサービスのものです:"]} ${ACTION}`,
    "ApplicationName: green.application.name,",
  ),
  placeholder: hint(
    ["Where in taskdef.json does the image go?", "taskdef.json のどこにイメージが入りますか。"],
    both`${["Where <IMAGE> stands. The action is told that name, and not the container's:", "<IMAGE> のところです。アクションに書くのはこの名前で、コンテナ名ではありません:"]} ${ACTION}`,
    `Image1ContainerName: "${PLACEHOLDER}",`,
  ),
  appspec: hint(
    [
      "Where do the requests go, once traffic has moved?",
      "トラフィックが移った後、リクエストはどこに届きますか。",
    ],
    both`${["To a container and a port of the new revision:", "新しいリビジョンのコンテナとポートです:"]} ${APPSPEC}`,
    "ContainerName: greeting",
  ),
  artifacts: hint(
    ["Which three files does the action read?", "アクションが読む 3 つのファイルは何ですか。"],
    both`${["What the image is, what the task is like, and what to do with it:", "イメージ、タスク定義、それをどうするかの 3 つです:"]} ${FILES}`,
    "files: [imagedefinitions.json, imageDetail.json, taskdef.json, appspec.yaml]",
  ),
  rights: hint(
    [
      "As whom does the pipeline ask CodeDeploy?",
      "パイプラインは、誰として CodeDeploy に頼みますか。",
    ],
    both`${["As its own role, which may create a deployment in that group, and ask what became of it:", "パイプラインのロールです。そのグループにデプロイを作り、結果を確かめる権限が要ります:"]} ${ACTION}`,
    '[["codedeploy:CreateDeployment", "codedeploy:GetDeployment"], green.group.arn],',
  ),
};
type Fault = keyof typeof FAULTS;

/** What the pipeline has rolled out goes to a second service blue/green, by CodeDeploy. */
export function goesBlueGreen(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "The same image goes to a second service blue/green, by CodeDeploy",
      "同じイメージを、CodeDeploy が 2 つ目のサービスにブルー/グリーンでデプロイする",
    ]),
    faults: FAULTS,
    run: examine,
  });
}

async function examine(context: SynthContext): Promise<CheckResult<Fault>> {
  const pipeline = pipelineOf(context);
  const [group] = context.synth.all("aws_codedeploy_deployment_group");
  if (group === undefined || pipeline === undefined)
    return nothing("missing", [
      "a service and a deployment group of CodeDeploy's",
      "CodeDeploy のサービスとデプロイグループがある",
    ]);
  const { resource, actions } = pipeline;
  const rolling = actions.find(({ provider }) => provider === "ECS");
  const action = actions.find(({ provider }) => provider === "CodeDeployToECS");
  const seen = actions.map(({ provider }) => provider).join(" → ");
  return walk<Fault>(resource.address, [
    {
      fault: "stage",
      expected: ["CodeDeployToECS behind ECS", "ECS の後に CodeDeployToECS"],
      actual: seen,
      holds: action !== undefined && rolling !== undefined && action.stage > rolling.stage,
    },
    ...(action ? actionSteps(context, { resource, action, group }) : []),
    ...(await fileSteps(context)),
    rightsStep(context, resource, group),
  ]);
}

interface Parts {
  readonly resource: SynthResource;
  readonly action: PipelineAction;
  readonly group: SynthResource;
}

function actionSteps(context: SynthContext, { resource, action, group }: Parts): Step<Fault>[] {
  const { ApplicationName, DeploymentGroupName, Image1ArtifactName, Image1ContainerName } =
    action.configuration;
  const { TaskDefinitionTemplateArtifact: definition, AppSpecTemplateArtifact: spec } =
    action.configuration;
  const names = (value: unknown, own: unknown, target: SynthResource | undefined) =>
    value === own || (target && context.synth.referredToBy(resource, value).includes(target));
  const [application] = referred(
    context,
    group,
    group.attributes["app_name"],
    "aws_codedeploy_app",
  );
  const artifacts = [Image1ArtifactName, definition, spec].map(String);
  return [
    {
      fault: "group",
      expected: both`${["deployed by", "デプロイするのは"]} ${group.address}`,
      actual: `${String(ApplicationName)}, ${String(DeploymentGroupName)}`,
      holds:
        names(ApplicationName, group.attributes["app_name"], application) === true &&
        names(DeploymentGroupName, group.attributes["deployment_group_name"], group) === true,
    },
    {
      fault: "placeholder",
      expected: [
        `<${PLACEHOLDER}> becomes the image, out of the build's artifact`,
        `<${PLACEHOLDER}> がビルドのアーティファクトのイメージになる`,
      ],
      actual: `Image1ContainerName: ${String(Image1ContainerName)}; ${artifacts.join(", ")}`,
      holds:
        Image1ContainerName === PLACEHOLDER &&
        artifacts.every((name) => action.inputs.includes(name)),
    },
  ];
}

async function fileSteps(context: SynthContext): Promise<Step<Fault>[]> {
  const spec = await readAppSpec(context);
  const build = await readBuildspec(context);
  const { commands, files } = "problem" in build ? { commands: [], files: [] } : build;
  const says = commands.some((line) => line.includes("imageDetail.json"));
  return [
    {
      fault: "appspec",
      expected: [
        "<TASK_DEFINITION>, and port 8080 of the container greeting",
        "<TASK_DEFINITION> と、コンテナ greeting のポート 8080",
      ],
      actual:
        "problem" in spec
          ? spec.problem
          : `${String(spec.definition)}, ${String(spec.container)}:${String(spec.port)}`,
      holds:
        !("problem" in spec) &&
        spec.definition === "<TASK_DEFINITION>" &&
        spec.container === "greeting" &&
        Number(spec.port) === 8080,
    },
    {
      fault: "artifacts",
      expected: both`${["handed on", "成果物として渡す"]}: ${HANDED_ON.join(", ")}`,
      actual: `artifacts: ${files.join(", ") || "-"}`,
      holds: says && (files.includes("**/*") || HANDED_ON.every((file) => files.includes(file))),
    },
  ];
}

function rightsStep(
  context: SynthContext,
  pipeline: SynthResource,
  group: SynthResource,
): Step<Fault> {
  const [role] = referred(context, pipeline, pipeline.attributes["role_arn"], "aws_iam_role");
  const own = role ? allowedBy(context, role) : [];
  const [application] = context.synth.all("aws_codedeploy_app");
  const lacks = [
    ...["codedeploy:CreateDeployment", "codedeploy:GetDeployment"].filter(
      (action) => !allows(own, action, group),
    ),
    ...["codedeploy:GetApplicationRevision", "codedeploy:RegisterApplicationRevision"].filter(
      (action) => !allows(own, action, application),
    ),
    ...["codedeploy:GetDeploymentConfig"].filter(
      (action) => !own.some((each) => allowsAction(each, action)),
    ),
  ];
  return {
    fault: "rights",
    expected: [
      "the pipeline may have CodeDeploy deploy to that group",
      "パイプラインが CodeDeploy にデプロイを頼める",
    ],
    actual: both`${["lacking", "足りない権限"]}: ${lacks.join(", ") || "-"}`,
    holds: lacks.length === 0,
  };
}
