import { createHmac } from "node:crypto";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../testing.ts";
import { readSignatureV2, signV2, stringToSignV2 } from "./signature-v2.ts";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
  const s3 = new S3Client(cloud.clientConfig);
  const CreateBucketConfiguration = { LocationConstraint: "ap-northeast-1" } as const;
  await s3.send(new CreateBucketCommand({ Bucket: "signed", CreateBucketConfiguration }));
  await s3.send(new PutObjectCommand({ Bucket: "signed", Key: "a b", Body: "twice signed" }));
});
afterAll(async () => {
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

/** Asks for a path with a signature of `signedResource` that ends in `seconds`. */
async function ask(path: string, signedResource = path, seconds = 60): Promise<[number, string]> {
  const { accessKeyId, secretAccessKey } = cloud.cloud.credentials;
  const expires = Math.floor(Date.now() / 1000) + seconds;
  const signature = createHmac("sha1", secretAccessKey)
    .update(`GET\n\n\n${expires}\n${signedResource}`)
    .digest("base64");
  const url = new URL(path, cloud.endpoint);
  url.searchParams.set("AWSAccessKeyId", accessKeyId);
  url.searchParams.set("Signature", signature);
  url.searchParams.set("Expires", String(expires));
  const answer = await fetch(url);
  return [answer.status, await answer.text()];
}

test("AWS's own example has AWS's signature", () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html#RESTAuthenticationQueryStringAuth
  const url =
    "/photos/puppy.jpg?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620";
  const signed = readSignatureV2(url)!;
  const headers = { host: "johnsmith.s3.amazonaws.com" };
  const request = { method: "GET", url, headers, body: Buffer.alloc(0) };
  const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  expect(signV2(secret, stringToSignV2(request, signed.timestamp))).toBe(signed.signature);
});

test("an object and its sub-resources are read with it", async () => {
  expect(await ask("/signed/a%20b")).toEqual([200, "twice signed"]);
  expect(await ask("/signed?location")).toEqual([200, expect.stringContaining("ap-northeast-1")]);
});

test("what was not signed, and what has ended, is refused", async () => {
  expect(await ask("/signed/a%20b", "/signed/other")).toEqual([
    403,
    expect.stringContaining("<Code>SignatureDoesNotMatch</Code>"),
  ]);
  expect(await ask("/signed?location", "/signed")).toEqual([
    403,
    expect.stringContaining("<Code>SignatureDoesNotMatch</Code>"),
  ]);
  expect(await ask("/signed/a%20b", "/signed/a%20b", -1)).toEqual([
    403,
    expect.stringContaining("<Message>Request has expired</Message>"),
  ]);
});

test("it opens no other service", async () => {
  const { accessKeyId } = cloud.cloud.credentials;
  const query = `Action=DescribeVpcs&Version=2016-11-15&AWSAccessKeyId=${accessKeyId}&Signature=x&Expires=9999999999`;
  for (const more of ["", "&SignatureVersion=2"]) {
    const answer = await fetch(`${cloud.endpoint}/?${query}${more}`);
    expect(answer.status).toBeGreaterThanOrEqual(401);
    expect(await answer.text()).not.toContain("<vpcSet>");
  }
});
