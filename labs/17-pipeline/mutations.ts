import { defineMutations } from "@workbook/lab-kit";

const stack = "stack.ts";
const spec = "greeting/buildspec.yml";
const BREAKER = "{ enable: true, rollback: true }";

/** Wrong answers that learners give, and the check that must be the first to say so. */
export const mutations = defineMutations([
  {
    id: "no-circuit-breaker",
    file: stack,
    replace: BREAKER,
    by: "{ enable: false, rollback: false }",
    caughtBy: "guard",
    fault: "no-breaker",
  },
  {
    id: "breaker-that-only-stops",
    file: stack,
    replace: BREAKER,
    by: "{ enable: true, rollback: false }",
    caughtBy: "guard",
    fault: "no-way-back",
  },
  {
    id: "docker-without-a-daemon",
    file: stack,
    replace: "privilegedMode: true,",
    by: "",
    caughtBy: "project",
    fault: "privileged",
  },
  {
    id: "repository-by-its-name",
    file: stack,
    replace: "value: repository.repositoryUrl",
    by: "value: repository.name",
    caughtBy: "project",
    fault: "repository",
  },
  {
    id: "tests-after-the-build",
    file: spec,
    replace: "      - node --test test.mjs\n",
    by: "",
    also: [
      {
        replace: '      - docker push "$IMAGE"\n',
        by: '      - docker push "$IMAGE"\n      - node --test test.mjs\n',
      },
    ],
    caughtBy: "buildspec",
    fault: "untested",
  },
  {
    id: "built-and-not-pushed",
    file: spec,
    replace: '      - docker push "$IMAGE"\n',
    by: "",
    caughtBy: "buildspec",
    fault: "image",
  },
  {
    id: "definitions-for-another-container",
    file: spec,
    replace: '"name":"node-app"',
    by: '"name":"greeting"',
    caughtBy: "buildspec",
    fault: "definitions",
  },
  {
    id: "definitions-left-behind",
    file: spec,
    replace: "files: [imagedefinitions.json]",
    by: "files: [buildspec.yml]",
    caughtBy: "buildspec",
    fault: "artifacts",
  },
  {
    id: "nobody-approves",
    file: stack,
    replace:
      '        stage("Approval", { category: "Approval", owner: "AWS", provider: "Manual" }),\n',
    by: "",
    caughtBy: "stages",
    fault: "order",
  },
  {
    id: "deploys-the-source",
    file: stack,
    replace: 'inputArtifacts: ["built"],',
    by: 'inputArtifacts: ["source"],',
    caughtBy: "stages",
    fault: "artifacts",
  },
  {
    id: "role-that-may-not-pass",
    file: stack,
    replace: '[["iam:PassRole"], executionRole.arn],',
    by: "",
    caughtBy: "roles",
    fault: "pass-role",
  },
  {
    id: "role-that-may-not-push",
    file: stack,
    replace: '            "ecr:PutImage",\n',
    by: "",
    caughtBy: "roles",
    fault: "build-rights",
  },
  {
    id: "role-that-passes-all",
    file: stack,
    replace: '[["iam:PassRole"], executionRole.arn],',
    by: '[["iam:PassRole"], "*"],',
    caughtBy: "roles",
    fault: "too-wide",
  },
  {
    id: "build-as-the-pipeline",
    file: stack,
    replace: 'identifier: "codebuild.amazonaws.com",',
    by: 'identifier: "codepipeline.amazonaws.com",',
    caughtBy: "roles",
    fault: "build-trust",
  },
]);
