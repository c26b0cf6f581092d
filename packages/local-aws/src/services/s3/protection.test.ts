import * as kms from "@aws-sdk/client-kms";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketLifecycleConfigurationCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketAccelerateConfigurationCommand,
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketLoggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  type CreateBucketCommandInput,
  type LifecycleRule,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, expect, test } from "vitest";
import { roleSession } from "../iam/testing/role-session.ts";
import { startTestCloud, TEST_REGION, type TestCloud } from "../../testing.ts";

const HERE = { CreateBucketConfiguration: { LocationConstraint: TEST_REGION } } as const;
let cloud: TestCloud;
let s3: S3Client;
let count = 0;

beforeAll(async () => {
  cloud = await startTestCloud();
  s3 = new S3Client({ ...cloud.clientConfig, region: "us-east-1" });
});
afterAll(async () => {
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

async function newBucket(more: Partial<CreateBucketCommandInput> = {}): Promise<string> {
  const Bucket = `protected-${count++}`;
  await s3.send(new CreateBucketCommand({ Bucket, ...more }));
  return Bucket;
}

const put = (Bucket: string, Key: string, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: "v", ...more }));

test("where ownership is enforced every access control list is refused", async () => {
  const Bucket = await newBucket();
  const lists = [{ ACL: "public-read" }, { GrantRead: 'id="abc"' }, { ACL: "private" }] as const;
  for (const list of lists) {
    await put(Bucket, "k");
    for (const written of [
      () => put(Bucket, "k", list),
      () =>
        s3.send(new CopyObjectCommand({ Bucket, Key: "c", CopySource: `${Bucket}/k`, ...list })),
      () => s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "m", ...list })),
      () => s3.send(new PutBucketAclCommand({ Bucket, ...list })),
    ])
      await expect(written()).rejects.toMatchObject({ name: "AccessControlListNotSupported" });
  }
  await put(Bucket, "k", { ACL: "bucket-owner-full-control" });
  await expect(newBucket({ ACL: "public-read" })).rejects.toMatchObject({
    name: "InvalidBucketAclWithObjectOwnership",
  });
});

test("where it is not they are kept and shown", async () => {
  const Bucket = await newBucket({ ObjectOwnership: "BucketOwnerPreferred" });
  await expect(put(Bucket, "k", { ACL: "public-read" })).rejects.toMatchObject({
    name: "AccessDenied",
  });
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  await put(Bucket, "k", { ACL: "public-read" });
  const { Grants } = await s3.send(new GetObjectAclCommand({ Bucket, Key: "k" }));
  const everyone = {
    Grantee: { Type: "Group", URI: "http://acs.amazonaws.com/groups/global/AllUsers" },
    Permission: "READ",
  };
  expect(Grants).toMatchObject([{ Permission: "FULL_CONTROL" }, everyone]);
  await s3.send(new PutBucketAclCommand({ Bucket, GrantWrite: 'id="abc", id="def"' }));
  const ofBucket = await s3.send(new GetBucketAclCommand({ Bucket }));
  expect(ofBucket.Grants?.map(({ Grantee }) => Grantee?.ID)).toEqual(["abc", "def"]);
  const { Owner } = ofBucket;
  const AccessControlPolicy = { Owner, Grants };
  await s3.send(new PutBucketAclCommand({ Bucket, AccessControlPolicy }));
  expect((await s3.send(new GetBucketAclCommand({ Bucket }))).Grants).toEqual(Grants);
  await expect(
    s3.send(new PutBucketAclCommand({ Bucket, ACL: "private", GrantRead: 'id="abc"' })),
  ).rejects.toMatchObject({ name: "InvalidRequest" });
});

test("what Object Lock protects is not deleted", async () => {
  const Bucket = await newBucket({ ObjectLockEnabledForBucket: true });
  const ObjectLockRetainUntilDate = new Date(Date.now() + 3_600_000);
  const retention = { ObjectLockMode: "GOVERNANCE", ObjectLockRetainUntilDate };
  const { VersionId } = await put(Bucket, "k", retention);
  expect(await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }))).toMatchObject({
    ObjectLockMode: "GOVERNANCE",
  });
  const version = { Bucket, Key: "k", VersionId };
  await expect(s3.send(new DeleteObjectCommand(version))).rejects.toMatchObject({
    name: "AccessDenied",
  });
  const held = await put(Bucket, "held", { ObjectLockLegalHoldStatus: "ON" });
  const Objects = [{ Key: "held", VersionId: held.VersionId }, { Key: "k" }];
  const many = { Bucket, Delete: { Objects }, BypassGovernanceRetention: true };
  const deleted = await s3.send(new DeleteObjectsCommand(many));
  expect(deleted.Errors).toMatchObject([{ Key: "held", Code: "AccessDenied" }]);
  expect(deleted.Deleted).toMatchObject([{ Key: "k", DeleteMarker: true }]);
  await s3.send(new DeleteObjectCommand({ ...version, BypassGovernanceRetention: true }));
  const VersioningConfiguration = { Status: "Suspended" } as const;
  await expect(
    s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration })),
  ).rejects.toMatchObject({ name: "InvalidBucketState" });
  const past = { ...retention, ObjectLockRetainUntilDate: new Date(0) };
  await expect(put(Bucket, "k", past)).rejects.toMatchObject({ name: "InvalidArgument" });
  await expect(put(await newBucket(), "k", retention)).rejects.toMatchObject({
    name: "InvalidRequest",
    message: "Bucket is missing Object Lock Configuration",
  });
});

test("what is not there is refused by name, and another owner by name", async () => {
  const Bucket = await newBucket();
  const SSECustomerKey = Buffer.alloc(32).toString("base64");
  const customer = { SSECustomerAlgorithm: "AES256", SSECustomerKey };
  await expect(
    s3.send(new HeadObjectCommand({ Bucket, Key: "k", ...customer })),
  ).rejects.toMatchObject({ $metadata: { httpStatusCode: 501 } });
  await expect(put(Bucket, "k", { ChecksumXXHASH64: "AAAAAAAAAAA=" })).rejects.toMatchObject({
    name: "NotImplemented",
    message: expect.stringMatching(/^ChecksumXXHASH64 of s3:PutObject is not implemented/),
  });
  await expect(put(Bucket, "k", { ExpectedBucketOwner: "999999999999" })).rejects.toMatchObject({
    name: "AccessDenied",
  });
  await put(Bucket, "k", { ChecksumAlgorithm: "SHA256" });
});

const Filter = { Prefix: "" };
const Expiration = { Days: 1 };
test.each([
  ["a rule without a filter", "MalformedXML", { Expiration }],
  [
    "a filter of two",
    "MalformedXML",
    { Filter: { Prefix: "a", ObjectSizeLessThan: 1 }, Expiration },
  ],
  ["a rule without an action", "MalformedXML", { Filter }],
  [
    "days beside a delete marker",
    "MalformedXML",
    { Filter, Expiration: { Days: 1, ExpiredObjectDeleteMarker: true } },
  ],
  [
    "a transition without days",
    "MalformedXML",
    { Filter, Transitions: [{ StorageClass: "GLACIER" }] },
  ],
  ["no days", "InvalidArgument", { Filter, Expiration: { Days: 0 } }],
  ["a date that is not midnight", "InvalidArgument", { Filter, Expiration: { Date: new Date(1) } }],
  [
    "no days of old versions",
    "InvalidArgument",
    { Filter, NoncurrentVersionExpiration: { NoncurrentDays: 0 } },
  ],
  [
    "an upload aborted at once",
    "InvalidArgument",
    { Filter, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 0 } },
  ],
  [
    "early infrequent access",
    "InvalidArgument",
    { Filter, Transitions: [{ Days: 1, StorageClass: "STANDARD_IA" }] },
  ],
] satisfies [string, string, Omit<LifecycleRule, "Status">][])(
  "a lifecycle does not take %s",
  async (_name, code, rule) => {
    const Bucket = await newBucket();
    const Rules: LifecycleRule[] = [{ ...rule, Status: "Enabled" }];
    const LifecycleConfiguration = { Rules };
    await expect(
      s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration })),
    ).rejects.toMatchObject({ name: code });
  },
);

test("a rule of a lifecycle gets an id, and one with the same is refused", async () => {
  const Bucket = await newBucket();
  const send = (Rules: LifecycleRule[]) =>
    s3.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }),
    );
  const rule = { Filter, Expiration, Status: "Enabled" } as const;
  await send([rule]);
  const kept = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
  expect(kept.Rules?.[0]?.ID).toMatch(/./);
  const same = { ...rule, ID: "a" };
  await expect(send([same, same])).rejects.toMatchObject({ name: "InvalidArgument" });
});

test("settings of buckets are looked at before they are kept", async () => {
  const Bucket = await newBucket();
  const cors = (AllowedMethods: string[], AllowedOrigins: string[]) =>
    s3.send(
      new PutBucketCorsCommand({
        Bucket,
        CORSConfiguration: { CORSRules: [{ AllowedMethods, AllowedOrigins }] },
      }),
    );
  await expect(cors(["NOTREAL"], ["*"])).rejects.toMatchObject({ name: "InvalidRequest" });
  await expect(cors(["GET"], ["http://*.a.*"])).rejects.toMatchObject({ name: "InvalidRequest" });
  await cors(["GET"], ["http://*.a"]);
  const log = (TargetBucket: string) =>
    s3.send(
      new PutBucketLoggingCommand({
        Bucket,
        BucketLoggingStatus: { LoggingEnabled: { TargetBucket, TargetPrefix: "" } },
      }),
    );
  await expect(log("nowhere-at-all")).rejects.toMatchObject({
    name: "InvalidTargetBucketForLogging",
  });
  const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" } as const;
  await expect(log(await newBucket({ CreateBucketConfiguration }))).rejects.toMatchObject({
    name: "CrossLocationLoggingProhibitted",
  });
  await log(Bucket);
  const dotted = { Bucket: "with.dots" };
  await s3.send(new CreateBucketCommand(dotted));
  const AccelerateConfiguration = { Status: "Enabled" } as const;
  await expect(
    s3.send(new PutBucketAccelerateConfigurationCommand({ ...dotted, AccelerateConfiguration })),
  ).rejects.toMatchObject({ name: "InvalidRequest" });
});

test("DeleteObjects without a digest is refused", async () => {
  const Bucket = await newBucket();
  await put(Bucket, "k");
  const command = new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "k" }] } });
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      for (const name of Object.keys(headers))
        if (/checksum|content-md5/i.test(name)) delete headers[name];
      return next(args);
    },
    { step: "build", priority: "low" },
  );
  await expect(s3.send(command)).rejects.toMatchObject({
    name: "InvalidRequest",
    message: "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
  });
});

test("headers in a presigned query count as if they had been sent", async () => {
  const Bucket = await newBucket();
  const Metadata = { who: "me" };
  const url = await getSignedUrl(
    s3,
    new PutObjectCommand({ Bucket, Key: "k", Metadata, StorageClass: "STANDARD_IA" }),
  );
  expect(new URL(url).searchParams.get("x-amz-meta-who")).toBe("me");
  const put = await fetch(url, { method: "PUT", body: "v" });
  expect([put.status, await put.text()]).toEqual([200, ""]);
  expect(await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }))).toMatchObject({
    Metadata,
    StorageClass: "STANDARD_IA",
  });
});

test("a part is refused where it names another owner", async () => {
  const Bucket = await newBucket();
  const upload = { Bucket, Key: "k", UploadId: "none", PartNumber: 1, Body: "v" };
  await expect(
    s3.send(new UploadPartCommand({ ...upload, ExpectedBucketOwner: "999999999999" })),
  ).rejects.toMatchObject({ name: "AccessDenied" });
});

test("an object under a key is for those who may use the key, as long as it may be used", async () => {
  const keys = new kms.KMSClient(cloud.clientConfig);
  const { KeyMetadata } = await keys.send(new kms.CreateKeyCommand({}));
  const { KeyId, Arn } = KeyMetadata!;
  const owner = new S3Client(cloud.clientConfig);
  const Bucket = "under-a-key";
  await owner.send(new CreateBucketCommand({ Bucket, ...HERE }));
  const may = { Effect: "Allow", Action: "s3:*", Resource: "*" };
  const use = (Action: string | readonly string[]) => ({ Effect: "Allow", Action, Resource: Arn });
  const as = async (name: string, ...statements: object[]) =>
    new S3Client((await roleSession(cloud, name, may, ...statements)).clientConfig);
  const [none, writer, reader] = [
    await as("none"),
    await as("writer", use("kms:GenerateDataKey")),
    await as("reader", use("kms:Decrypt")),
  ];
  const sealed = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KeyId } as const;
  const put = (by: S3Client, Key = "sealed") =>
    by.send(new PutObjectCommand({ Bucket, Key, Body: "secret", ...sealed }));
  const get = (by: S3Client, Key = "sealed") => by.send(new GetObjectCommand({ Bucket, Key }));
  const lacking = (action: string) => ({
    name: "AccessDenied",
    message: expect.stringContaining(`not authorized to perform: ${action} on resource: ${Arn}`),
  });
  for (const by of [none, reader])
    await expect(put(by)).rejects.toMatchObject(lacking("kms:GenerateDataKey"));
  expect(await put(writer)).toMatchObject({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: Arn });
  for (const by of [none, writer])
    await expect(get(by)).rejects.toMatchObject(lacking("kms:Decrypt"));
  expect(await (await get(reader)).Body!.transformToString()).toBe("secret");
  const parts = new CreateMultipartUploadCommand({ Bucket, Key: "parts", ...sealed });
  await expect(writer.send(parts)).rejects.toMatchObject(lacking("kms:Decrypt"));
  const copy = new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/sealed` });
  await expect(writer.send(copy)).rejects.toMatchObject(lacking("kms:Decrypt"));
  // S3's own key is for all of the account, through S3.
  const own = { Bucket, Key: "own", Body: "a", ServerSideEncryption: "aws:kms" } as const;
  const { SSEKMSKeyId } = await none.send(new PutObjectCommand(own));
  expect(SSEKMSKeyId).toMatch(/^arn:aws:kms:/);
  expect(await (await get(none, "own")).Body!.transformToString()).toBe("a");
  await keys.send(new kms.DisableKeyCommand({ KeyId }));
  await expect(get(reader)).rejects.toMatchObject({ name: "KMS.DisabledException" });
  await expect(put(owner)).rejects.toMatchObject({ name: "KMS.DisabledException" });
  const missing = { ...own, SSEKMSKeyId: "01234567-89ab-cdef-0123-456789abcdef" };
  await expect(owner.send(new PutObjectCommand(missing))).rejects.toMatchObject({
    name: "KMS.NotFoundException",
  });
  for (const each of [keys, owner, none, writer, reader]) each.destroy();
});
