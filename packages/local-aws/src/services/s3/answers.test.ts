import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketTaggingCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
  type ChecksumAlgorithm,
  type ChecksumType,
  type CreateBucketCommandInput,
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

const create = (region: string, Bucket: string, more: Partial<CreateBucketCommandInput> = {}) =>
  new S3Client({ ...cloud.clientConfig, region }).send(
    new CreateBucketCommand({ Bucket, ...more }),
  );
const at = (LocationConstraint: string) =>
  ({ CreateBucketConfiguration: { LocationConstraint } }) as Partial<CreateBucketCommandInput>;

async function newBucket(versioned = false): Promise<string> {
  const Bucket = `answers-${count++}`;
  await create("ap-northeast-1", Bucket, at("ap-northeast-1"));
  const VersioningConfiguration = { Status: "Enabled" } as const;
  if (versioned) await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  return Bucket;
}

const put = (Bucket: string, Key: string, Body: string, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));

test("pages of versions count versions, markers and prefixes, and go on where they ended", async () => {
  const Bucket = await newBucket(true);
  for (const body of ["1", "2", "3"]) await put(Bucket, "k", body);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
  await put(Bucket, "a/1", "x");
  await put(Bucket, "a/2", "x");
  const all = await s3.send(new ListObjectVersionsCommand({ Bucket, Delimiter: "/" }));
  const seen: (string | undefined)[] = [];
  const sizes: number[] = [];
  let next: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (next) {
    const page: Awaited<ReturnType<typeof list>> = await list(next);
    const ids = [...(page.DeleteMarkers ?? []), ...(page.Versions ?? [])];
    const prefixes = page.CommonPrefixes ?? [];
    seen.push(...prefixes.map(({ Prefix }) => Prefix), ...ids.map(({ VersionId }) => VersionId));
    sizes.push(ids.length + prefixes.length);
    next = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
      : undefined;
  }
  expect(sizes).toEqual([2, 2, 1]);
  expect(seen).toEqual([
    "a/",
    ...all.DeleteMarkers!.map(({ VersionId }) => VersionId),
    ...all.Versions!.map(({ VersionId }) => VersionId),
  ]);
  async function list(marker: { KeyMarker?: string; VersionIdMarker?: string }) {
    return s3.send(
      new ListObjectVersionsCommand({ Bucket, Delimiter: "/", MaxKeys: 2, ...marker }),
    );
  }
  await expect(list({ VersionIdMarker: "x" })).rejects.toMatchObject({ name: "InvalidArgument" });
});

test("uploads are listed by page, marker and delimiter, with how they are checked", async () => {
  const Bucket = await newBucket();
  const ids: string[] = [];
  for (const Key of ["a/1", "b", "b", "c"]) {
    const ChecksumAlgorithm = "SHA256";
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm }),
    );
    ids.push(UploadId!);
  }
  const first = await s3.send(
    new ListMultipartUploadsCommand({ Bucket, Delimiter: "/", MaxUploads: 2 }),
  );
  expect(first).toMatchObject({ MaxUploads: 2, IsTruncated: true, NextKeyMarker: "b" });
  expect(first.CommonPrefixes).toEqual([{ Prefix: "a/" }]);
  expect(first.Uploads).toMatchObject([
    { UploadId: ids[1], ChecksumAlgorithm: "SHA256", ChecksumType: "COMPOSITE" },
  ]);
  const KeyMarker = first.NextKeyMarker;
  const UploadIdMarker = first.NextUploadIdMarker;
  const rest = await s3.send(
    new ListMultipartUploadsCommand({ Bucket, Delimiter: "/", KeyMarker, UploadIdMarker }),
  );
  expect(rest.Uploads?.map(({ UploadId }) => UploadId)).toEqual([ids[2], ids[3]]);
  const after = await s3.send(new ListMultipartUploadsCommand({ Bucket, KeyMarker: "b" }));
  expect(after.Uploads?.map(({ UploadId }) => UploadId)).toEqual([ids[3]]);
  for (const page of [{ MaxParts: -42 }, { PartNumberMarker: "-1" }])
    await expect(
      s3.send(new ListPartsCommand({ Bucket, Key: "c", UploadId: ids[3], ...page })),
    ).rejects.toMatchObject({ name: "InvalidArgument" });
  const gone = new ListPartsCommand({ Bucket, Key: "c", UploadId: "nothing" });
  await expect(s3.send(gone)).rejects.toMatchObject({ UploadId: "nothing" });
});

test.each([
  ["SHA256", "COMPOSITE", /^[\w+/]{43}=-2$/],
  ["CRC32", "COMPOSITE", /^[\w+/]{6}==-2$/],
  ["CRC32C", "FULL_OBJECT", /^[\w+/]{6}==$/],
  ["CRC64NVME", "FULL_OBJECT", /^[\w+/]{11}=$/],
] satisfies [ChecksumAlgorithm, ChecksumType, RegExp][])(
  "an upload made with %s has a checksum that is %s",
  async (ChecksumAlgorithm, ChecksumType, form) => {
    const Bucket = await newBucket();
    const name = { Bucket, Key: "k" };
    const created = await s3.send(
      new CreateMultipartUploadCommand({ ...name, ChecksumAlgorithm, ChecksumType }),
    );
    expect(created).toMatchObject({ ChecksumAlgorithm, ChecksumType });
    const upload = { ...name, UploadId: created.UploadId };
    const member = `Checksum${ChecksumAlgorithm}` as const;
    const Parts = [];
    for (const PartNumber of [1, 2]) {
      const Body = Buffer.alloc(5 * 1024 * 1024, PartNumber);
      const part = await s3.send(
        new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumAlgorithm }),
      );
      Parts.push({ PartNumber, ETag: part.ETag, [member]: part[member] });
    }
    const other = ChecksumAlgorithm === "SHA256" ? "CRC32" : "SHA256";
    const wrong = { ...upload, PartNumber: 3, Body: "x", ChecksumAlgorithm: other } as const;
    await expect(s3.send(new UploadPartCommand(wrong))).rejects.toMatchObject({
      name: "InvalidRequest",
      message: `Checksum Type mismatch occurred, expected checksum Type: ${ChecksumAlgorithm.toLowerCase()}, actual checksum Type: ${other.toLowerCase()}`,
    });
    const MultipartUpload = { Parts };
    if (ChecksumType === "COMPOSITE") {
      const bare = { Parts: Parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag })) };
      await expect(
        s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: bare })),
      ).rejects.toThrow("It was missing for part 1 in the request.");
    }
    await expect(
      s3.send(
        new CompleteMultipartUploadCommand({ ...upload, MultipartUpload, [member]: "AAAAAA==" }),
      ),
    ).rejects.toMatchObject({ name: "BadDigest" });
    const done = await s3.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload, ChecksumType }),
    );
    expect(done[member]).toMatch(form);
    const head = await s3.send(new HeadObjectCommand({ ...name, ChecksumMode: "ENABLED" }));
    expect(head).toMatchObject({ [member]: done[member], ChecksumType });
    const listed = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(listed.Contents).toMatchObject([
      { ChecksumAlgorithm: [ChecksumAlgorithm], ChecksumType },
    ]);
    const facts = await s3.send(
      new GetObjectAttributesCommand({ ...name, ObjectAttributes: ["ObjectParts"], MaxParts: 1 }),
    );
    expect(facts.ObjectParts?.TotalPartsCount).toBe(2);
    expect(facts.ObjectParts?.Parts?.[0]?.[member]).toBe(
      ChecksumType === "COMPOSITE" ? Parts[0]![member] : undefined,
    );
    const second = await s3.send(new GetObjectCommand({ ...name, PartNumber: 2 }));
    const bytes = await second.Body!.transformToByteArray();
    expect([second.PartsCount, bytes.length, bytes[0]]).toEqual([2, 5 * 1024 * 1024, 2]);
  },
);

test("a checksum type that its algorithm does not have is refused", async () => {
  const Bucket = await newBucket();
  for (const [ChecksumAlgorithm, ChecksumType] of [
    ["SHA1", "FULL_OBJECT"],
    ["CRC64NVME", "COMPOSITE"],
  ] as const)
    await expect(
      s3.send(
        new CreateMultipartUploadCommand({ Bucket, Key: "k", ChecksumAlgorithm, ChecksumType }),
      ),
    ).rejects.toMatchObject({ name: "InvalidRequest" });
});

test("a copy onto itself has to change something, and keeps its checksum", async () => {
  const Bucket = await newBucket(true);
  const first = await put(Bucket, "k", "1", { ChecksumAlgorithm: "SHA256" });
  const copy = (more: object = {}) =>
    s3.send(new CopyObjectCommand({ Bucket, Key: "k", CopySource: `${Bucket}/k`, ...more }));
  await expect(copy()).rejects.toMatchObject({ name: "InvalidRequest" });
  await copy({ WebsiteRedirectLocation: "/elsewhere" });
  const encrypted = await copy({ ServerSideEncryption: "AES256" });
  expect(encrypted.CopyObjectResult?.ChecksumSHA256).toBe(first.ChecksumSHA256);
  await copy({ CopySource: `${Bucket}/k?versionId=${first.VersionId}` });
  const ServerSideEncryptionConfiguration = {
    Rules: [
      {
        ApplyServerSideEncryptionByDefault: {
          SSEAlgorithm: "aws:kms",
          KMSMasterKeyID: "alias/aws/s3",
        },
      },
    ],
  } as const;
  await s3.send(
    new PutBucketEncryptionCommand({
      Bucket,
      ServerSideEncryptionConfiguration: { Rules: [...ServerSideEncryptionConfiguration.Rules] },
    }),
  );
  expect(await copy()).toMatchObject({
    ServerSideEncryption: "aws:kms",
    SSEKMSKeyId: expect.stringMatching(/^arn:aws:kms:[^:]+:\d{12}:key\//),
  });
  const { VersionId } = await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
  await expect(
    copy({ CopySource: `${Bucket}/k?versionId=${VersionId}`, Key: "other" }),
  ).rejects.toMatchObject({ name: "InvalidRequest" });
});

test("what is archived is told of and not read", async () => {
  const Bucket = await newBucket();
  for (const StorageClass of ["GLACIER", "DEEP_ARCHIVE"] as const) {
    await put(Bucket, StorageClass, "cold", { StorageClass });
    const name = { Bucket, Key: StorageClass };
    expect((await s3.send(new HeadObjectCommand(name))).StorageClass).toBe(StorageClass);
    await expect(s3.send(new GetObjectCommand(name))).rejects.toMatchObject({
      name: "InvalidObjectState",
      StorageClass,
      $metadata: { httpStatusCode: 403 },
    });
    const CopySource = `${Bucket}/${StorageClass}`;
    await expect(
      s3.send(new CopyObjectCommand({ Bucket, Key: "k", CopySource })),
    ).rejects.toMatchObject({ name: "ObjectNotInActiveTierError" });
  }
});

test("us-east-1 makes buckets everywhere, another region in itself alone", async () => {
  await create("us-east-1", "made-from-afar", at("eu-west-1"));
  for (const region of ["us-east-1", "us-west-2"])
    await expect(
      create(region, "made-from-afar", region === "us-east-1" ? {} : at(region)),
    ).rejects.toMatchObject({ name: "BucketAlreadyOwnedByYou" });
  const made = await create("us-east-1", "made-here");
  expect(made.BucketArn).toBe("arn:aws:s3:::made-here");
  await create("us-east-1", "made-here");
  const Tags = [{ Key: "a", Value: "b" }];
  await create("us-east-1", "tagged-at-once", { CreateBucketConfiguration: { Tags } });
  const tagging = new GetBucketTaggingCommand({ Bucket: "tagged-at-once" });
  expect((await s3.send(tagging)).TagSet).toEqual(Tags);
  for (const constraint of ["us-east-1", "us-gov-east-2", "eu-west-1"])
    await expect(create("us-west-2", "not-made", at(constraint))).rejects.toMatchObject({
      name: "IllegalLocationConstraintException",
    });
  for (const constraint of ["us-east-1", "moon"])
    await expect(create("us-east-1", "not-made", at(constraint))).rejects.toMatchObject({
      name: "InvalidLocationConstraint",
    });
});

test("a name of an account's own namespace tells whose it is", async () => {
  const account = cloud.cloud.credentials.accountId;
  const BucketNamespace = "account-regional";
  await create("us-east-1", `mine-${account}-us-east-1-an`, { BucketNamespace });
  for (const [name, more] of [
    ["mine", { BucketNamespace }],
    [`mine-${account}-us-west-2-an`, { BucketNamespace }],
    [`other-${account}-us-east-1-an`, {}],
    ["alias-s3alias", {}],
    ["sthree-mine", {}],
  ] as const)
    await expect(create("us-east-1", name, more)).rejects.toMatchObject({
      name: "InvalidBucketName",
    });
});

test("answers have the headers, statuses and words that AWS gives", async () => {
  const Bucket = await newBucket(true);
  const written = await put(Bucket, "k", "v", { CacheControl: "max-age=60" });
  const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: "k" }), {
    unsignableHeaders: new Set(["if-none-match"]),
  });
  const unchanged = await fetch(url, { headers: { "if-none-match": written.ETag! } });
  expect([unchanged.status, unchanged.headers.get("etag")]).toEqual([304, written.ETag]);
  expect(unchanged.headers.get("last-modified")).toMatch(/GMT$/);
  expect(unchanged.headers.get("cache-control")).toBe("max-age=60");
  const headUrl = await getSignedUrl(s3, new HeadBucketCommand({ Bucket }));
  const bucket = await fetch(headUrl, { method: "HEAD" });
  expect(bucket.headers.get("content-type")).toBe("application/xml");
  const TagSet = [{ Key: "a", Value: "b" }];
  const tagged = await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  expect(tagged.$metadata.httpStatusCode).toBe(204);
  const Policy = JSON.stringify({
    Statement: {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: `arn:aws:s3:::${Bucket}/none`,
    },
  });
  const policy = await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  expect(policy.$metadata.httpStatusCode).toBe(204);
  const ResponseExpires = new Date(0);
  const got = await s3.send(new HeadObjectCommand({ Bucket, Key: "k", ResponseExpires }));
  expect(got.ExpiresString).toBe("Thu, 01 Jan 1970 00:00:00 GMT");
  const { VersionId } = await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
  await expect(
    s3.send(new PutObjectTaggingCommand({ Bucket, Key: "k", VersionId, Tagging: { TagSet } })),
  ).rejects.toMatchObject({ name: "MethodNotAllowed", Method: "PUT" });
});

test("a key has 1,024 bytes at most", async () => {
  const Bucket = await newBucket();
  await put(Bucket, "é".repeat(512), "v");
  const Key = "k".repeat(1025);
  for (const command of [
    new PutObjectCommand({ Bucket, Key, Body: "v" }),
    new GetObjectCommand({ Bucket, Key }),
  ])
    await expect(s3.send(command as PutObjectCommand)).rejects.toMatchObject({
      name: "KeyTooLongError",
    });
  await expect(s3.send(new CreateMultipartUploadCommand({ Bucket, Key }))).rejects.toMatchObject({
    name: "KeyTooLongError",
  });
});
