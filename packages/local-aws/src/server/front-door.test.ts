import { readdirSync, rmSync } from "node:fs";
import { Agent, request, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { ECSClient, ListClustersCommand } from "@aws-sdk/client-ecs";
import {
  ElasticLoadBalancingV2Client,
  DescribeLoadBalancersCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CodeBuildClient, ListReportGroupsCommand } from "@aws-sdk/client-codebuild";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { SchedulerClient, ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startTestCloud, type TestCloud } from "../testing.ts";
import { bodyLimit, MAX_BODY_BYTES, readAll } from "../protocol/body.ts";
import { FrontDoor } from "./front-door.ts";
import { exchange } from "./testing/signed-call.ts";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(async () => {
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

/** Sends a raw request; `host` and other headers as they are given. */
function raw(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(cloud.endpoint);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode!, body: text }));
    });
    sent.on("error", reject).end(body);
  });
}

describe("a wrong secret is answered in each protocol's words", () => {
  const config = () => ({
    ...cloud.clientConfig,
    credentials: { ...cloud.clientConfig.credentials, secretAccessKey: "wrong" },
  });

  test("JSON: InvalidSignatureException", async () => {
    await expect(new ECSClient(config()).send(new ListClustersCommand({}))).rejects.toMatchObject({
      name: "InvalidSignatureException",
      message: expect.stringContaining("Check your AWS Secret Access Key and signing method"),
    });
  });
  test("query: SignatureDoesNotMatch", async () => {
    const elb = new ElasticLoadBalancingV2Client(config());
    await expect(elb.send(new DescribeLoadBalancersCommand({}))).rejects.toMatchObject({
      name: "SignatureDoesNotMatch",
      $metadata: { httpStatusCode: 403 },
    });
  });
  test("EC2: AuthFailure", async () => {
    await expect(new EC2Client(config()).send(new DescribeVpcsCommand({}))).rejects.toMatchObject({
      name: "AuthFailure",
      $metadata: { httpStatusCode: 401 },
    });
  });
  test("CBOR: InvalidSignatureException", async () => {
    await expect(
      new CloudWatchClient(config()).send(new DescribeAlarmsCommand({})),
    ).rejects.toMatchObject({
      name: "InvalidSignatureException",
      $metadata: { httpStatusCode: 400 },
    });
  });
  test("S3: SignatureDoesNotMatch", async () => {
    await expect(new S3Client(config()).send(new ListBucketsCommand({}))).rejects.toMatchObject({
      name: "SignatureDoesNotMatch",
    });
  });
  test("REST JSON: InvalidSignatureException", async () => {
    await expect(
      new SchedulerClient(config()).send(new ListSchedulesCommand({})),
    ).rejects.toMatchObject({
      name: "InvalidSignatureException",
    });
  });
});

test("an unknown key is not a client of this cloud", async () => {
  const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "x" };
  const config = { ...cloud.clientConfig, credentials };
  await expect(new ECSClient(config).send(new ListClustersCommand({}))).rejects.toMatchObject({
    name: "UnrecognizedClientException",
  });
  await expect(new S3Client(config).send(new ListBucketsCommand({}))).rejects.toMatchObject({
    name: "InvalidAccessKeyId",
  });
});

test("a clock that is off by an hour is told so", async () => {
  const client = new ECSClient({ ...cloud.clientConfig, systemClockOffset: 3_600_000 });
  // The SDK corrects its clock after such an answer, and with one attempt it tells us instead.
  await expect(client.send(new ListClustersCommand({}))).rejects.toMatchObject({
    name: "InvalidSignatureException",
    message: expect.stringContaining("Signature not yet current"),
  });
});

test("an unsigned call is refused", async () => {
  const headers = {
    "x-amz-target": "AmazonEC2ContainerServiceV20141113.ListClusters",
    "content-type": "application/x-amz-json-1.1",
  };
  const answer = await raw("POST", "/", headers, "{}");
  expect(answer).toMatchObject({
    status: 400,
    body: expect.stringContaining("MissingAuthenticationTokenException"),
  });
});

test("an operation without a handler says so by name", async () => {
  const client = new CodeBuildClient(cloud.clientConfig);
  await expect(client.send(new ListReportGroupsCommand({}))).rejects.toMatchObject({
    name: "NotImplemented",
    message: expect.stringContaining("codebuild:ListReportGroups"),
    $metadata: { httpStatusCode: 501 },
  });
});

describe("web pages are kept out", () => {
  test("a cross-site POST is refused before anything looks at it", async () => {
    const answer = await raw(
      "POST",
      "/",
      { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
      "Action=RunTask",
    );
    expect(answer).toMatchObject({
      status: 403,
      body: expect.stringContaining("CrossSiteRequest"),
    });
  });
  test("so is one from another port of this machine", async () => {
    const answer = await raw("GET", "/_local/topology", {
      origin: "http://localhost:5173",
      "sec-fetch-site": "same-site",
    });
    expect(answer.status).toBe(403);
  });
  test("a name that is not ours is refused, which is what DNS rebinding uses", async () => {
    const answer = await raw("GET", "/_local/health", { host: "evil.example:4566" });
    expect(answer).toMatchObject({ status: 421, body: expect.stringContaining("evil.example") });
  });
  test("loopback names are ours", async () => {
    for (const host of ["localhost:1", "127.0.0.1:1", "[::1]:1", "bucket.s3.localhost:1"]) {
      expect((await raw("GET", "/_local/health", { host })).status).toBe(200);
    }
  });
  test("what changes the cloud needs the token", async () => {
    expect((await raw("PUT", "/_local/snapshots/s")).status).toBe(401);
  });
});

/** A signature that is not looked at: the body is too long for that. */
const SIGNED =
  "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/ecs/aws4_request, SignedHeaders=host, Signature=0";

test("a body beyond the limit is refused, and the connection lives to tell", async () => {
  const headers = {
    authorization: SIGNED,
    "x-amz-date": "20260101T000000Z",
    "x-amz-target": "AmazonEC2ContainerServiceV20141113.ListClusters",
    "content-length": String(64 * 1024 * 1024),
  };
  expect(await raw("POST", "/", headers, "x")).toMatchObject({ status: 413 });
});

test("a body that turns out to be too long is refused, and its connection carries the next request", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = (method: string, path: string, body: Buffer | undefined) =>
    new Promise<{ status: number; reused: boolean }>((resolve, reject) => {
      const { hostname, port } = new URL(cloud.endpoint);
      const headers = {
        authorization: SIGNED,
        "x-amz-date": "20260101T000000Z",
        "x-amz-target": "AmazonEC2ContainerServiceV20141113.ListClusters",
      };
      const sent = request({ agent, hostname, port, method, path, headers }, (response) => {
        const answer = { status: response.statusCode!, reused: sent.reusedSocket };
        response.resume().on("end", () => resolve(answer));
      });
      sent.on("error", reject);
      // In pieces, so that no header tells the length.
      if (body) sent.write(body);
      sent.end();
    });
  try {
    const limit = bodyLimit({ protocol: "awsJson1.1", service: "ecs", method: "POST" });
    const tooLong = Buffer.alloc(limit + 1, "x");
    expect(await send("POST", "/", tooLong)).toEqual({ status: 413, reused: false });
    expect(await send("GET", "/_local/health", undefined)).toEqual({ status: 200, reused: true });
  } finally {
    agent.destroy();
  }
});

test("an idle connection is kept for longer than Go's clients keep theirs, and says so", async () => {
  const { headers } = await fetch(`${cloud.endpoint}/_local/health`);
  const [, seconds] = /^timeout=(\d+)$/.exec(headers.get("keep-alive") ?? "") ?? [];
  expect(Number(seconds)).toBeGreaterThan(90);
});

test("a fault after the body was read is answered with the request's id, and logged", async () => {
  const errors: string[] = [];
  const logger = { info: () => {}, error: (message: string) => void errors.push(message) };
  const door = new FrontDoor({ host: "127.0.0.1", port: 0, logger });
  const endpoint = await door.listen();
  onTestFinished(() => door.close());
  const handle = async (incoming: IncomingMessage): Promise<void> => {
    await readAll(incoming, MAX_BODY_BYTES);
    throw new TypeError("a bug");
  };
  const answers = () => Promise.reject(new Error("no mount took it"));
  door.open({ answer: answers, hush: () => () => {} }, [{ prefix: "/bug/", handle }]);
  const answer = await exchange(endpoint, "PUT", "/bug/", {}, "a body");
  expect(answer).toEqual({ status: 500, body: expect.stringContaining("InternalFailure") });
  const { message } = JSON.parse(answer.body) as { message: string };
  expect(errors).toEqual([expect.stringContaining(message.match(/[0-9a-f-]{36}/)![0])]);
});

test("a pause names what it waits for, and a sender who has gone is not waited for", async () => {
  const door = new FrontDoor({ host: "127.0.0.1", port: 0, logger: { info() {}, error() {} } });
  const endpoint = await door.listen();
  onTestFinished(() => door.close());
  const arrived = Promise.withResolvers<void>();
  const handle = async (incoming: IncomingMessage): Promise<void> => {
    arrived.resolve();
    await new Promise<void>((gone) => incoming.once("close", gone));
    await readAll(incoming, MAX_BODY_BYTES);
  };
  const answer = () => Promise.reject(new Error("no mount took it"));
  door.open({ answer, hush: () => () => {} }, [{ prefix: "/slow/", handle }]);
  const sent = request(`${endpoint}/slow/?q`, { method: "PUT" }).on("error", () => {});
  sent.end("a body");
  await arrived.promise;
  expect(await door.pause(1)).toEqual([expect.stringMatching(/^PUT \/slow\/ for \d+ s$/)]);
  sent.destroy();
  expect(await door.pause(60_000)).toBeTypeOf("function");
});

test("an object whose file has gone is an error, not a cut", async () => {
  const open = await startTestCloud();
  try {
    const s3 = new S3Client(open.clientConfig);
    const CreateBucketConfiguration = { LocationConstraint: "ap-northeast-1" } as const;
    await s3.send(new CreateBucketCommand({ Bucket: "gone", CreateBucketConfiguration }));
    await s3.send(new PutObjectCommand({ Bucket: "gone", Key: "k", Body: "x" }));
    const objects = join(open.cloud.dataDir, "objects");
    for (const entry of readdirSync(objects, { withFileTypes: true }))
      if (entry.isFile()) rmSync(join(objects, entry.name));
    await expect(s3.send(new GetObjectCommand({ Bucket: "gone", Key: "k" }))).rejects.toMatchObject(
      {
        $metadata: { httpStatusCode: 500 },
      },
    );
    expect(open.errors).toEqual([expect.stringMatching(/DamagedData: .* is gone\./)]);
  } finally {
    await open.stop();
  }
});

test("with --credentials any, every key is account 123456789012", async () => {
  const open = await startTestCloud({ credentials: "any" });
  try {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const { Vpcs } = await new EC2Client({ ...open.clientConfig, credentials }).send(
      new DescribeVpcsCommand({}),
    );
    expect(Vpcs).toMatchObject([{ OwnerId: "123456789012" }]);
    const unsigned = await fetch(`${open.endpoint}/?Action=DescribeVpcs&Version=2016-11-15`);
    expect(unsigned.status).toBe(401);
  } finally {
    await open.stop();
  }
});

test("an object may be a form: its body is not looked into for an operation", async () => {
  const s3 = new S3Client(cloud.clientConfig);
  const object = { Bucket: "forms", Key: "form" };
  const CreateBucketConfiguration = { LocationConstraint: "ap-northeast-1" } as const;
  await s3.send(new CreateBucketCommand({ Bucket: object.Bucket, CreateBucketConfiguration }));
  const ContentType = "application/x-www-form-urlencoded";
  await s3.send(new PutObjectCommand({ ...object, Body: "Action=ListRoles", ContentType }));
  const found = await s3.send(new GetObjectCommand(object));
  expect(await found.Body!.transformToString()).toBe("Action=ListRoles");
});
