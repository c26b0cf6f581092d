import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateClusterCommand, DescribeClustersCommand, ECSClient } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { pushImage } from "../src/engine/scheduler/testing/push-tiny-image.ts";
import { startTestCloud } from "../src/testing.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "leftovers-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** Everything below a folder, with its rights. */
function modes(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile() || entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path, (statSync(path).mode & 0o777).toString(8)]),
  );
}

test("what a dead server left behind is gone after a start, and what the cloud holds is not", async () => {
  const first = await startTestCloud({ dataDir });
  const s3 = new S3Client({ ...first.clientConfig, region: "us-east-1" });
  await s3.send(new CreateBucketCommand({ Bucket: "left" }));
  await s3.send(new PutObjectCommand({ Bucket: "left", Key: "k", Body: "kept" }));
  await first.cloud.snapshots.save("old");
  await first.stop();
  for (const folder of ["objects/incoming", "layers/uploads", "snapshots/.new.partial"])
    mkdirSync(join(dataDir, folder), { recursive: true });
  const left = [
    "objects/incoming/1",
    "objects/2",
    "layers/uploads/3",
    `layers/${"4".repeat(64)}`,
    "snapshots/.new.partial/cloud.db",
    "cloud.db.before",
    "cloud.db.restoring",
    "server.json.new",
  ];
  for (const file of left) writeFileSync(join(dataDir, file), "x");
  const again = await startTestCloud({ dataDir });
  const names = readdirSync(dataDir, { recursive: true, encoding: "utf8" });
  expect(left.filter((file) => names.includes(file))).toEqual([]);
  expect(names).toContain("snapshots/old/snapshot.json");
  const client = new S3Client({ ...again.clientConfig, region: "us-east-1" });
  const { Body } = await client.send(new GetObjectCommand({ Bucket: "left", Key: "k" }));
  expect(await Body!.transformToString()).toBe("kept");
  expect(again.errors).toEqual([]);
  await again.stop();
});

test("a snapshot that was being replaced when the server died comes back", async () => {
  const first = await startTestCloud({ dataDir });
  await first.cloud.snapshots.save("s");
  await first.stop();
  renameSync(join(dataDir, "snapshots/s"), join(dataDir, "snapshots/.s.partial.replaced"));
  const again = await startTestCloud({ dataDir });
  expect(readdirSync(join(dataDir, "snapshots"))).toEqual(["s"]);
  await again.stop();
});

test.for([
  ["is cut", (file: string) => truncateSync(file, 3), "has 3 bytes instead of 7000"],
  ["is longer", (file: string) => appendFileSync(file, "x"), "has 7001 bytes instead of 7000"],
  ["is gone", (file: string) => rmSync(file), "is gone"],
] as const)(
  "an object and a layer whose file %s are refused at once, and the log names the file",
  async ([, damage, says]) => {
    const cloud = await startTestCloud({ dataDir });
    const s3 = new S3Client({ ...cloud.clientConfig, region: "us-east-1" });
    const Bucket = "left";
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x".repeat(7000) }));
    const ecr = new ECRClient(cloud.clientConfig);
    const bytes = Buffer.alloc(7000, "x");
    const layers = [{ mediaType: "application/vnd.oci.image.layer.v1.tar", bytes }];
    const image = { repository: "left", tag: "t", layers, diffIds: [], config: {} };
    await pushImage(ecr, cloud.endpoint, image);
    const digest = createHash("sha256").update(bytes).digest("hex");
    const layer = join(dataDir, "layers", digest);
    const blob = readdirSync(join(dataDir, "objects")).find((name) => name !== "incoming");
    const object = join(dataDir, "objects", blob!);
    for (const file of [object, layer]) damage(file);
    await expect(s3.send(new GetObjectCommand({ Bucket, Key: "k" }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 500 },
    });
    const copy = new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/k` });
    await expect(s3.send(copy)).rejects.toThrow("Local AWS failed");
    const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
    const authorization = `Basic ${authorizationData![0]!.authorizationToken!}`;
    const answer = await fetch(`${cloud.endpoint}/v2/left/blobs/sha256:${digest}`, {
      headers: { authorization },
    });
    expect(answer.status).toBe(says === "is gone" ? 404 : 500);
    expect(cloud.errors.join("\n")).toContain(`${object} ${says}`);
    if (says !== "is gone") expect(cloud.errors.join("\n")).toContain(`${layer} ${says}`);
    await cloud.stop();
  },
);

test("all of it is its owner's alone, whoever made the folder, whatever the umask", async () => {
  chmodSync(dataDir, 0o755);
  const umask = process.umask(0);
  try {
    const cloud = await startTestCloud({ dataDir });
    const s3 = new S3Client({ ...cloud.clientConfig, region: "us-east-1" });
    await s3.send(new CreateBucketCommand({ Bucket: "left" }));
    await s3.send(new PutObjectCommand({ Bucket: "left", Key: "k", Body: "x" }));
    await cloud.cloud.snapshots.save("s");
    const open = Object.entries(modes(dataDir)).filter(([, mode]) => !/^[67]00$/.test(mode));
    expect(open).toEqual([]);
    expect((statSync(dataDir).mode & 0o777).toString(8)).toBe("700");
    await cloud.stop();
  } finally {
    process.umask(umask);
  }
});

test("a disk that is full is told by name, and what was there can be read", async () => {
  const cloud = await startTestCloud({ dataDir });
  const ecs = new ECSClient(cloud.clientConfig);
  await ecs.send(new CreateClusterCommand({ clusterName: "first" }));
  const { database } = cloud.cloud.store;
  database.sql.exec("PRAGMA max_page_count = 1");
  const fill = async () => {
    for (let index = 0; index < 200; index++) {
      const tags = [{ key: "k", value: "v".repeat(250) }];
      await ecs.send(new CreateClusterCommand({ clusterName: `c${index}`, tags }));
    }
  };
  await expect(fill()).rejects.toMatchObject({
    name: "DiskFull",
    message: expect.stringContaining(dataDir),
    $metadata: { httpStatusCode: 507 },
  });
  const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: ["first"] }));
  expect(clusters).toMatchObject([{ status: "ACTIVE" }]);
  database.sql.exec("PRAGMA max_page_count = 4294967294");
  await ecs.send(new CreateClusterCommand({ clusterName: "after" }));
  await cloud.stop();
});
