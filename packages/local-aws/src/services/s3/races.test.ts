import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  type CompletedPart,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../testing.ts";
import { Blobs } from "./blobs.ts";

const MEGABYTE = 1024 * 1024;

let cloud: TestCloud;
let s3: S3Client;
let dataDir: string;
const Bucket = "races";

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "s3-races-"));
  cloud = await startTestCloud({ dataDir });
  s3 = new S3Client(cloud.clientConfig);
  await createBucket(Bucket);
});
afterAll(async () => {
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
  rmSync(dataDir, { recursive: true });
});

const createBucket = (name: string) =>
  s3.send(
    new CreateBucketCommand({
      Bucket: name,
      CreateBucketConfiguration: { LocationConstraint: "ap-northeast-1" },
    }),
  );
const files = () => readdirSync(join(dataDir, "objects"), { withFileTypes: true });
const countFiles = () => files().filter((file) => file.isFile()).length;

/** Starts an upload and sends so many parts of 5 MB. */
async function upload(Key: string, count: number, bucket = Bucket) {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }));
  const Parts: CompletedPart[] = [];
  for (let PartNumber = 1; PartNumber <= count; PartNumber++) {
    const Body = Buffer.alloc(5 * MEGABYTE, PartNumber);
    const { ETag, ChecksumCRC32 } = await s3.send(
      new UploadPartCommand({ Bucket: bucket, Key, UploadId, PartNumber, Body }),
    );
    Parts.push({ PartNumber, ETag, ChecksumCRC32 });
  }
  return { Bucket: bucket, Key, UploadId, MultipartUpload: { Parts } };
}

test("a reader keeps the file that it has opened", async () => {
  const dir = mkdtempSync(join(tmpdir(), "blobs-"));
  const blobs = new Blobs(dir);
  const { blob, size } = await blobs.write([Readable.from([Buffer.from("kept")])], []);
  const reader = blobs.read(blob, size);
  blobs.remove(blob);
  expect(Buffer.concat(await reader.toArray()).toString()).toBe("kept");
  rmSync(dir, { recursive: true });
});

test("reads beside writes of one key are whole", async () => {
  const body = (n: number) => Buffer.alloc(300_000, n);
  await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: body(0) }));
  const read = async () => {
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key: "k" }));
    const bytes = Buffer.from(await answer.Body!.transformToByteArray());
    expect(bytes.equals(body(bytes[0]!))).toBe(true);
  };
  for (let n = 1; n <= 20; n++) {
    const write = s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: body(n) }));
    await Promise.all([write, read(), read(), read()]);
  }
});

test("of two completions of one upload at once one makes the object", async () => {
  const input = await upload("twice", 4);
  const results = await Promise.allSettled(
    [1, 2].map(() => s3.send(new CompleteMultipartUploadCommand(input))),
  );
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(results.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { name: "NoSuchUpload" },
  });
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "twice" }));
  expect(head.ContentLength).toBe(20 * MEGABYTE);
});

test("an upload that was aborted while it was completed makes no object", async () => {
  const { MultipartUpload, ...name } = await upload("aborted", 4);
  const before = countFiles();
  const [completed, aborted] = await Promise.allSettled([
    s3.send(new CompleteMultipartUploadCommand({ ...name, MultipartUpload })),
    s3.send(new AbortMultipartUploadCommand(name)),
  ]);
  expect([completed.status, aborted.status].sort()).toEqual(["fulfilled", "rejected"]);
  const head = s3.send(new HeadObjectCommand({ Bucket, Key: "aborted" }));
  if (completed.status === "fulfilled") {
    expect((await head).ContentLength).toBe(20 * MEGABYTE);
    expect(countFiles()).toBe(before - 3);
  } else {
    expect(completed.reason).toMatchObject({ name: "NoSuchUpload" });
    await expect(head).rejects.toMatchObject({ name: "NotFound" });
    expect(countFiles()).toBe(before - 4);
  }
});

test("a part that was replaced while its upload was completed leaves no mixture", async () => {
  const input = await upload("replaced", 4);
  const { UploadId } = input;
  const Body = Buffer.alloc(5 * MEGABYTE, 9);
  const part = new UploadPartCommand({ Bucket, Key: "replaced", UploadId, PartNumber: 4, Body });
  const [completed, replaced] = await Promise.allSettled([
    s3.send(new CompleteMultipartUploadCommand(input)),
    s3.send(part),
  ]);
  if (completed.status === "rejected") {
    expect(completed.reason).toMatchObject({ name: "InvalidPart" });
    expect(replaced.status).toBe("fulfilled");
  } else {
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key: "replaced" }));
    const bytes = Buffer.from(await answer.Body!.transformToByteArray());
    expect([bytes.length, bytes.at(-1)]).toEqual([20 * MEGABYTE, 4]);
  }
});

test("the parts of unfinished uploads go with their bucket", async () => {
  await createBucket("short-lived");
  const before = countFiles();
  await upload("never", 1, "short-lived");
  expect(countFiles()).toBe(before + 1);
  await s3.send(new DeleteBucketCommand({ Bucket: "short-lived" }));
  expect(countFiles()).toBe(before);
});
