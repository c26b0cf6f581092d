import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateClusterCommand, DescribeClustersCommand, ECSClient } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, expect, test } from "vitest";
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
