import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveStandIns, type StandInRegistry } from "@workbook/stand-in-images";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";
import { BuildCloud, BUCKET, endsOf } from "./support/build-cloud.ts";

const closed = await probeRoom();
const PUBLIC = "public.ecr.aws/codebuild/amazonlinux-x86_64-standard:5.0";
/** Kept for the next time: making them takes some seconds. */
const LAYOUT = join(import.meta.dirname, "../../../.workbook/stand-ins");

describe.skipIf(closed)("builds", () => {
  let registry: StandInRegistry;
  let cloud: BuildCloud;

  beforeAll(async () => {
    registry = await serveStandIns(LAYOUT, [PUBLIC]);
    cloud = await BuildCloud.start({ tasks: "containers", registryMirrors: registry.mirrors });
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
  pre_build:
    commands:
      - export TAG=v1
      - mkdir -p out && cd out
  build:
    commands:
      - |
        echo "$GREETING $TAG" > greeting.txt
        pwd
      - test -n "$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" && echo with a role
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
        '[C] Running command test -n "$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" && echo with a role',
        "with a role",
      ]);
      writeFileSync(join(scratch, "made.zip"), await cloud.bytes("made/web.zip"));
      const made = execFileSync("unzip", ["-p", "made.zip", "greeting.txt"], { cwd: scratch });
      expect(made.toString()).toBe("hello v1\n");
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });
});
