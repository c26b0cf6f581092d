import {
  blocksOf,
  type Check,
  type CheckResult,
  defineCheck,
  hint,
  type SynthContext,
  type SynthResource,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import { awsPage, nothing, projectOf, referred } from "./stack-parts.ts";

const PROJECT = awsPage("codepipeline/latest/userguide/action-reference-CodeBuild.html");
const DOCKER = awsPage("codebuild/latest/userguide/sample-docker.html");

const FAULTS = {
  missing: hint(
    ["Who runs the tests, and builds?", "テストを動かし、ビルドするのは誰ですか。"],
    both`${["A project of CodeBuild:", "CodeBuild のプロジェクトです:"]} ${PROJECT}`,
    'return new CodebuildProject(this, "build", {',
  ),
  source: hint(
    [
      "Where does the build get its source, and where does it leave what it made?",
      "ビルドはソースをどこから受け取り、作ったものをどこに渡しますか。",
    ],
    both`${["From the pipeline, and to it:", "どちらもパイプラインです:"]} ${PROJECT}`,
    'source: { type: "CODEPIPELINE", buildspec: "buildspec.yml" },',
  ),
  privileged: hint(
    [
      "docker inside of a container: what does it need?",
      "コンテナの中の docker には何が必要ですか。",
    ],
    both`${["A daemon, and that only runs in a privileged container:", "デーモンです。特権コンテナでしか動きません:"]} ${DOCKER}`,
    "privilegedMode: true,",
  ),
  repository: hint(
    ["Where does the build push the image to?", "ビルドはイメージをどこにプッシュしますか。"],
    [
      "It is told by the variable REPOSITORY: the URL of the repository in ECR.",
      "変数 REPOSITORY で伝えます。ECR のリポジトリの URL です。",
    ],
    'environmentVariable: [{ name: "REPOSITORY", value: repository.repositoryUrl }],',
  ),
};

/** A project that may run docker builds what the pipeline gives it. */
export function projectBuilds(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "A build project may run docker, and knows the repository",
      "ビルドプロジェクトで docker が使え、リポジトリを知っている",
    ]),
    faults: FAULTS,
    run(context) {
      const project = projectOf(context);
      return project === undefined
        ? nothing("missing", ["a project of CodeBuild", "CodeBuild のプロジェクトがある"])
        : examine(context, project);
    },
  });
}

function examine(context: SynthContext, project: SynthResource): CheckResult<keyof typeof FAULTS> {
  const { attributes } = project;
  const typeOf = (name: string) => String(blocksOf(attributes, name)[0]?.["type"] ?? "-");
  const [environment = {}] = blocksOf(attributes, "environment");
  const variable = blocksOf(environment, "environment_variable").find(
    ({ name }) => name === "REPOSITORY",
  );
  const value = String(variable?.["value"] ?? "-");
  const types = `source ${typeOf("source")}, artifacts ${typeOf("artifacts")}`;
  const isUrl =
    referred(context, project, value, "aws_ecr_repository").length > 0
      ? value.endsWith(".repository_url}")
      : /\.dkr\.ecr\..*\/nodejs-app-/.test(value);
  return walk<keyof typeof FAULTS>(project.address, [
    {
      fault: "source",
      expected: [
        "source and artifacts are CODEPIPELINE",
        "source と artifacts が CODEPIPELINE である",
      ],
      actual: types,
      holds: typeOf("source") === "CODEPIPELINE" && typeOf("artifacts") === "CODEPIPELINE",
    },
    {
      fault: "privileged",
      expected: ["the container is privileged", "コンテナが特権モードである"],
      actual: `privileged_mode: ${String(environment["privileged_mode"] ?? "-")}`,
      holds: environment["privileged_mode"] === true,
    },
    {
      fault: "repository",
      expected: ["REPOSITORY is the repository's URL", "REPOSITORY がリポジトリの URL である"],
      actual: `REPOSITORY=${value}`,
      holds: isUrl,
    },
  ]);
}
