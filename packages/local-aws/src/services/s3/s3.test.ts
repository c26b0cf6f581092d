import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketCorsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../testing.ts";

let cloud: TestCloud;
let s3: S3Client;
let count = 0;

beforeAll(async () => {
  cloud = await startTestCloud();
  s3 = new S3Client(cloud.clientConfig);
});
afterAll(async () => {
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

async function newBucket(): Promise<string> {
  const Bucket = `bucket-${count++}`;
  const CreateBucketConfiguration = { LocationConstraint: "ap-northeast-1" } as const;
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  return Bucket;
}

const put = (Bucket: string, Key: string, Body: string | Buffer, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const text = async (Bucket: string, Key: string, more: object = {}) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body!.transformToString();

test("an object is read back with its bytes, type and metadata", async () => {
  const Bucket = await newBucket();
  await put(Bucket, "a/b ü.txt", "hello", { ContentType: "text/plain", Metadata: { who: "me" } });
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "a/b ü.txt" }));
  expect(head).toMatchObject({
    ContentLength: 5,
    ContentType: "text/plain",
    Metadata: { who: "me" },
  });
  expect(head.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
  expect(await text(Bucket, "a/b ü.txt")).toBe("hello");
});

test("a range is answered with 206 and just its bytes", async () => {
  const Bucket = await newBucket();
  await put(Bucket, "k", "0123456789");
  const answer = await s3.send(new GetObjectCommand({ Bucket, Key: "k", Range: "bytes=2-4" }));
  expect(answer).toMatchObject({
    ContentRange: "bytes 2-4/10",
    $metadata: { httpStatusCode: 206 },
  });
  expect(await answer.Body!.transformToString()).toBe("234");
  await expect(text(Bucket, "k", { Range: "bytes=10-" })).rejects.toMatchObject({
    name: "InvalidRange",
  });
});

test("If-None-Match: * writes once, which is how Terraform locks its state", async () => {
  const Bucket = await newBucket();
  await put(Bucket, "lock", "1", { IfNoneMatch: "*" });
  await expect(put(Bucket, "lock", "2", { IfNoneMatch: "*" })).rejects.toMatchObject({
    name: "PreconditionFailed",
    $metadata: { httpStatusCode: 412 },
  });
  expect(await text(Bucket, "lock")).toBe("1");
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "lock" }));
  await put(Bucket, "lock", "3", { IfNoneMatch: "*" });
});

test("what is not there is said by name", async () => {
  const Bucket = await newBucket();
  await expect(text(Bucket, "nothing")).rejects.toMatchObject({ name: "NoSuchKey" });
  await expect(text("no-such-bucket", "k")).rejects.toMatchObject({ name: "NoSuchBucket" });
  await expect(s3.send(new GetBucketCorsCommand({ Bucket }))).rejects.toMatchObject({
    name: "NoSuchCORSConfiguration",
  });
});

test("a bucket with objects is not deleted", async () => {
  const Bucket = await newBucket();
  await put(Bucket, "k", "v");
  await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({
    name: "BucketNotEmpty",
  });
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
  await s3.send(new DeleteBucketCommand({ Bucket }));
});

test("lists go by prefix, delimiter and page", async () => {
  const Bucket = await newBucket();
  for (const key of ["a/1", "a/2", "b", "c/1"]) await put(Bucket, key, key);
  const top = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: "/" }));
  expect(top.Contents?.map(({ Key }) => Key)).toEqual(["b"]);
  expect(top.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(["a/", "c/"]);
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket, MaxKeys: 1, ContinuationToken: token }),
    );
    keys.push(...page.Contents!.map(({ Key }) => Key!));
    token = page.NextContinuationToken;
  } while (token);
  expect(keys).toEqual(["a/1", "a/2", "b", "c/1"]);
});

test("a versioned bucket keeps what was overwritten and deleted", async () => {
  const Bucket = await newBucket();
  await s3.send(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }),
  );
  const first = await put(Bucket, "k", "1");
  await put(Bucket, "k", "2");
  const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
  expect(marker.DeleteMarker).toBe(true);
  await expect(text(Bucket, "k")).rejects.toMatchObject({ name: "NoSuchKey" });
  expect(await text(Bucket, "k", { VersionId: first.VersionId })).toBe("1");
  const versions = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  expect([versions.Versions?.length, versions.DeleteMarkers?.length]).toEqual([2, 1]);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId: marker.VersionId }));
  expect(await text(Bucket, "k")).toBe("2");
});

test("a stream of unknown length and every checksum algorithm are taken", async () => {
  const Bucket = await newBucket();
  const bytes = randomBytes(200_000);
  for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "SHA1", "SHA256"] as const) {
    const Body = Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]);
    await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: ChecksumAlgorithm,
        Body,
        ContentLength: bytes.length,
        ChecksumAlgorithm,
      }),
    );
    const answer = await s3.send(
      new GetObjectCommand({ Bucket, Key: ChecksumAlgorithm, ChecksumMode: "ENABLED" }),
    );
    expect(Buffer.from(await answer.Body!.transformToByteArray()).equals(bytes)).toBe(true);
  }
});

test("a checksum that does not match the bytes leaves no object", async () => {
  const Bucket = await newBucket();
  await expect(put(Bucket, "k", "hello", { ChecksumCRC32: "AAAAAA==" })).rejects.toMatchObject({
    name: "BadDigest",
  });
  await expect(text(Bucket, "k")).rejects.toMatchObject({ name: "NoSuchKey" });
});

test("a multipart upload becomes one object; a copy has its bytes", async () => {
  const Bucket = await newBucket();
  const Key = "big";
  const parts = [randomBytes(5 * 1024 * 1024), randomBytes(1000)];
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const Parts = [];
  for (const [index, Body] of parts.entries()) {
    const PartNumber = index + 1;
    const { ETag } = await s3.send(
      new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }),
    );
    Parts.push({ PartNumber, ETag });
  }
  const done = await s3.send(
    new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
  );
  expect(done.ETag).toMatch(/-2"$/);
  await s3.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/${Key}` }));
  const copy = await s3.send(new GetObjectCommand({ Bucket, Key: "copy" }));
  expect(Buffer.from(await copy.Body!.transformToByteArray()).equals(Buffer.concat(parts))).toBe(
    true,
  );
});

test("a presigned URL reads without credentials until it ends", async () => {
  const Bucket = await newBucket();
  await put(Bucket, "k", "signed");
  const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: "k" }), { expiresIn: 60 });
  expect(await (await fetch(url)).text()).toBe("signed");
  const tampered = await fetch(url.replace("/k?", "/other?"));
  expect([tampered.status, await tampered.text()]).toEqual([
    403,
    expect.stringContaining("SignatureDoesNotMatch"),
  ]);
});

test("another account does not get in", async () => {
  const Bucket = await newBucket();
  const other = new S3Client({
    ...cloud.clientConfig,
    credentials: cloud.cloud.account("999999999999"),
  } satisfies S3ClientConfig);
  await expect(other.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject({
    name: "AccessDenied",
  });
});
