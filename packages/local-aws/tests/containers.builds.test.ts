import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveStandIns, type StandInRegistry } from "@workbook/stand-in-images";
import { RetryBuildCommand, StopBuildCommand } from "@aws-sdk/client-codebuild";
import {
  CreateRepositoryCommand,
  DescribeImagesCommand,
  GetAuthorizationTokenCommand,
} from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { LOCAL_ACCELERATION } from "../src/clock/system-clock.ts";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";
import { BuildCloud, BUCKET, endsOf } from "./support/build-cloud.ts";
import { SkippingClock } from "./support/skipping-clock.ts";

const closed = await probeRoom();
const PUBLIC = "public.ecr.aws/codebuild/amazonlinux-x86_64-standard:5.0";
/** Kept for the next time: making them takes some seconds. */
const LAYOUT = join(import.meta.dirname, "../../../.workbook/stand-ins");

describe.skipIf(closed)("builds", () => {
  let registry: StandInRegistry;
  let cloud: BuildCloud;
  const clock = new SkippingClock(LOCAL_ACCELERATION);

  beforeAll(async () => {
    registry = await serveStandIns(LAYOUT, [PUBLIC]);
    cloud = await BuildCloud.start({
      tasks: "containers",
      clock,
      registryMirrors: registry.mirrors,
      imageBuilder: join(import.meta.dirname, "../../image-builder/src/index.ts"),
    });
  }, 180_000);
  afterAll(async () => {
    expect(cloud.cloud.test.errors).toEqual([]);
    await cloud.stop();
    await registry.close();
  });

  test("a project from S3 is built as its buildspec says, and what it made is in S3", async () => {
    const scratch = mkdtempSync(join(tmpdir(), "source-"));
    const buildspec = `
version: 0.2
env:
  variables:
    GREETING: hello
  exported-variables: [TAG]
phases:
  install:
    runtime-versions:
      nodejs: latest
  pre_build:
    commands:
      - export TAG=v1
      - mkdir -p out && cd out
  build:
    commands:
      - |
        echo "$GREETING $TAG" > greeting.txt
        pwd
      - node -e 'console.log("from node", process.env.CODEBUILD_INITIATOR)'
artifacts:
  base-directory: out
  files: ["**/*"]
`;
    try {
      writeFileSync(join(scratch, "buildspec.yml"), buildspec);
      execFileSync("zip", ["-q", "source.zip", "buildspec.yml"], { cwd: scratch });
      await cloud.put("source.zip", readFileSync(join(scratch, "source.zip")));
      await cloud.project("web", "", {
        source: { type: "S3", location: `${BUCKET}/source.zip` },
        artifacts: {
          type: "S3",
          location: BUCKET,
          path: "made",
          name: "web.zip",
          packaging: "ZIP",
        },
      });
      const { build, lines } = await cloud.run("web");
      expect(endsOf(build), lines.join("\n")).toEqual([
        "SUBMITTED SUCCEEDED",
        "QUEUED SUCCEEDED",
        "PROVISIONING SUCCEEDED",
        "DOWNLOAD_SOURCE SUCCEEDED",
        "INSTALL SUCCEEDED",
        "PRE_BUILD SUCCEEDED",
        "BUILD SUCCEEDED",
        "POST_BUILD SUCCEEDED",
        "UPLOAD_ARTIFACTS SUCCEEDED",
        "FINALIZING SUCCEEDED",
        "COMPLETED",
      ]);
      expect(build).toMatchObject({
        buildStatus: "SUCCEEDED",
        buildNumber: 1,
        exportedEnvironmentVariables: [{ name: "TAG", value: "v1" }],
        artifacts: { location: `arn:aws:s3:::${BUCKET}/made/web.zip` },
        logs: { groupName: "/aws/codebuild/web", streamName: build.id!.split(":")[1] },
      });
      const at = lines.indexOf("[C] Entering phase BUILD");
      expect(lines.slice(at, at + 7)).toEqual([
        "[C] Entering phase BUILD",
        '[C] Running command echo "$GREETING $TAG" > greeting.txt',
        "pwd",
        "",
        expect.stringMatching(/^\/codebuild\/output\/src\d+\/src\/out$/),
        `[C] Running command node -e 'console.log("from node", process.env.CODEBUILD_INITIATOR)'`,
        "from node workbook",
      ]);
      writeFileSync(join(scratch, "made.zip"), await cloud.bytes("made/web.zip"));
      const made = execFileSync("unzip", ["-p", "made.zip", "greeting.txt"], { cwd: scratch });
      expect(made.toString()).toBe("hello v1\n");
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });

  test("a command that fails ends its phase, what was to come after it all the same comes, and no secret is in the log", async () => {
    await cloud.secret("token", JSON.stringify({ key: "s3cret-value" }));
    await cloud.project(
      "failing",
      `
version: 0.2
env:
  shell: bash
  secrets-manager:
    TOKEN: token:key
phases:
  pre_build:
    on-failure: CONTINUE
    commands: ["exit 3"]
  build:
    commands:
      - echo "the token is $TOKEN"
      - "false"
      - echo never
    finally:
      - echo "succeeding $CODEBUILD_BUILD_SUCCEEDING"
  post_build:
    commands: ["echo after"]
`,
    );
    const { build, lines } = await cloud.run("failing");
    expect(build.buildStatus, lines.join("\n")).toBe("FAILED");
    expect(endsOf(build).slice(4, 9)).toEqual([
      "INSTALL SUCCEEDED",
      "PRE_BUILD FAILED",
      "BUILD FAILED",
      "POST_BUILD SUCCEEDED",
      "UPLOAD_ARTIFACTS SUCCEEDED",
    ]);
    const contexts = build.phases!.flatMap(({ contexts: all = [] }) =>
      all.filter(({ statusCode }) => statusCode),
    );
    expect(contexts).toEqual([
      {
        statusCode: "COMMAND_EXECUTION_ERROR",
        message: "Error while executing command: exit 3. Reason: exit status 3",
      },
      {
        statusCode: "COMMAND_EXECUTION_ERROR",
        message: "Error while executing command: false. Reason: exit status 1",
      },
    ]);
    const said = lines.filter((line) => !line.startsWith("[C]"));
    expect(said).toEqual(["the token is ***", "succeeding 0", "after"]);
  });

  test("variables come from parameters and secrets, artifacts go where each is to, and what is cached is there for the next", async () => {
    await cloud.secret("database", JSON.stringify({ user: "app", password: "hidden-value" }));
    await cloud.parameter("/app/stage", "staging");
    const buildspec = `
version: 0.2
env:
  parameter-store: { STAGE: /app/stage }
  secrets-manager: { DB_USER: "database:user" }
  exported-variables: [STAGE, LATE]
phases:
  build:
    commands:
      - mkdir -p dist/deep kept
      - if [ -e kept/last ]; then echo "kept $(cat kept/last)"; else echo "nothing kept"; fi
      - echo "$CODEBUILD_BUILD_NUMBER" > kept/last
      - echo page > dist/deep/index.html
      - echo map > dist/deep/index.map
      - echo extra > extra.txt
      - echo "$STAGE $DB_USER $DB_PASSWORD"
    finally: ["export LATE=finally"]
  post_build:
    run-as: codebuild-user
    commands: ["echo $(id -un) $LATE"]
artifacts:
  base-directory: dist
  files: ["**/*"]
  exclude-paths: ["**/*.map"]
  discard-paths: yes
  name: site-$STAGE
  secondary-artifacts:
    extra: { files: [extra.txt] }
cache: { paths: ["kept/**/*"] }
`;
    const artifacts = { type: "S3", location: BUCKET, packaging: "NONE" } as const;
    await cloud.project("rich", buildspec, {
      artifacts: { ...artifacts, name: "site", overrideArtifactName: true },
      secondaryArtifacts: [
        { ...artifacts, artifactIdentifier: "extra", path: "more", name: "extra" },
      ],
      cache: { type: "LOCAL", modes: ["LOCAL_CUSTOM_CACHE"] },
    });
    const environmentVariablesOverride = [
      { name: "DB_PASSWORD", value: "database:password", type: "SECRETS_MANAGER" as const },
    ];
    const { build, lines } = await cloud.run("rich", { environmentVariablesOverride });
    expect(build.buildStatus, lines.join("\n")).toBe("SUCCEEDED");
    const said = lines.filter((line) => !line.startsWith("[C]"));
    expect(said).toEqual(["nothing kept", "*** *** ***", "codebuild-user finally"]);
    expect(build.exportedEnvironmentVariables).toEqual([
      { name: "STAGE", value: "staging" },
      { name: "LATE", value: "finally" },
    ]);
    expect(build.artifacts?.location).toBe(`arn:aws:s3:::${BUCKET}/site-staging`);
    expect(build.secondaryArtifacts).toMatchObject([
      { artifactIdentifier: "extra", location: `arn:aws:s3:::${BUCKET}/more/extra` },
    ]);
    expect(await cloud.keys("site-staging/")).toEqual(["site-staging/index.html"]);
    expect(await cloud.keys("more/")).toEqual(["more/extra/extra.txt"]);

    const { build: again } = await cloud.codebuild.send(new RetryBuildCommand({ id: build.id }));
    const ended = await cloud.until(again!.id!, { buildComplete: true });
    expect(ended).toMatchObject({ buildStatus: "SUCCEEDED", buildNumber: 2 });
    expect(await cloud.lines(ended)).toContain("kept 1");
  });

  test("a build says what it aborts at, and the registry's password comes from the AWS CLI inside", async () => {
    const buildspec = `
version: 0.2
phases:
  pre_build:
    commands:
      - aws ecr get-login-password | docker login --username AWS --password-stdin $REGISTRY
      - echo wrong | docker login --username AWS --password-stdin $REGISTRY || true
      - aws sts get-caller-identity --query Arn --output text
  build:
    on-failure: ABORT
    commands: ["exit 4"]
  post_build:
    commands: ["echo never"]
`;
    await cloud.project("cli", "version: 0.2\nphases: {build: {commands: [echo other]}}\n");
    const { repository } = await cloud.cloud.ecr.send(
      new CreateRepositoryCommand({ repositoryName: "cli" }),
    );
    const [value] = repository!.repositoryUri!.split("/");
    const { build, lines } = await cloud.run("cli", {
      buildspecOverride: buildspec,
      environmentVariablesOverride: [{ name: "REGISTRY", value }],
      privilegedModeOverride: true,
    });
    const said = lines.filter((line) => !line.startsWith("[C]"));
    expect(said, lines.join("\n")).toEqual([
      "Login Succeeded",
      `Error response from daemon: login attempt to https://${value}/v2/ failed with status: 403 Forbidden`,
      expect.stringMatching(/^arn:aws:sts::\d+:assumed-role\/build\/AWSCodeBuild-/),
    ]);
    expect(build.buildStatus).toBe("FAILED");
    expect(endsOf(build).slice(6)).toEqual(["BUILD FAILED", "FINALIZING SUCCEEDED", "COMPLETED"]);
  });

  test("docker builds an image inside and pushes it, where the project is privileged, and says so where it is not", async () => {
    const { repository } = await cloud.cloud.ecr.send(
      new CreateRepositoryCommand({ repositoryName: "made" }),
    );
    const uri = repository!.repositoryUri!;
    const [registry] = uri.split("/");
    await cloud.project(
      "image",
      `
version: 0.2
phases:
  build:
    commands:
      - printf 'FROM scratch\\nCOPY greeting /greeting\\nCMD ["/greeting"]\\n' > Dockerfile
      - echo hello > greeting
      - docker build -t made:one .
      - docker tag made:one ${uri}:one
      - echo "$PASSWORD" | docker login --username AWS --password-stdin ${registry}
      - docker push ${uri}:one
`,
    );
    const [token] = (await cloud.cloud.ecr.send(new GetAuthorizationTokenCommand({})))
      .authorizationData!;
    const [, password = ""] = Buffer.from(token!.authorizationToken!, "base64")
      .toString()
      .split(":");
    const environmentVariablesOverride = [{ name: "PASSWORD", value: password }];
    const { build, lines } = await cloud.run("image", {
      environmentVariablesOverride,
      privilegedModeOverride: true,
    });
    expect(build.buildStatus, lines.join("\n")).toBe("SUCCEEDED");
    const { imageDetails } = await cloud.cloud.ecr.send(
      new DescribeImagesCommand({ repositoryName: "made" }),
    );
    expect(imageDetails).toMatchObject([{ imageTags: ["one"] }]);
    expect(lines).toContainEqual(
      expect.stringContaining(`one: digest: ${imageDetails![0]!.imageDigest!} size: `),
    );

    const refused = await cloud.run("image", { environmentVariablesOverride });
    expect(refused.build.buildStatus).toBe("FAILED");
    expect(refused.lines).toContain(
      "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    );
  });

  test("a repository of this machine is cloned at the branch, and a build under way stops when somebody says so", async () => {
    const scratch = mkdtempSync(join(tmpdir(), "repository-"));
    try {
      const git = (...args: string[]) =>
        execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
          cwd: scratch,
        })
          .toString()
          .trim();
      git("init", "-q", "-b", "main");
      writeFileSync(
        join(scratch, "buildspec.yml"),
        "version: 0.2\nphases: {build: {commands: [git log --format=%s, sleep 600]}}\n",
      );
      git("add", ".");
      git("commit", "-q", "-m", "say hello");
      const bare = join(cloud.cloud.dataDir, "repositories", "team", "app.git");
      git("clone", "-q", "--bare", scratch, bare);
      await cloud.project("git", "", {
        source: { type: "GITHUB", location: "https://github.com/team/app.git", gitCloneDepth: 1 },
        sourceVersion: "main",
      });
      const id = await cloud.begin("git");
      await vi.waitFor(
        async () => expect(await cloud.lines(await cloud.get(id))).toContain("say hello"),
        { timeout: 120_000, interval: 100 },
      );
      await cloud.codebuild.send(new StopBuildCommand({ id }));
      const build = await cloud.until(id, { buildComplete: true });
      expect(build).toMatchObject({
        buildStatus: "STOPPED",
        resolvedSourceVersion: git("rev-parse", "HEAD"),
      });
      expect(endsOf(build)).toContain("BUILD STOPPED");

      writeFileSync(
        join(scratch, "buildspec.yml"),
        "version: 0.2\nphases: {build: {commands: [git log --format=%s]}}\n",
      );
      git("commit", "-q", "-am", "on a branch");
      git("push", "-q", bare, "HEAD:refs/heads/feature/x");
      const named = git("rev-parse", "HEAD");
      for (const sourceVersion of ["feature/x", named]) {
        const { build: one, lines } = await cloud.run("git", { sourceVersion });
        expect(one, lines.join("\n")).toMatchObject({
          buildStatus: "SUCCEEDED",
          sourceVersion,
          resolvedSourceVersion: named,
        });
        expect(lines).toContain("on a branch");
      }
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });

  test("a build that waits or runs for too long ends by its time-out, and the others go on", async () => {
    await cloud.project("slow", "version: 0.2\nphases: {build: {commands: [sleep 600]}}\n", {
      timeoutInMinutes: 30,
      queuedTimeoutInMinutes: 5,
    });
    // As many as run at a time.
    const running = [
      await cloud.begin("slow"),
      await cloud.begin("slow"),
      await cloud.begin("slow"),
    ];
    for (const id of running) await cloud.until(id, { currentPhase: "BUILD" });
    const late = await cloud.begin("slow", { timeoutInMinutesOverride: 60 });
    const queued = await cloud.begin("slow", { queuedTimeoutInMinutesOverride: 60 });
    await cloud.until(late, { currentPhase: "QUEUED" });

    clock.skip(6);
    const unbegun = await cloud.until(late, { buildComplete: true });
    expect(unbegun.buildStatus).toBe("TIMED_OUT");
    expect(endsOf(unbegun)).toEqual(["SUBMITTED SUCCEEDED", "QUEUED TIMED_OUT", "COMPLETED"]);
    for (const id of running) expect((await cloud.get(id)).buildComplete).toBe(false);

    clock.skip(25);
    for (const id of running) {
      const build = await cloud.until(id, { buildComplete: true });
      // AWS: what says TIMED_OUT is the phase.
      expect(build.buildStatus).toBe("FAILED");
      expect(endsOf(build).slice(6)).toEqual([
        "BUILD TIMED_OUT",
        "FINALIZING SUCCEEDED",
        "COMPLETED",
      ]);
      const phase = build.phases!.find(({ phaseType }) => phaseType === "BUILD")!;
      expect(phase.contexts).toEqual([
        { statusCode: "BUILD_TIMED_OUT", message: "Build has timed out. " },
      ]);
    }
    await cloud.until(queued, { currentPhase: "BUILD" });
    await cloud.codebuild.send(new StopBuildCommand({ id: queued }));
    await cloud.until(queued, { buildComplete: true, buildStatus: "STOPPED" });
  });

  test("a build whose role may not write its log fails and says what the role lacks", async () => {
    const serviceRole = await cloud.role("silent", ["s3:GetObject"]);
    await cloud.project("silent", "version: 0.2\nphases: {build: {commands: [echo]}}\n", {
      serviceRole,
    });
    const { build } = await cloud.run("silent");
    expect(build.buildStatus).toBe("FAILED");
    const { phases = [] } = build;
    expect(phases.find(({ phaseType }) => phaseType === "PROVISIONING")?.contexts).toMatchObject([
      {
        statusCode: "ACCESS_DENIED",
        message: expect.stringContaining("is not authorized to perform: logs:CreateLogGroup"),
      },
    ]);
  });
});
