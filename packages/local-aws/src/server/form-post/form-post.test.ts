import { createHmac } from "node:crypto";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../testing.ts";

const Bucket = "forms";

let cloud: TestCloud;
let s3: S3Client;

beforeAll(async () => {
  cloud = await startTestCloud();
  s3 = new S3Client({ ...cloud.clientConfig, region: "us-east-1" });
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(async () => {
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

type Fields = Readonly<Record<string, string>>;

const hmac = (key: string | Buffer, text: string) =>
  createHmac("sha256", key).update(text).digest();

/** The fields of a form as SDKs sign it: with conditions for all of them, and `more`. */
function signV4(fields: Fields, more: readonly unknown[] = [], lastsMs = 60_000): Fields {
  const { accessKeyId, secretAccessKey } = cloud.clientConfig.credentials;
  const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
  const date = time.slice(0, 8);
  const signed: Fields = {
    ...fields,
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-credential": `${accessKeyId}/${date}/us-east-1/s3/aws4_request`,
    "x-amz-date": time,
  };
  const policy = policyOf(signed, more, lastsMs);
  let key = hmac(`AWS4${secretAccessKey}`, date);
  for (const part of ["us-east-1", "s3", "aws4_request"]) key = hmac(key, part);
  return { ...signed, policy, "x-amz-signature": hmac(key, policy).toString("hex") };
}

function signV2(fields: Fields): Fields {
  const { accessKeyId, secretAccessKey } = cloud.clientConfig.credentials;
  const policy = policyOf(fields, [], 60_000);
  const signature = createHmac("sha1", secretAccessKey).update(policy).digest("base64");
  return { ...fields, AWSAccessKeyId: accessKeyId, policy, signature };
}

function policyOf(fields: Fields, more: readonly unknown[], lastsMs: number): string {
  const named = new Set(more.map((condition) => (condition as string[])[1]));
  const exact = Object.entries({ bucket: Bucket, ...fields })
    .filter(([name]) => !named.has(`$${name}`))
    .map(([name, value]) => ({ [name]: value }));
  const expiration = new Date(Date.now() + lastsMs).toISOString();
  return Buffer.from(JSON.stringify({ expiration, conditions: [...exact, ...more] })).toString(
    "base64",
  );
}

async function post(fields: Fields, file: string | Buffer = "hello") {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", new Blob([file]), "C:\\pictures\\cat.png");
  const url = `${cloud.endpoint}/${Bucket}`;
  return fetch(url, { method: "POST", body: form, redirect: "manual" });
}

const text = async (Key: string) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString();

test("a form with a signed policy uploads its file", async () => {
  const fields = { key: "a b/${filename}", "Content-Type": "image/png", "x-amz-meta-who": "me" };
  const answer = await post(
    signV4({ ...fields, success_action_status: "201" }, [["starts-with", "$key", "a b/"]]),
  );
  expect([answer.status, answer.headers.get("etag")]).toEqual([
    201,
    '"5d41402abc4b2a76b9719d911017c592"',
  ]);
  expect(await answer.text()).toContain(`<Bucket>${Bucket}</Bucket><Key>a b/cat.png</Key>`);
  expect(await text("a b/cat.png")).toBe("hello");
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "a b/cat.png" }));
  expect(head).toMatchObject({ ContentType: "image/png", Metadata: { who: "me" } });
});

test("Version 2 signs forms too, which is what boto3 makes in its defaults", async () => {
  const answer = await post(signV2({ key: "old" }));
  expect([answer.status, answer.headers.get("location")]).toEqual([
    204,
    `${cloud.endpoint}/${Bucket}/old`,
  ]);
  expect(await text("old")).toBe("hello");
});

test("a form is sent on to where it wants", async () => {
  const answer = await post(
    signV4({ key: "sent-on", success_action_redirect: "http://localhost/done?a=b" }),
  );
  expect([answer.status, answer.headers.get("location")]).toEqual([
    303,
    `http://localhost/done?a=b&bucket=${Bucket}&key=sent-on&etag=%225d41402abc4b2a76b9719d911017c592%22`,
  ]);
});

test("a large file passes as it is, whatever is in it", async () => {
  const file = Buffer.from("\r\n--\r\n------WebKit".repeat(200_000));
  expect((await post(signV4({ key: "large" }), file)).status).toBe(204);
  expect(await text("large")).toBe(file.toString());
});

test.each([
  [
    "too small a file",
    () => signV4({ key: "no" }, [["content-length-range", 6, 9]]),
    "EntityTooSmall",
  ],
  [
    "too large a file",
    () => signV4({ key: "no" }, [["content-length-range", 1, 4]]),
    "EntityTooLarge",
  ],
  [
    "another prefix",
    () => signV4({ key: "no" }, [["starts-with", "$key", "yes/"]]),
    'Policy Condition failed: ["starts-with","$key","yes/"]',
  ],
  ["another key", () => ({ ...signV4({ key: "yes" }), key: "no" }), "Policy Condition failed"],
  [
    "a field that was not signed",
    () => ({ ...signV4({ key: "no" }), acl: "private" }),
    "Extra input fields: acl",
  ],
  ["a policy that is over", () => signV4({ key: "no" }, [], -1), "Policy expired."],
  [
    "another signature",
    () => ({ ...signV4({ key: "no" }), "x-amz-signature": "00" }),
    "SignatureDoesNotMatch",
  ],
  [
    "an unknown key",
    () => ({ ...signV2({ key: "no" }), AWSAccessKeyId: "AKIANOBODY" }),
    "InvalidAccessKeyId",
  ],
  ["no policy", () => ({ key: "no" }), "AccessDenied"],
  ["no key", () => signV4({}), "InvalidArgument"],
  [
    "an access control list",
    () => signV4({ key: "no", acl: "public-read" }),
    "AccessControlListNotSupported",
  ],
] satisfies [string, () => Fields, string][])(
  "a form with %s is refused",
  async (_name, fields, word) => {
    const answer = await post(fields());
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect((await answer.text()).replaceAll("&quot;", '"')).toContain(word);
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "no" }));
    expect(Contents).toEqual([]);
  },
);

test("a form that breaks off or has no file is refused", async () => {
  const url = `${cloud.endpoint}/${Bucket}`;
  const headers = { "content-type": "multipart/form-data; boundary=b" };
  const send = async (body: string) => (await fetch(url, { method: "POST", headers, body })).text();
  expect(await send("--b\r\n")).toContain("MalformedPOSTRequest");
  const field = '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nk\r\n';
  expect(await send(`${field}--b--\r\n`)).toContain("exactly one file upload per request");
  const long = field.replace("\r\nk\r\n", `\r\n${"k".repeat(30_000)}\r\n`);
  expect(await send(`${long}--b--\r\n`)).toContain("MaxPostPreDataLengthExceededError");
});
