import { createHash } from "node:crypto";
import { request } from "node:http";
import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
} from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startTestCloud, type TestCloud } from "../../testing.ts";

let cloud: TestCloud;
let authorization: string;

beforeAll(async () => {
  cloud = await startTestCloud();
  const ecr = new ECRClient(cloud.clientConfig);
  for (const repositoryName of ["one", "two"])
    await ecr.send(new CreateRepositoryCommand({ repositoryName }));
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  authorization = `Basic ${authorizationData![0]!.authorizationToken}`;
});
afterAll(async () => {
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

const sha256 = (data: string) => `sha256:${createHash("sha256").update(data).digest("hex")}`;

const call = (method: string, path: string, body?: string, headers: Record<string, string> = {}) =>
  fetch(new URL(path, cloud.endpoint), {
    method,
    body,
    headers: { authorization, ...headers },
  });

async function begin(): Promise<string> {
  const begun = await call("POST", "/v2/one/blobs/uploads/");
  expect(begun.status).toBe(202);
  return begun.headers.get("location")!;
}

const told = ({ status, headers }: Response) => [status, headers.get("range")];

test("a blob comes in chunks, each where the one before it ended", async () => {
  const upload = await begin();
  const chunk = (method: string, path: string, body: string, from: number) =>
    call(method, path, body, { "content-range": `${from}-${from + body.length - 1}` });
  expect(told(await chunk("PATCH", upload, "first ", 0))).toEqual([202, "0-5"]);
  expect(told(await call("GET", upload))).toEqual([204, "0-5"]);
  expect((await chunk("PATCH", upload, "third", 12)).status).toBe(416);
  expect(told(await chunk("PATCH", upload, "second ", 6))).toEqual([202, "0-12"]);
  const digest = sha256("first second third");
  const end = `${upload}?digest=${digest}`;
  expect((await chunk("PUT", end, "third", 6)).status).toBe(416);
  const ended = await chunk("PUT", end, "third", 13);
  expect([ended.status, ended.headers.get("docker-content-digest")]).toEqual([201, digest]);
  const blob = await call("GET", ended.headers.get("location")!);
  expect(await blob.text()).toBe("first second third");
  expect((await call("GET", upload)).status).toBe(404);
});

test("an upload whose connection breaks off goes on from what has come", async () => {
  const upload = await begin();
  const broken = request(new URL(upload, cloud.endpoint), {
    method: "PATCH",
    headers: { authorization, "content-length": 100 },
  });
  broken.once("error", () => {}); // It is cut off below.
  broken.write("what has come, ");
  await vi.waitFor(
    async () => expect(told(await call("GET", upload))).toEqual([204, "0-14"]),
    60_000,
  );
  broken.destroy();
  const digest = sha256("what has come, and the rest");
  const ended = await call("PUT", `${upload}?digest=${digest}`, "and the rest");
  expect([ended.status, ended.headers.get("docker-content-digest")]).toEqual([201, digest]);
});

test("a blob of another repository is mounted, and one that is not there is to be uploaded", async () => {
  const digest = sha256("shared");
  await call("POST", `/v2/one/blobs/uploads/?digest=${digest}`, "shared");
  expect((await call("HEAD", `/v2/two/blobs/${digest}`)).status).toBe(404);
  const mount = (from: string, what: string) =>
    call("POST", `/v2/two/blobs/uploads/?mount=${what}&from=${from}`);
  const mounted = await mount("one", digest);
  expect([mounted.status, mounted.headers.get("location")]).toEqual([
    201,
    `/v2/two/blobs/${digest}`,
  ]);
  expect(await (await call("GET", `/v2/two/blobs/${digest}`)).text()).toBe("shared");
  for (const missing of [await mount("one", sha256("other")), await mount("three", digest)])
    expect([missing.status, missing.headers.get("location")]).toEqual([
      202,
      expect.stringMatching(/^\/v2\/two\/blobs\/uploads\//),
    ]);
});

test("what an index holds is not deleted before the index, by the registry either", async () => {
  const put = async (type: string, reference: string, content: object) => {
    const text = JSON.stringify({ schemaVersion: 2, mediaType: type, ...content });
    const path = `/v2/one/manifests/${reference}`;
    expect((await call("PUT", path, text, { "content-type": type })).status).toBe(201);
    return { mediaType: type, digest: sha256(text), size: text.length };
  };
  const config = {
    mediaType: "application/vnd.oci.image.config.v1+json",
    digest: sha256("{}"),
    size: 2,
  };
  await call("POST", `/v2/one/blobs/uploads/?digest=${config.digest}`, "{}");
  const image = await put("application/vnd.oci.image.manifest.v1+json", "amd64", {
    config,
    layers: [],
  });
  await put("application/vnd.oci.image.index.v1+json", "v1", { manifests: [image] });
  const remove = (reference: string) => call("DELETE", `/v2/one/manifests/${reference}`);
  expect((await remove(image.digest)).status).toBe(405);
  const ecr = new ECRClient(cloud.clientConfig);
  const { failures } = await ecr.send(
    new BatchDeleteImageCommand({
      repositoryName: "one",
      imageIds: [{ imageDigest: image.digest }],
    }),
  );
  expect(failures).toMatchObject([{ failureCode: "ImageReferencedByManifestList" }]);
  expect((await remove("v1")).status).toBe(202);
  expect((await remove(image.digest)).status).toBe(202);
});
