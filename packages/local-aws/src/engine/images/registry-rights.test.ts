import { createHash } from "node:crypto";
import {
  CreateRepositoryCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  SetRepositoryPolicyCommand,
} from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, expect, test } from "vitest";
import { policyOf, roleSession } from "../../services/iam/testing/role-session.ts";
import { startTestCloud, type TestCloud } from "../../testing.ts";

const ACCOUNT = "123456789012";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
let cloud: TestCloud;
let admin: ECRClient;
let owner: string;
beforeAll(async () => {
  cloud = await startTestCloud();
  admin = new ECRClient(cloud.clientConfig);
  for (const repositoryName of ["app", "given", "closed"])
    await admin.send(new CreateRepositoryCommand({ repositoryName }));
  owner = await tokenOf(cloud.clientConfig);
});
afterAll(async () => {
  admin.destroy();
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

async function tokenOf(config: TestCloud["clientConfig"]): Promise<string> {
  const ecr = new ECRClient(config);
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  ecr.destroy();
  return `Basic ${authorizationData![0]!.authorizationToken}`;
}

/** The token of a role that may do this in the registry. */
async function allowed(name: string, ...statements: object[]): Promise<string> {
  const login = { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" };
  const { clientConfig } = await roleSession(cloud, name, login, ...statements);
  return tokenOf(clientConfig);
}
const allow = (actions: string, repository = "app") => ({
  Effect: "Allow",
  Action: actions.split(" ").map((action) => `ecr:${action}`),
  Resource: `arn:aws:ecr:ap-northeast-1:${ACCOUNT}:repository/${repository}`,
});

const call = (authorization: string, method: string, path: string, body?: string) =>
  fetch(new URL(`/v2/${path}`, cloud.endpoint), {
    method,
    body,
    headers: { authorization, "content-type": MANIFEST },
  });
/** What a call is told that it may not; its status where it may. */
async function lacks(answer: Promise<Response>): Promise<string | number> {
  const response = await answer;
  const text = await response.text();
  if (response.status !== 403) return response.status;
  const { errors } = JSON.parse(text) as { errors: { code: string; message: string }[] };
  expect(errors[0]!.code).toBe("DENIED");
  return /^User: \S+ is not authorized to perform: (\S+) on resource: /.exec(
    errors[0]!.message,
  )![1]!;
}
const sha256 = (data: string) => `sha256:${createHash("sha256").update(data).digest("hex")}`;

/** Pushes an image of one layer; the first right that is missing, or 201. */
async function push(token: string, repository: string): Promise<string | number> {
  for (const content of ["{}", "layer"]) {
    const begun = await call(token, "POST", `${repository}/blobs/uploads/`);
    if (begun.status === 403) return lacks(Promise.resolve(begun));
    const upload = begun.headers.get("location")!.slice("/v2/".length);
    const part = await lacks(call(token, "PATCH", upload, content));
    if (part !== 202) return part;
    const end = await lacks(call(token, "PUT", `${upload}?digest=${sha256(content)}`));
    if (end !== 201) return end;
  }
  const blob = (content: string, mediaType: string) => ({
    mediaType,
    digest: sha256(content),
    size: content.length,
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: blob("{}", "application/vnd.oci.image.config.v1+json"),
    layers: [blob("layer", "application/vnd.oci.image.layer.v1.tar")],
  });
  return lacks(call(token, "PUT", `${repository}/manifests/v1`, manifest));
}

const PUSH = ["InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage"];

test("pushing needs each of its rights, one after the other", async () => {
  for (const [index, action] of PUSH.entries()) {
    const so = PUSH.slice(0, index).join(" ");
    const token = await allowed(`push-${index}`, ...(so === "" ? [] : [allow(so)]));
    expect(await push(token, "app")).toBe(`ecr:${action}`);
  }
  const token = await allowed("push", allow(PUSH.join(" ")));
  expect(await push(token, "app")).toBe(201);
  expect(await push(token, "given")).toBe("ecr:InitiateLayerUpload");
  // Whether there is such a repository is not told to whom it is closed.
  expect(await push(token, "none")).toBe("ecr:InitiateLayerUpload");
});

test("pulling needs the manifest's right and the layers'", async () => {
  expect(await push(owner, "app")).toBe(201);
  const token = await allowed("manifests", allow("BatchGetImage"));
  expect(await lacks(call(token, "GET", "app/manifests/v1"))).toBe(200);
  const blob = `app/blobs/${sha256("layer")}`;
  expect(await lacks(call(token, "GET", blob))).toBe("ecr:GetDownloadUrlForLayer");
  expect((await call(token, "HEAD", blob)).status).toBe(403);
  expect(await lacks(call(token, "GET", "app/tags/list"))).toBe("ecr:ListImages");
  expect(await lacks(call(token, "DELETE", "app/manifests/v1"))).toBe("ecr:BatchDeleteImage");
  expect(await lacks(call(token, "GET", "_catalog"))).toBe("ecr:DescribeRepositories");
  const layers = await allowed(
    "layers",
    allow("GetDownloadUrlForLayer BatchCheckLayerAvailability"),
  );
  expect(await lacks(call(layers, "GET", blob))).toBe(200);
  expect((await call(layers, "HEAD", blob)).status).toBe(200);
  expect(await lacks(call(layers, "GET", "app/manifests/v1"))).toBe("ecr:BatchGetImage");
});

test("a repository's policy gives to whom it names, and takes from all", async () => {
  for (const repository of ["given", "closed"]) expect(await push(owner, repository)).toBe(201);
  const token = await allowed("named", allow("*", "closed"));
  const statement = {
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/named` },
    Action: "ecr:BatchGetImage",
  };
  const set = (repositoryName: string, Effect: string) =>
    admin.send(
      new SetRepositoryPolicyCommand({
        repositoryName,
        policyText: policyOf({ Effect, ...statement }),
      }),
    );
  expect(await lacks(call(token, "GET", "given/manifests/v1"))).toBe("ecr:BatchGetImage");
  await set("given", "Allow");
  expect(await lacks(call(token, "GET", "given/manifests/v1"))).toBe(200);
  expect(await lacks(call(token, "GET", "closed/manifests/v1"))).toBe(200);
  await set("closed", "Deny");
  const { errors } = (await (await call(token, "GET", "closed/manifests/v1")).json()) as {
    errors: { message: string }[];
  };
  expect(errors[0]!.message).toBe(
    `User: arn:aws:sts::${ACCOUNT}:assumed-role/named/me is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:ap-northeast-1:${ACCOUNT}:repository/closed with an explicit deny in a resource-based policy`,
  );
});

test("a layer is mounted from where the caller may read", async () => {
  expect(await push(owner, "app")).toBe(201);
  const mount = `given/blobs/uploads/?mount=${sha256("layer")}&from=app`;
  const begins = await allowed("begins", allow("InitiateLayerUpload", "given"));
  expect(await lacks(call(begins, "POST", mount))).toBe(202);
  const reads = await allowed(
    "reads",
    allow("InitiateLayerUpload", "given"),
    allow("GetDownloadUrlForLayer"),
  );
  expect(await lacks(call(reads, "POST", mount))).toBe(201);
});
