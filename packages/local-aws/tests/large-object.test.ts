import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TEST_REGION } from "../src/testing.ts";
import { SpawnedCloud } from "./support/spawned-cloud.ts";

const MEGABYTE = 1024 * 1024;
const SIZE = 200 * MEGABYTE;

let dir: string;
let cloud: SpawnedCloud;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "large-"));
  cloud = await SpawnedCloud.start(dir, "--tasks", "off");
});
afterAll(async () => {
  await cloud.end();
  rmSync(dir, { recursive: true });
});

/** How much memory the server holds, in bytes. */
function residentBytes(): number {
  const { stdout } = spawnSync("ps", ["-o", "rss=", "-p", String(cloud.server.pid)], {
    encoding: "utf8",
  });
  return Number(stdout) * 1024;
}

/** Sees bytes go by: how many, their hash, and the most memory that the server held meanwhile. */
class Meter {
  bytes = 0;
  peak = 0;
  readonly hash = createHash("sha256");

  async *watch(source: Iterable<Buffer> | AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let next = 0;
    for await (const chunk of source) {
      this.hash.update(chunk);
      this.bytes += chunk.length;
      yield chunk;
      if (this.bytes < next) continue;
      this.peak = Math.max(this.peak, residentBytes());
      next = this.bytes + 10 * MEGABYTE;
    }
  }
}

function* blocks(): Generator<Buffer> {
  for (let block = 0; block < SIZE / MEGABYTE; block++) yield Buffer.alloc(MEGABYTE, block);
}

test("an object of 200 MB passes through the server without filling its memory", async () => {
  const s3 = new S3Client({ ...cloud.clientConfig, forcePathStyle: true });
  const CreateBucketConfiguration = { LocationConstraint: TEST_REGION } as const;
  await s3.send(new CreateBucketCommand({ Bucket: "large", CreateBucketConfiguration }));
  const before = residentBytes();
  const object = { Bucket: "large", Key: "object" };
  const sent = new Meter();
  const Body = Readable.from(sent.watch(blocks()));
  await s3.send(new PutObjectCommand({ ...object, Body, ContentLength: SIZE }));
  const found = await s3.send(new GetObjectCommand(object));
  const received = new Meter();
  for await (const chunk of received.watch(found.Body as Readable)) void chunk;
  expect(received.bytes).toBe(SIZE);
  expect(received.hash.digest("hex")).toBe(sent.hash.digest("hex"));
  // Once in memory would be all of it: what the collector has not looked at yet is less.
  expect(Math.max(sent.peak, received.peak) - before).toBeLessThan(SIZE);
});
