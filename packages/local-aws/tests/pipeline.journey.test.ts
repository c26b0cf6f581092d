import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CodePipelineClient,
  CreatePipelineCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  type ActionDeclaration,
  type ActionExecutionDetail,
} from "@aws-sdk/client-codepipeline";
import {
  CodeStarConnectionsClient,
  CreateConnectionCommand,
} from "@aws-sdk/client-codestar-connections";
import { CreateServiceCommand } from "@aws-sdk/client-ecs";
import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { serveStandIns, type StandInRegistry } from "@workbook/stand-in-images";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Repository } from "../src/engine/repositories/git.ts";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";
import { createWeb, type Web } from "../src/engine/scheduler/testing/web.ts";
import { BuildCloud, BUCKET } from "./support/build-cloud.ts";
import { debianFiles } from "./support/debian-image.ts";

const closed = await probeRoom();
const PUBLIC = "public.ecr.aws/codebuild/amazonlinux-x86_64-standard:5.0";
const LAYOUT = join(import.meta.dirname, "../../../.workbook/stand-ins");
const FULL_NAME = "you/greeting";
const POLL = { timeout: 240_000, interval: 100 };

/** Which image it is to be stands in a file, which is tested, and becomes the definitions of the deployment. */
const BUILDSPEC = `
version: 0.2
env:
  exported-variables: [IMAGE, COMMIT, SOURCE]
phases:
  pre_build:
    commands:
      - export IMAGE=$(cat image)
      - export COMMIT=$CODEBUILD_RESOLVED_SOURCE_VERSION
      - export SOURCE=$CODEBUILD_SOURCE_VERSION
      - sh test.sh
  build:
    commands:
      - printf '[{"name":"web","imageUri":"%s"}]' "$IMAGE" > imagedefinitions.json
artifacts:
  files: [imagedefinitions.json]
`;

const action = (
  name: string,
  category: "Source" | "Build" | "Deploy",
  provider: string,
  more: Partial<ActionDeclaration>,
): ActionDeclaration => ({
  name,
  actionTypeId: { category, owner: "AWS", provider, version: "1" },
  ...more,
});

describe.skipIf(closed)("a pipeline from a push to a greeting", () => {
  let registry: StandInRegistry;
  let builds: BuildCloud;
  let pipelines: CodePipelineClient;
  let web: Web;
  let clone: string;
  const images: string[] = [];

  const git = (...words: string[]) =>
    execFileSync("git", ["-c", "user.name=You", "-c", "user.email=you@example.com", ...words], {
      cwd: clone,
    });

  function push(image: string, program: string): void {
    writeFileSync(join(clone, "image"), image);
    writeFileSync(join(clone, "test.sh"), program);
    writeFileSync(join(clone, "buildspec.yml"), BUILDSPEC);
    git("add", "--all");
    git("commit", "--quiet", "--message", "Greet");
    git("push", "--quiet", "origin", "main");
  }

  /** The newest execution, once it has ended so. */
  const ended = (status: string, count: number) =>
    vi.waitFor(async () => {
      const { pipelineExecutionSummaries: all = [] } = await pipelines.send(
        new ListPipelineExecutionsCommand({ pipelineName: "greeting" }),
      );
      expect(all).toHaveLength(count);
      expect(all[0]?.status).toBe(status);
      return all[0]!.pipelineExecutionId!;
    }, POLL);

  async function actionsOf(pipelineExecutionId: string): Promise<ActionExecutionDetail[]> {
    const { actionExecutionDetails = [] } = await pipelines.send(
      new ListActionExecutionsCommand({
        pipelineName: "greeting",
        filter: { pipelineExecutionId },
      }),
    );
    const told = actionExecutionDetails.toReversed().map((it) => {
      const ms = it.lastUpdateTime!.getTime() - it.startTime!.getTime();
      return `${it.stageName} ${it.status} ${(ms / 1000).toFixed(1)} s`;
    });
    process.stdout.write(`${told.join(", ")}\n`);
    return actionExecutionDetails;
  }

  const answer = async () => (await fetch(web.url)).text();

  beforeAll(async () => {
    registry = await serveStandIns(LAYOUT, [PUBLIC]);
    builds = await BuildCloud.start({ tasks: "containers", registryMirrors: registry.mirrors });
    const { cloud } = builds;
    const files = debianFiles("nginx-light", "coreutils", "dash", "base-passwd", "libc-bin");
    for (const greeting of ["one", "two"])
      images.push(
        await cloud.push(greeting, {
          files: [
            ...files,
            ["var/www/html/index.html", greeting],
            [
              "etc/nginx/sites-enabled/default",
              { type: "symlink", linkname: "/etc/nginx/sites-available/default" },
            ],
          ],
          config: { Cmd: ["nginx", "-g", "daemon off; error_log /dev/stderr;"] },
        }),
      );
    web = await createWeb(cloud, "web", 8101, { HealthCheckPath: "/" });
    const taskDefinition = await cloud.define("web", [
      { name: "web", image: images[0]!, portMappings: [{ containerPort: 80 }] },
    ]);
    await cloud.ecs.send(
      new CreateServiceCommand({
        cluster: "c",
        serviceName: "web",
        taskDefinition,
        desiredCount: 1,
        launchType: "FARGATE",
        networkConfiguration: web.network,
        loadBalancers: [
          { targetGroupArn: web.targetGroupArn, containerName: "web", containerPort: 80 },
        ],
      }),
    );
    clone = mkdtempSync(join(tmpdir(), "greeting-"));
    const { folder } = await Repository.create(cloud.test.cloud.dataDir, FULL_NAME);
    git("init", "--quiet", "--initial-branch=main");
    git("remote", "add", "origin", folder);
    pipelines = new CodePipelineClient(cloud.test.clientConfig);
    await createPipeline(builds, pipelines);
    await vi.waitFor(async () => expect(await answer()).toBe("one"), POLL);
  }, 400_000);

  afterAll(async () => {
    pipelines.destroy();
    rmSync(clone, { recursive: true, force: true });
    await builds.stop();
    await registry.close();
  }, 60_000);

  test(
    "a push becomes a new greeting at the load balancer; one whose test fails changes nothing",
    { timeout: 900_000 },
    async () => {
      // The execution that a pipeline is made with finds no branch yet.
      await ended("Failed", 1);
      push(images[1]!, "exit 0\n");
      const commit = git("rev-parse", "main").toString().trim();
      const done = await ended("Succeeded", 2);
      expect(await answer()).toBe("two");
      const [deploy, build, source] = await actionsOf(done);
      expect(source?.output?.outputVariables).toMatchObject({ BranchName: "main" });
      expect(build?.output?.outputVariables).toEqual({
        IMAGE: images[1],
        COMMIT: commit,
        SOURCE: expect.stringMatching(new RegExp(`^arn:aws:s3:::${BUCKET}/greeting/Code/\\w+$`)),
      });
      expect(deploy?.status).toBe("Succeeded");
      push(images[0]!, "echo the greeting is not polite; exit 1\n");
      const failed = await actionsOf(await ended("Failed", 3));
      expect(failed.map(({ actionName, status }) => [actionName, status])).toEqual([
        ["Build", "Failed"],
        ["Source", "Succeeded"],
      ]);
      expect(failed[0]?.output?.executionResult?.errorDetails?.message).toContain("PRE_BUILD");
      expect(await answer()).toBe("two");
    },
  );
});

/** A project that builds what a pipeline gives it, a connection that may be used, a role, and the pipeline. */
async function createPipeline(builds: BuildCloud, pipelines: CodePipelineClient): Promise<void> {
  const { cloud } = builds;
  await builds.project("greeting", "", {
    source: { type: "CODEPIPELINE" },
    artifacts: { type: "CODEPIPELINE" },
  });
  const connections = new CodeStarConnectionsClient(cloud.test.clientConfig);
  const { ConnectionArn } = await connections.send(
    new CreateConnectionCommand({ ConnectionName: "github", ProviderType: "GitHub" }),
  );
  connections.destroy();
  const accepted = await fetch(`${cloud.test.endpoint}/_local/connections/accept`, {
    method: "POST",
    headers: { authorization: `Bearer ${cloud.test.cloud.token}` },
    body: JSON.stringify({ connection: "github" }),
  });
  expect(accepted.status).toBe(200);
  const source = {
    outputArtifacts: [{ name: "Code" }],
    configuration: {
      ConnectionArn: ConnectionArn!,
      FullRepositoryId: FULL_NAME,
      BranchName: "main",
    },
  };
  const build = {
    inputArtifacts: [{ name: "Code" }],
    outputArtifacts: [{ name: "Built" }],
    configuration: { ProjectName: "greeting" },
  };
  const deploy = {
    inputArtifacts: [{ name: "Built" }],
    configuration: { ClusterName: "c", ServiceName: "web" },
  };
  await pipelines.send(
    new CreatePipelineCommand({
      pipeline: {
        name: "greeting",
        pipelineType: "V2",
        roleArn: await pipelineRole(builds, ConnectionArn!),
        artifactStore: { type: "S3", location: BUCKET },
        stages: [
          {
            name: "Source",
            actions: [action("Source", "Source", "CodeStarSourceConnection", source)],
          },
          { name: "Build", actions: [action("Build", "Build", "CodeBuild", build)] },
          { name: "Deploy", actions: [action("Deploy", "Deploy", "ECS", deploy)] },
        ],
      },
    }),
  );
}

async function pipelineRole({ cloud }: BuildCloud, connection: string): Promise<string> {
  const policy = (...Statement: readonly object[]) =>
    JSON.stringify({ Version: "2012-10-17", Statement });
  const trust = {
    Effect: "Allow",
    Principal: { Service: "codepipeline.amazonaws.com" },
    Action: "sts:AssumeRole",
  };
  const { Role } = await cloud.iam.send(
    new CreateRoleCommand({ RoleName: "pipeline", AssumeRolePolicyDocument: policy(trust) }),
  );
  const allow = (Resource: string, ...Action: string[]) => ({ Effect: "Allow", Action, Resource });
  const PolicyDocument = policy(
    allow(`arn:aws:s3:::${BUCKET}/*`, "s3:GetObject", "s3:PutObject"),
    allow(connection, "codestar-connections:UseConnection"),
    allow("*", "codebuild:StartBuild", "codebuild:BatchGetBuilds", "iam:PassRole"),
    allow(
      "*",
      "ecs:DescribeServices",
      "ecs:DescribeTaskDefinition",
      "ecs:RegisterTaskDefinition",
      "ecs:UpdateService",
    ),
  );
  await cloud.iam.send(
    new PutRolePolicyCommand({ RoleName: "pipeline", PolicyName: "own", PolicyDocument }),
  );
  return Role!.Arn!;
}
