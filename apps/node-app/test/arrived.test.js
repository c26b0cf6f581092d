import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { test } from "node:test";
import { startApp } from "./start-app.js";

const ROLE = "arn:aws:iam::123456789012:role/node-app-task-hanako";
const REFUSAL = `User: ${ROLE} is not authorized to perform: s3:ListBucket`;

/** Credentials of a task role, and an S3 in which one of two buckets may be listed. */
async function startAws(t) {
  const server = createServer((request, response) => {
    const { authorization = "" } = request.headers;
    if (request.url === "/credentials") {
      if (authorization !== "open sesame") return response.writeHead(401).end();
      const Token = "a-token";
      return response.end(
        JSON.stringify({ RoleArn: ROLE, AccessKeyId: "AKIA", SecretAccessKey: "s", Token }),
      );
    }
    const isSigned =
      authorization.startsWith("AWS4-HMAC-SHA256 Credential=AKIA/") &&
      request.headers["x-amz-security-token"] === "a-token";
    if (isSigned && request.url.startsWith("/notes?list-type=2"))
      return response.end("<A><Contents><Key>a+note%2B1.txt</Key></Contents></A>");
    response.writeHead(403);
    response.end(`<Error><Code>AccessDenied</Code><Message>${REFUSAL}</Message></Error>`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${server.address().port}`;
}

async function ask(t, env) {
  const answer = await fetch(`${await startApp(t, env).url()}/config`);
  return { status: answer.status, body: await answer.json() };
}

test("/config shows a setting, the fingerprint of a password, and what the task role lists", async (t) => {
  const aws = await startAws(t);
  const env = {
    SITE_NAME: "Hanako's shop",
    DB_PASSWORD: "a very long secret",
    BUCKET: "notes",
    AWS_REGION: "ap-northeast-1",
    AWS_ENDPOINT_URL: aws,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${aws}/credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: "open sesame",
  };
  const passwordFingerprint = createHash("sha256").update("a very long secret").digest("hex");
  assert.deepEqual(await ask(t, env), {
    status: 200,
    body: {
      siteName: "Hanako's shop",
      passwordFingerprint: passwordFingerprint.slice(0, 8),
      role: ROLE,
      bucket: { name: "notes", objects: ["a note+1.txt"] },
    },
  });
  const refused = await ask(t, { ...env, BUCKET: "others" });
  assert.deepEqual(refused.body.bucket, { name: "others", error: `AccessDenied: ${REFUSAL}` });
  const closed = await ask(t, { ...env, AWS_CONTAINER_AUTHORIZATION_TOKEN: "" });
  assert.deepEqual(closed, {
    status: 502,
    body: { error: "the credentials endpoint answered 401" },
  });
});

test("/config shows nulls where nothing is set, and says that nobody asks for the bucket", async (t) => {
  const nothing = { siteName: null, passwordFingerprint: null, role: null, bucket: null };
  assert.deepEqual(await ask(t, {}), { status: 200, body: nothing });
  assert.deepEqual((await ask(t, { BUCKET: "notes" })).body.bucket, {
    name: "notes",
    error: "no task role: there are no credentials",
  });
});
