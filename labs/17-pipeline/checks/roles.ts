import {
  allowedBy,
  allows,
  allowsAction,
  type Check,
  type CheckResult,
  defineCheck,
  hint,
  isWide,
  type Statement,
  type Step,
  type SynthContext,
  type SynthResource,
  walk,
} from "@workbook/lab-kit";
import { both, text, type Words } from "@workbook/toolchain";
import { awsPage, nodeServiceOf, nothing, pipelineOf, projectOf, referred } from "./stack-parts.ts";

const PIPELINE = awsPage("codepipeline/latest/userguide/how-to-custom-role.html");
const BUILD = awsPage("codebuild/latest/userguide/setting-up-service-role.html");
const PASS = awsPage("IAM/latest/UserGuide/id_roles_use_passrole.html");
const PUSH = awsPage("AmazonECR/latest/userguide/image-push-iam.html");

/** What may be said of everything: these actions are about nothing that has a name before. */
const NAMELESS = /^(?:ecr:GetAuthorizationToken|ecs:(?:Describe|Register)TaskDefinition|logs:.*)$/;
const PUSHES = [
  "ecr:BatchGetImage",
  "ecr:BatchCheckLayerAvailability",
  "ecr:InitiateLayerUpload",
  "ecr:UploadLayerPart",
  "ecr:CompleteLayerUpload",
  "ecr:PutImage",
];

const FAULTS = {
  missing: hint(
    ["As whom do pipeline and build act?", "パイプラインとビルドは、誰の権限で動きますか。"],
    both`${["Each has a role of its own:", "それぞれ自分のロールを持ちます:"]} ${PIPELINE}`,
    "roleArn: role.arn,",
  ),
  shared: hint(
    ["What could somebody do who writes a buildspec?", "buildspec を書く人には何ができますか。"],
    both`${["Whatever the build's role may. So it is not the pipeline's, which deploys:", "ビルドのロールでできること、すべてです。だから、デプロイをするパイプラインのロールとは分けます:"]} ${BUILD}`,
    "serviceRole: role.arn,",
  ),
  "pipeline-trust": hint(
    [
      "Which service takes on the pipeline's role?",
      "パイプラインのロールを引き受けるのは誰ですか。",
    ],
    both`${["CodePipeline:", "CodePipeline です:"]} ${PIPELINE}`,
    'identifier: "codepipeline.amazonaws.com",',
  ),
  "build-trust": hint(
    ["Which service takes on the build's role?", "ビルドのロールを引き受けるのは誰ですか。"],
    both`${["CodeBuild:", "CodeBuild です:"]} ${BUILD}`,
    'identifier: "codebuild.amazonaws.com",',
  ),
  "pipeline-rights": hint(
    [
      "What does the pipeline do itself, stage by stage?",
      "パイプライン自身は、ステージごとに何をしますか。",
    ],
    both`${["It uses the connection, keeps artifacts, starts the build and asks for it, and updates the service:", "接続を使い、アーティファクトを保存し、ビルドを開始して結果を確かめ、サービスを更新します:"]} ${PIPELINE}`,
    '[["codebuild:StartBuild", "codebuild:BatchGetBuilds"], build.arn],',
  ),
  "pass-role": hint(
    [
      "The new revision has a role as well. Who hands that to ECS?",
      "新しいリビジョンにもロールがあります。それを ECS に渡すのは誰ですか。",
    ],
    both`${["The pipeline, and needs iam:PassRole on the execution role:", "パイプラインです。実行ロールへの iam:PassRole が要ります:"]} ${PASS}`,
    '[["iam:PassRole"], executionRole.arn],',
  ),
  "build-rights": hint(
    [
      "What does docker push ask of ECR, and the build of S3?",
      "docker push は ECR に、ビルドは S3 に何を求めますか。",
    ],
    both`${["Layers first, then the manifest; and artifacts:", "先にレイヤー、次にマニフェストです。それにアーティファクトです:"]} ${PUSH}`,
    '"ecr:PutImage",',
  ),
  "too-wide": hint(
    ["What else could this role do?", "このロールには、ほかに何ができますか。"],
    both`${["Everything of that kind, where the resource is *. Name it:", "リソースが * なら、その種類のすべてです。名前を書いてください:"]} ${PASS}`,
    "repository.arn,",
  ),
};
type Fault = keyof typeof FAULTS;

/** Pipeline and build act as roles of their own, each with what it needs and no more. */
export function rolesAreApart(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "Pipeline and build have a role each, and may do what they need",
      "パイプラインとビルドが別々のロールを持ち、必要なことだけできる",
    ]),
    faults: FAULTS,
    run: examine,
  });
}

function examine(context: SynthContext): CheckResult<Fault> {
  const pipeline = pipelineOf(context)?.resource;
  const project = projectOf(context);
  const roleOf = (resource: SynthResource | undefined, attribute: string) =>
    resource && referred(context, resource, resource.attributes[attribute], "aws_iam_role")[0];
  const deployer = roleOf(pipeline, "role_arn");
  const builder = roleOf(project, "service_role");
  if (deployer === undefined || builder === undefined)
    return nothing("missing", [
      "a role of the pipeline and one of the build",
      "パイプラインとビルドのロールがある",
    ]);
  const ofPipeline = allowedBy(context, deployer);
  const ofBuild = allowedBy(context, builder);
  const trusts = (role: SynthResource, service: string) =>
    String(role.attributes["assume_role_policy"]).includes(`"${service}"`);
  const names = `${deployer.address}, ${builder.address}`;
  const wide = [...ofPipeline, ...ofBuild].filter(
    (each) => isWide(each) && !each.actions.every((action) => NAMELESS.test(action)),
  );
  return walk<Fault>(names, [
    {
      fault: "shared",
      expected: ["two roles", "ロールが 2 つある"],
      actual: names,
      holds: deployer !== builder,
    },
    {
      fault: "pipeline-trust",
      expected: "codepipeline.amazonaws.com",
      actual: String(deployer.attributes["assume_role_policy"]),
      holds: trusts(deployer, "codepipeline.amazonaws.com"),
    },
    {
      fault: "build-trust",
      expected: "codebuild.amazonaws.com",
      actual: String(builder.attributes["assume_role_policy"]),
      holds: trusts(builder, "codebuild.amazonaws.com"),
    },
    ...pipelineSteps(context, project!, ofPipeline),
    buildStep(ofBuild),
    {
      fault: "too-wide",
      expected: ["no right on everything", "すべてを対象とする権限がない"],
      actual: granted(wide),
      holds: wide.length === 0,
    },
  ]);
}

function pipelineSteps(
  context: SynthContext,
  project: SynthResource,
  own: readonly Statement[],
): readonly Step<Fault>[] {
  const service = nodeServiceOf(context);
  const [definition] = service
    ? referred(context, service, service.attributes["task_definition"], "aws_ecs_task_definition")
    : [];
  const [executionRole] = definition
    ? referred(context, definition, definition.attributes["execution_role_arn"], "aws_iam_role")
    : [];
  const { synth } = context;
  const [connection] = [
    "aws_codestarconnections_connection",
    "aws_codeconnections_connection",
  ].flatMap((type) => synth.all(type));
  const wanted = [
    ["s3:GetObject", synth.all("aws_s3_bucket")[0]],
    ["s3:PutObject", synth.all("aws_s3_bucket")[0]],
    ["codestar-connections:UseConnection", connection],
    ["codebuild:StartBuild", project],
    ["codebuild:BatchGetBuilds", project],
    ["ecs:UpdateService", service],
    ["ecs:DescribeServices", service],
  ] as const;
  // What is allowed on everything is a fault of its own.
  const may = (action: string, target: SynthResource | undefined) =>
    allows(own, action, target) || own.some((each) => isWide(each) && allowsAction(each, action));
  const lacks = [
    ...wanted.filter(([action, target]) => !may(action, target)).map(([action]) => action),
    ...["ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition"].filter(
      (action) => !own.some((each) => allowsAction(each, action)),
    ),
  ];
  return [
    {
      fault: "pipeline-rights",
      expected: ["the pipeline may do all of its stages", "パイプラインが全ステージを実行できる"],
      actual: lacking(lacks),
      holds: lacks.length === 0,
    },
    {
      fault: "pass-role",
      expected: `iam:PassRole → ${executionRole?.address ?? "-"}`,
      actual: granted(own.filter((each) => allowsAction(each, "iam:PassRole"))),
      holds: may("iam:PassRole", executionRole),
    },
  ];
}

function buildStep(own: readonly Statement[]): Step<Fault> {
  const wanted = [
    "s3:GetObject",
    "s3:PutObject",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "ecr:GetAuthorizationToken",
    ...PUSHES,
  ];
  const lacks = wanted.filter((action) => !own.some((each) => allowsAction(each, action)));
  return {
    fault: "build-rights",
    expected: [
      "the build may push, log and keep artifacts",
      "ビルドがプッシュ、ログ、保存をできる",
    ],
    actual: lacking(lacks),
    holds: lacks.length === 0,
  };
}

const lacking = (actions: readonly string[]): Words =>
  both`${["lacking", "足りない権限"]}: ${actions.join(", ") || "-"}`;

const granted = (statements: readonly Statement[]): Words =>
  both`${["it may", "許可"]}: ${
    statements
      .map(({ actions, resources }) => `${actions.join(" ")} → ${resources.join(" ")}`)
      .join("; ") || "-"
  }`;
