import {
  CreateBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../testing.ts";
import {
  exchange,
  md5,
  presign,
  presignV2,
  send,
  type SignedCall,
} from "../testing/signed-call.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let cloud: TestCloud;
let s3: S3Client;
beforeAll(async () => {
  cloud = await startTestCloud();
  s3 = new S3Client({ ...cloud.clientConfig, region: "us-east-1" });
  await s3.send(new CreateBucketCommand({ Bucket: "edge" }));
  await s3.send(new PutObjectCommand({ Bucket: "edge", Key: "k", Body: "abc" }));
  await s3.send(new PutObjectCommand({ Bucket: "edge", Key: "victim", Body: "abc" }));
});
afterAll(async () => {
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

const signed = (call: SignedCall) => send(cloud.endpoint, cloud.cloud.credentials, call);
const listClusters = (call: Partial<SignedCall> = {}) =>
  signed({
    service: "ecs",
    body: "{}",
    ...call,
    headers: {
      "x-amz-target": "AmazonEC2ContainerServiceV20141113.ListClusters",
      "content-type": "application/x-amz-json-1.1",
      ...call.headers,
    },
  });
const get = (url: string, headers: Record<string, string | readonly string[]> = {}) =>
  exchange(cloud.endpoint, "GET", url, headers);

test("a call signed by hand is answered", async () => {
  expect(await listClusters()).toMatchObject({ status: 200 });
  const path = presign(cloud.endpoint, cloud.cloud.credentials, "/edge/k", { expires: "60" });
  expect(await get(path)).toEqual({ status: 200, body: "abc" });
});

test("S3 signs a path in its encoded form, also where it is sent as it is", async () => {
  await s3.send(new PutObjectCommand({ Bucket: "edge", Key: "day=1/10:24", Body: "abc" }));
  const path = "/edge/day%3D1/10%3A24";
  const url = presign(cloud.endpoint, cloud.cloud.credentials, path, { expires: "60" });
  expect(await get(url)).toEqual({ status: 200, body: "abc" });
  const asItIs = url.replace(path, "/edge/day=1/10:24");
  expect(await get(asItIs)).toEqual({ status: 200, body: "abc" });
});

describe("the scope is what runs", () => {
  test.each<[string, Partial<SignedCall>, string]>([
    [
      "another service",
      { service: "iam" },
      "Credential should be scoped to correct service: 'ecs'.",
    ],
    ["no service", { service: "" }, "Credential should be scoped to correct service: 'ecs'."],
    ["no region", { region: "" }, "Credential should be scoped to a valid region."],
    [
      "no such region",
      { region: "zz-nowhere-9" },
      "Credential should be scoped to a valid region.",
    ],
    ["another day", { scopeDate: "20200101" }, "Date in Credential scope does not match YYYYMMDD"],
  ])("%s is refused", async (_name, call, message) => {
    expect(await listClusters(call)).toEqual({
      status: 400,
      body: expect.stringMatching(
        new RegExp(`"InvalidSignatureException".*${RegExp.escape(message)}`),
      ),
    });
  });

  test("a query service says it in its protocol", async () => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const body = "Action=ListUsers&Version=2010-05-08";
    expect(await signed({ service: "iam", headers, body, region: "zz-nowhere-9" })).toEqual({
      status: 403,
      body: expect.stringMatching(/SignatureDoesNotMatch.*scoped to a valid region/s),
    });
    // A form belongs to the service that it was signed for: STS lists no users.
    expect(await signed({ service: "sts", headers, body })).toMatchObject({ status: 400 });
    expect(await signed({ service: "iam", headers, body })).toMatchObject({ status: 200 });
  });

  test("S3 says what is wrong with the header", async () => {
    const call = { service: "s3", method: "GET", path: "/edge/k" } as const;
    expect(await signed({ ...call, region: "zz-nowhere-9" })).toEqual({
      status: 400,
      body: expect.stringMatching(/AuthorizationHeaderMalformed.*zz-nowhere-9/s),
    });
    expect(await signed({ ...call, scopeDate: "20200101" })).toEqual({
      status: 400,
      body: expect.stringMatching(/AuthorizationHeaderMalformed.*Invalid credential date/s),
    });
  });

  test("a presigned GET of an object is no key to another service", async () => {
    const path = presign(cloud.endpoint, cloud.cloud.credentials, "/edge/k", { expires: "60" });
    const headers = {
      "x-amz-target": "AmazonEC2ContainerServiceV20141113.CreateCluster",
      "content-type": "application/x-amz-json-1.1",
    };
    const answer = await exchange(cloud.endpoint, "GET", path, headers, "{}");
    expect(answer.status).toBe(400);
    expect(await listClusters()).toEqual({
      status: 200,
      body: expect.stringContaining('"clusterArns":[]'),
    });
  });
});

describe("what matters is signed", () => {
  const target = "AmazonEC2ContainerServiceV20141113.DescribeClusters";
  test.each<[string, Partial<SignedCall>]>([
    ["the host", { signedHeaders: ["x-amz-date", "x-amz-target"] }],
    ["the date", { signedHeaders: ["host", "x-amz-target"] }],
    ["the operation", { signedHeaders: ["host", "x-amz-date"] }],
    [
      "the operation that was exchanged",
      { signedHeaders: ["host", "x-amz-date"], tamper: { headers: { "x-amz-target": target } } },
    ],
    ["a token that was added", { tamper: { headers: { "x-amz-security-token": "x" } } }],
    ["anything at all", { signedHeaders: ["zz"] }],
  ])("%s", async (_name, call) => {
    expect((await listClusters(call)).status).toBe(400);
  });

  test("S3 names the headers that were not signed", async () => {
    const call = { service: "s3", method: "PUT", path: "/edge/new", body: "x" } as const;
    const tamper = { headers: { "x-amz-acl": "public-read" } };
    expect(await signed({ ...call, tamper })).toEqual({
      status: 403,
      body: expect.stringMatching(/not signed<\/Message>.*<HeadersNotSigned>x-amz-acl</s),
    });
    const signedHeaders = ["host", "x-amz-date"];
    expect(await signed({ ...call, signedHeaders, payloadHash: "UNSIGNED-PAYLOAD" })).toMatchObject(
      {
        status: 403,
      },
    );
    const path = presign(cloud.endpoint, cloud.cloud.credentials, "/edge/k", { expires: "60" });
    expect(await get(path, { "x-amz-request-payer": "requester" })).toMatchObject({ status: 403 });
  });
});

describe("nothing is said twice", () => {
  test("no header", async () => {
    const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
    const twice: [string, string[]][] = [
      ["x-amz-date", [date, date]],
      ["host", [new URL(cloud.endpoint).host, "localhost"]],
    ];
    for (const [name, values] of twice)
      expect((await listClusters({ tamper: { headers: { [name]: values } } })).status).toBe(400);
  });
  test("no part of the Authorization header", async () => {
    const call = { service: "s3", method: "GET", path: "/edge/k" } as const;
    const authorization =
      "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=a, Signature=b";
    expect(await signed({ ...call, tamper: { headers: { authorization } } })).toMatchObject({
      status: 400,
    });
  });
  test("no parameter of a presigned URL, and no second way to sign", async () => {
    const path = presign(cloud.endpoint, cloud.cloud.credentials, "/edge/k", { expires: "60" });
    for (const more of ["X-Amz-Signature=x", "X-Amz-Expires=600000", "X-Amz-Credential=x"])
      expect(await get(`${path}&${more}`)).toEqual({
        status: 400,
        body: expect.stringContaining("AuthorizationQueryParametersError"),
      });
    const both = { service: "s3", method: "GET", path: "/edge/k" } as const;
    expect(await signed({ ...both, tamper: { query: path.slice(path.indexOf("?") + 1) } })).toEqual(
      {
        status: 400,
        body: expect.stringContaining("Only one auth mechanism allowed"),
      },
    );
  });
});

describe("a presigned URL ends", () => {
  const ask = (expires: string | undefined, at = Date.now()) =>
    get(presign(cloud.endpoint, cloud.cloud.credentials, "/edge/k", { expires, at }));
  test.each(["604801", "99999999", "-1", "abc", "", "0", "1e9", "1.5", "Infinity", " 60", "0x10"])(
    "X-Amz-Expires %j is refused",
    async (expires) => {
      expect(await ask(expires)).toEqual({
        status: 400,
        body: expect.stringContaining("AuthorizationQueryParametersError"),
      });
    },
  );
  test("one without an end is refused", async () => {
    expect((await ask(undefined)).status).toBe(400);
  });
  test("after its time", async () => {
    expect(await ask("60", Date.now() - 2 * MINUTE_MS)).toEqual({
      status: 403,
      body: expect.stringContaining("Request has expired"),
    });
    expect((await ask("604800", Date.now() - DAY_MS)).status).toBe(200);
  });
  test.each(["Infinity", "99999999999999999999", "1e12", "abc", "-5", ""])(
    "one of Version 2 with Expires %j is refused",
    async (expires) => {
      const path = presignV2(cloud.cloud.credentials, "/edge/k", expires);
      expect((await get(path)).status).toBe(403);
    },
  );
  test("Version 2 says nothing twice, and opens no other service", async () => {
    const soon = String(Math.floor(Date.now() / 1000) + 60);
    const path = presignV2(cloud.cloud.credentials, "/edge/k", soon);
    expect(await get(path)).toEqual({ status: 200, body: "abc" });
    expect((await get(`${path}&Expires=9999999999`)).status).toBe(403);
    const headers = { "x-amz-target": "AmazonEC2ContainerServiceV20141113.ListClusters" };
    expect((await get(path, headers)).status).not.toBe(200);
    expect((await get(path, { "x-amz-acl": "private" })).status).toBe(403);
  });
});

describe("the body is what was signed", () => {
  const twoKeys = ["nothing", "victim"].map(
    (key) => `<Delete><Object><Key>${key}</Key></Object></Delete>`,
  ) as [string, string];

  test("DeleteObjects deletes what was signed, or nothing", async () => {
    const [body, other] = twoKeys;
    const call = { service: "s3", path: "/edge?delete=", body } as const;
    const headers = { "content-md5": md5(other) };
    expect(await signed({ ...call, headers, tamper: { body: other } })).toEqual({
      status: 400,
      body: expect.stringContaining("XAmzContentSHA256Mismatch"),
    });
    expect(await s3.send(new HeadObjectCommand({ Bucket: "edge", Key: "victim" }))).toBeTruthy();
  });

  test("a document's MD5 and checksums are compared", async () => {
    const [body, other] = twoKeys;
    const call = { service: "s3", path: "/edge?delete=", body } as const;
    expect(await signed({ ...call, headers: { "content-md5": md5(other) } })).toEqual({
      status: 400,
      body: expect.stringContaining("BadDigest"),
    });
    expect(await signed({ ...call, headers: { "content-md5": "no" } })).toEqual({
      status: 400,
      body: expect.stringContaining("InvalidDigest"),
    });
    expect(await signed({ ...call, headers: { "x-amz-checksum-crc32": "AAAAAA==" } })).toEqual({
      status: 400,
      body: expect.stringContaining("BadDigest"),
    });
    expect(await signed({ ...call, headers: { "content-md5": md5(body) } })).toMatchObject({
      status: 200,
    });
  });

  test("so is every other document", async () => {
    const body = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";
    const tamper = { body: body.replace("Suspended", "Enabled") };
    const call = { service: "s3", method: "PUT", path: "/edge?versioning=", body } as const;
    expect((await signed({ ...call, tamper })).status).toBe(400);
    expect((await signed(call)).status).toBe(200);
  });

  test("S3 wants a hash, and one that can be read", async () => {
    const call = { service: "s3", method: "PUT", path: "/edge/n", body: "x" } as const;
    expect(await signed({ ...call, payloadHash: "zz" })).toEqual({
      status: 400,
      body: expect.stringContaining("InvalidArgument"),
    });
    const signedHeaders = ["host", "x-amz-date"];
    expect((await signed({ ...call, signedHeaders })).status).toBe(403);
  });

  test("an upload for no bucket that differs from its hash is refused, and the server lives", async () => {
    for (const path of ["/nobucket/k", "/nobucket/k?partNumber=1&uploadId=nope"]) {
      const call = { service: "s3", method: "PUT", path, body: "abc" } as const;
      expect((await signed({ ...call, tamper: { body: "abd" } })).status).toBe(404);
    }
    const payloadHash = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
    for (const body of ["zz", "5\r\nab", "2\r\nabcd\r\n0\r\n\r\n"])
      expect(
        (await signed({ service: "s3", method: "PUT", path: "/nobucket/k", body, payloadHash }))
          .status,
      ).toBe(404);
    expect((await listClusters()).status).toBe(200);
  });
});
