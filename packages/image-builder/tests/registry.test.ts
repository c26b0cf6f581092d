import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawn, spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  CreateRepositoryCommand,
  DescribeImagesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
} from "@aws-sdk/client-ecr";
import { LocalAws } from "@workbook/local-aws";
import {
  buildImage,
  pullImage,
  pushImage,
  type BuiltImage,
  type TransferEvent,
} from "../src/index.ts";

let cloud: LocalAws;
let ecr: ECRClient;
let work: string;
let image: BuiltImage;
let access: { registry: string; authorization: string };

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "image-builder-registry-"));
  cloud = await LocalAws.start({ port: 0, tasks: "off", listeners: "ephemeral" });
  ecr = new ECRClient({
    endpoint: cloud.endpoint,
    region: "ap-northeast-1",
    credentials: cloud.credentials,
  });
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  access = {
    registry: cloud.endpoint,
    authorization: `Basic ${authorizationData![0]!.authorizationToken}`,
  };
  writeFileSync(join(work, "Dockerfile"), "FROM node:24\nWORKDIR /app\nCOPY a ./\nCOPY b ./");
  writeFileSync(join(work, "a"), "A".repeat(300_000));
  writeFileSync(join(work, "b"), "B");
  image = await buildImage({ context: work, outputDir: join(work, "layout") });
});
afterAll(async () => {
  ecr.destroy();
  await cloud.stop();
  rmSync(work, { recursive: true, force: true });
});

async function createRepository(repositoryName: string): Promise<string> {
  await ecr.send(new CreateRepositoryCommand({ repositoryName }));
  return repositoryName;
}

test("an image is pushed under its tags, and ECR knows it by its digest", async () => {
  const repository = await createRepository("team/pushed");
  const events: TransferEvent[] = [];
  const tags = [image.contentTag, "latest"];
  const pushed = await pushImage({
    image,
    repository,
    tags,
    ...access,
    onProgress: (event) => events.push(event),
  });
  expect(pushed).toEqual({ digest: image.digest, uploaded: 4, skipped: 0 });
  expect(events.map(({ type }) => type)).toEqual([
    ...Array<string>(4).fill("uploaded"),
    "tagged",
    "tagged",
  ]);
  const { imageDetails } = await ecr.send(
    new DescribeImagesCommand({ repositoryName: repository }),
  );
  expect(imageDetails).toMatchObject([{ imageDigest: image.digest }]);
  expect(imageDetails?.[0]?.imageTags?.toSorted()).toEqual(tags.toSorted());
});

test("what the registry has is not sent again", async () => {
  const repository = await createRepository("team/twice");
  await pushImage({ image, repository, tags: ["one"], ...access });
  expect(await pushImage({ image, repository, tags: ["one"], ...access })).toMatchObject({
    uploaded: 0,
    skipped: 4,
  });
  expect(await pushImage({ image, repository, tags: ["two"], ...access })).toMatchObject({
    uploaded: 0,
    skipped: 4,
  });
  writeFileSync(join(work, "b"), "B2");
  const next = await buildImage({ context: work, outputDir: join(work, "layout") });
  expect(await pushImage({ image: next, repository, tags: ["three"], ...access })).toMatchObject({
    uploaded: 2,
    skipped: 2,
  });
});

test("a pulled image is the pushed one, by tag and by digest", async () => {
  const repository = await createRepository("team/pulled");
  await pushImage({ image, repository, tags: ["v1"], ...access });
  for (const reference of ["v1", image.digest]) {
    const outputDir = join(work, `pulled-${reference.slice(0, 6)}`);
    const pulled = await pullImage({ repository, reference, outputDir, ...access });
    expect(pulled).toMatchObject({ digest: image.digest, layoutDir: outputDir });
    for (const { digest } of image.layers) {
      const blob = (dir: string) => readFileSync(join(dir, "blobs/sha256", digest.slice(7)));
      expect(blob(outputDir).equals(blob(image.layoutDir))).toBe(true);
    }
  }
  const none = { repository, reference: "none", outputDir: join(work, "none"), ...access };
  await expect(pullImage(none)).rejects.toMatchObject({ code: "REGISTRY" });
  await expect(pullImage(none)).rejects.toThrow(/team\/pulled:none: not found/);
});

test.skipIf(spawnSync("skopeo", ["--version"]).error)(
  "skopeo pushes the layout and reads what was pushed",
  async () => {
    const repository = await createRepository("team/skopeo");
    const { host } = new URL(cloud.endpoint);
    const [user, password] = Buffer.from(access.authorization.slice("Basic ".length), "base64")
      .toString()
      .split(":");
    // Not spawnSync: the registry answers from this process.

    const skopeo = async (...args: string[]) => {
      const child = spawn("skopeo", args, { stdio: ["ignore", "pipe", "pipe"] });
      let output = "";
      child.stdout.on("data", (data) => (output += String(data)));
      child.stderr.on("data", (data) => (output += String(data)));
      const code = await new Promise((resolve) => child.once("close", resolve));
      expect(code, output).toBe(0);
      return output;
    };
    const to = `docker://${host}/${repository}`;
    const credentials = `${user}:${password}`;
    await skopeo(
      "copy",
      "--dest-tls-verify=false",
      "--dest-creds",
      credentials,
      `oci:${image.layoutDir}:${image.contentTag}`,
      `${to}:x`,
    );
    expect(await pushImage({ image, repository, tags: ["x"], ...access })).toMatchObject({
      uploaded: 0,
    });
    const seen = await skopeo("inspect", "--tls-verify=false", "--creds", credentials, `${to}:x`);
    expect(JSON.parse(seen)).toMatchObject({ Digest: image.digest });
  },
);

test("a refusal is told in the registry's own words", async () => {
  const push = pushImage({ image, repository: "team/none", tags: ["x"], ...access });
  await expect(push).rejects.toMatchObject({ code: "REGISTRY" });
  await expect(push).rejects.toThrow(
    /NAME_UNKNOWN: The repository with name 'team\/none' does not exist/,
  );
  const anonymous = pushImage({
    image,
    repository: "team/pushed",
    tags: ["x"],
    registry: access.registry,
  });
  await expect(anonymous).rejects.toThrow(/answered 401/);
});

test("a registry that is not there, or no URL, or no tag, is refused by name", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  const push = (registry: string, tags: string[]) =>
    pushImage({ image, repository: "x", tags, registry });
  await expect(push(`http://127.0.0.1:${port}`, ["x"])).rejects.toThrow(
    /^HEAD http:.* failed: .*ECONNREFUSED/,
  );
  await expect(push("localhost:5000", ["x"])).rejects.toThrow(
    '"localhost:5000" is not the URL of a registry',
  );
  await expect(push(access.registry, [])).rejects.toThrow("at least one tag");
  await expect(push(access.registry, ["a b"])).rejects.toThrow(
    '"a b" is neither a tag nor a digest',
  );
});

test("an abort stops a push", async () => {
  const repository = await createRepository("team/aborted");
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(pushImage({ image, repository, tags: ["x"], ...access, signal })).rejects.toThrow(
    /enough/,
  );
});
