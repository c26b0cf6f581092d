import {
  CreateBucketCommand,
  GetBucketPolicyStatusCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
  type Tag,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../testing.ts";

const Bucket = "words";
let cloud: TestCloud;
let s3: S3Client;
beforeAll(async () => {
  cloud = await startTestCloud();
  s3 = new S3Client({ ...cloud.clientConfig, region: "us-east-1" });
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "v" }));
});
afterAll(async () => {
  s3.destroy();
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

const READ = {
  Effect: "Allow",
  Principal: "*",
  Action: "s3:GetObject",
  Resource: `arn:aws:s3:::${Bucket}/*`,
};
const { Effect: _effect, ...withoutEffect } = READ;
const { Principal: _principal, ...withoutPrincipal } = READ;
const { Resource: _resource, ...withoutResource } = READ;

describe("a bucket's policy", () => {
  const put = (statement: unknown, more: object = {}) =>
    s3.send(
      new PutBucketPolicyCommand({
        Bucket,
        Policy: JSON.stringify({ Version: "2012-10-17", Statement: statement, ...more }),
      }),
    );

  test.each<[message: string, statement: unknown, more?: object]>([
    ["Could not parse the policy: Statement is empty!", []],
    ["The policy must contain a valid version string", READ, { Version: "2012" }],
    ["Unknown field Resources", { ...READ, Resources: "*" }],
    ["Missing required field Effect", withoutEffect],
    ["Invalid effect: allow", { ...READ, Effect: "allow" }],
    ["Missing required field Principal", withoutPrincipal],
    ["Invalid principal in policy", { ...READ, Principal: { aws: "*" } }],
    ["Policy has invalid action", { ...READ, Action: ["s3:GetObject", "ec2:*"] }],
    ["Missing required field Resource", withoutResource],
    ["Policy has invalid resource", { ...READ, Resource: "arn:aws:s3:::another/*" }],
    ["Policy has invalid resource", { ...READ, Resource: "*" }],
  ])("is refused where it cannot be one: %s %j", async (message, statement, more) => {
    await expect(put(statement, more)).rejects.toMatchObject({ name: "MalformedPolicy", message });
  });

  test("is public where it lets everybody in", async () => {
    const isPublic = async (statement: unknown) => {
      await put(statement);
      const status = await s3.send(new GetBucketPolicyStatusCommand({ Bucket }));
      return status.PolicyStatus!.IsPublic;
    };
    expect(await isPublic(READ)).toBe(true);
    expect(await isPublic({ ...READ, Principal: { AWS: ["*"] } })).toBe(true);
    expect(await isPublic({ ...READ, Effect: "Deny" })).toBe(false);
    expect(await isPublic({ ...READ, Principal: { AWS: "arn:aws:iam::123456789012:root" } })).toBe(
      false,
    );
  });
});

describe("tags", () => {
  const toObject = (TagSet: Tag[]) =>
    s3.send(new PutObjectTaggingCommand({ Bucket, Key: "k", Tagging: { TagSet } }));
  const toBucket = (TagSet: Tag[]) =>
    s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: "v" }));

  test.each<[name: string, message: string, tags: Tag[]]>([
    [
      "InvalidTag",
      "The TagKey you have provided is invalid",
      [{ Key: "k".repeat(129), Value: "" }],
    ],
    ["InvalidTag", "The TagKey you have provided is invalid", [{ Key: "a?", Value: "" }]],
    [
      "InvalidTag",
      "The TagValue you have provided is invalid",
      [{ Key: "k", Value: "v".repeat(257) }],
    ],
    [
      "InvalidTag",
      "System tags cannot be added/updated by requester",
      [{ Key: "aws:k", Value: "v" }],
    ],
    ["InvalidTag", "Cannot provide multiple Tags with the same key", [...many(1), ...many(1)]],
  ])("are refused of objects and buckets: %s: %s", async (name, message, tags) => {
    await expect(toObject(tags)).rejects.toMatchObject({ name, message });
    await expect(toBucket(tags)).rejects.toMatchObject({ name, message });
  });

  test("are ten of an object, and fifty of a bucket", async () => {
    await toObject(many(10));
    await toBucket(many(50));
    await expect(toObject(many(11))).rejects.toMatchObject({ name: "BadRequest" });
    await expect(toBucket(many(51))).rejects.toMatchObject({ name: "BadRequest" });
  });
});

test("user metadata has up to two kilobytes, its names included", async () => {
  const put = (length: number) =>
    s3.send(new PutObjectCommand({ Bucket, Key: "m", Metadata: { abcd: "x".repeat(length) } }));
  await put(2_044);
  await expect(put(2_045)).rejects.toMatchObject({
    name: "MetadataTooLarge",
    message: "Your metadata headers exceed the maximum allowed metadata size",
  });
});

test("a part's number is looked at before its upload", async () => {
  for (const PartNumber of [0, 10_001])
    await expect(
      s3.send(new UploadPartCommand({ Bucket, Key: "k", UploadId: "none", PartNumber, Body: "x" })),
    ).rejects.toMatchObject({
      name: "InvalidArgument",
      message: "Part number must be an integer between 1 and 10000, inclusive",
    });
});
