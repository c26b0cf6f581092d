import { createHash } from "node:crypto";
import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  PutImageCommand,
  PutLifecyclePolicyCommand,
} from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../testing.ts";

let cloud: TestCloud;
let ecr: ECRClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  ecr = new ECRClient(cloud.clientConfig);
});
afterAll(async () => {
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

const sha256 = (data: string) => `sha256:${createHash("sha256").update(data).digest("hex")}`;

async function call(
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
) {
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const authorization = `Basic ${authorizationData![0]!.authorizationToken}`;
  return fetch(`${cloud.endpoint}${path}`, {
    method,
    body,
    headers: { authorization, ...headers },
  });
}

/** Pushes an image of one layer as a registry client does; answers its digest. */
async function push(repository: string, tag: string, content: string): Promise<Response> {
  const config = JSON.stringify({ os: "linux", architecture: "amd64", config: { Cmd: [content] } });
  for (const blob of [config, content]) {
    const begun = await call("POST", `/v2/${repository}/blobs/uploads/`);
    const location = begun.headers.get("location")!;
    expect((await call("PATCH", location, blob)).status).toBe(202);
    expect((await call("PUT", `${location}?digest=${sha256(blob)}`)).status).toBe(201);
  }
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const descriptor = (data: string, type: string) => ({
    mediaType: type,
    digest: sha256(data),
    size: data.length,
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    config: descriptor(config, "application/vnd.oci.image.config.v1+json"),
    layers: [descriptor(content, "application/vnd.oci.image.layer.v1.tar")],
  });
  return call("PUT", `/v2/${repository}/manifests/${tag}`, manifest, { "content-type": mediaType });
}

test("an image is pushed, described, pulled by tag and digest, and deleted", async () => {
  const { repository } = await ecr.send(
    new CreateRepositoryCommand({ repositoryName: "team/app" }),
  );
  expect(repository!.repositoryUri).toBe(`${new URL(cloud.endpoint).host}/team/app`);
  const pushed = await push("team/app", "v1", "layer one");
  const digest = pushed.headers.get("docker-content-digest")!;
  expect(pushed.status).toBe(201);
  const { imageDetails } = await ecr.send(
    new DescribeImagesCommand({ repositoryName: "team/app" }),
  );
  expect(imageDetails).toMatchObject([{ imageDigest: digest, imageTags: ["v1"] }]);
  for (const reference of ["v1", digest]) {
    const manifest = await call("GET", `/v2/team/app/manifests/${reference}`);
    expect(sha256(await manifest.text())).toBe(digest);
  }
  const blob = await call("GET", `/v2/team/app/blobs/${sha256("layer one")}`);
  expect(await blob.text()).toBe("layer one");
  await expect(
    ecr.send(new DeleteRepositoryCommand({ repositoryName: "team/app" })),
  ).rejects.toMatchObject({
    name: "RepositoryNotEmptyException",
  });
  await ecr.send(
    new BatchDeleteImageCommand({ repositoryName: "team/app", imageIds: [{ imageTag: "v1" }] }),
  );
  expect((await call("GET", "/v2/team/app/manifests/v1")).status).toBe(404);
  await ecr.send(new DeleteRepositoryCommand({ repositoryName: "team/app" }));
});

test("an immutable tag is not moved", async () => {
  await ecr.send(
    new CreateRepositoryCommand({ repositoryName: "fixed", imageTagMutability: "IMMUTABLE" }),
  );
  expect((await push("fixed", "v1", "one")).status).toBe(201);
  expect((await push("fixed", "v1", "one")).status).toBe(201);
  const refused = await push("fixed", "v1", "two");
  expect([refused.status, await refused.json()]).toEqual([
    400,
    {
      errors: [
        { code: "TAG_INVALID", message: expect.stringContaining("because the tag is immutable") },
      ],
    },
  ]);
});

test("a blob whose content is not its digest is refused, and the upload is gone", async () => {
  await ecr.send(new CreateRepositoryCommand({ repositoryName: "checked" }));
  const location = (await call("POST", "/v2/checked/blobs/uploads/")).headers.get("location")!;
  await call("PATCH", location, "content");
  const refused = await call("PUT", `${location}?digest=${sha256("other")}`);
  expect([refused.status, await refused.text()]).toEqual([
    400,
    expect.stringContaining("DIGEST_INVALID"),
  ]);
  expect((await call("GET", location)).status).toBe(404);
});

test("the registry asks for a password, and knows its own", async () => {
  const unsigned = await fetch(`${cloud.endpoint}/v2/`);
  expect([unsigned.status, unsigned.headers.get("www-authenticate")]).toEqual([
    401,
    expect.stringContaining("Basic"),
  ]);
  const forged = await fetch(`${cloud.endpoint}/v2/`, {
    headers: { authorization: `Basic ${btoa("AWS:x.y")}` },
  });
  expect(forged.status).toBe(403);
  expect((await call("GET", "/v2/")).status).toBe(200);
});

test("a lifecycle policy that cannot work is refused with the reason", async () => {
  await ecr.send(new CreateRepositoryCommand({ repositoryName: "aging" }));
  const lifecyclePolicyText = JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        description: "Keep what has been released, expire the rest within two weeks",
        selection: { tagStatus: "tagged" },
      },
    ],
  });
  await expect(
    ecr.send(new PutLifecyclePolicyCommand({ repositoryName: "aging", lifecyclePolicyText })),
  ).rejects.toMatchObject({
    name: "InvalidParameterException",
    message: expect.stringContaining("tagPrefixList"),
  });
});

test("a manifest that is none, and a path that cannot be read, are refused in the registry's form", async () => {
  await ecr.send(new CreateRepositoryCommand({ repositoryName: "none" }));
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const parts: unknown[] = [5, "abc", [null], { a: 1 }, [[]], [{ digest: [sha256("x")], size: 1 }]];
  const manifests = [null, 5, [], "", ...parts.map((layers) => ({ schemaVersion: 2, layers }))];
  for (const manifest of [
    ...manifests,
    { schemaVersion: 2, mediaType: [mediaType] },
    { schemaVersion: 2, config: "abc" },
    { schemaVersion: 2, manifests: 5 },
    { schemaVersion: 2, mediaType, layers: [] },
  ]) {
    const body = JSON.stringify(manifest);
    const answer = await call("PUT", "/v2/none/manifests/x", body, { "content-type": mediaType });
    expect([body, answer.status]).toEqual([body, 400]);
    expect(await answer.json()).toMatchObject({ errors: [{ code: expect.any(String) }] });
    await expect(
      ecr.send(new PutImageCommand({ repositoryName: "none", imageManifest: body })),
    ).rejects.toMatchObject({ name: "InvalidParameterException" });
  }
  const unreadable = await call("GET", "/v2/%zz/manifests/x");
  expect(unreadable.status).toBe(400);
  expect(await unreadable.json()).toMatchObject({ errors: [{ code: "NAME_INVALID" }] });
});

test("a tag is deleted alone, and the image with its last one", async () => {
  await ecr.send(new CreateRepositoryCommand({ repositoryName: "untagged" }));
  for (const tag of ["v1", "v2"]) expect((await push("untagged", tag, "one")).status).toBe(201);
  expect((await call("DELETE", "/v2/untagged/manifests/v1")).status).toBe(202);
  expect((await call("GET", "/v2/untagged/manifests/v1")).status).toBe(404);
  expect((await call("GET", "/v2/untagged/manifests/v2")).status).toBe(200);
  expect((await call("DELETE", "/v2/untagged/manifests/v2")).status).toBe(202);
  const { imageDetails } = await ecr.send(
    new DescribeImagesCommand({ repositoryName: "untagged" }),
  );
  expect(imageDetails).toEqual([]);
});

test("tags and repositories come in pages", async () => {
  const names = ["paged/a", "paged/b", "paged/c"];
  for (const repositoryName of names)
    await ecr.send(new CreateRepositoryCommand({ repositoryName }));
  for (const tag of ["v3", "v1", "v2"]) await push("paged/a", tag, "one");
  const first = await call("GET", "/v2/paged/a/tags/list?n=2");
  expect(await first.json()).toEqual({ name: "paged/a", tags: ["v1", "v2"] });
  const next = /^<(.+)>; rel="next"$/.exec(first.headers.get("link")!)![1]!;
  const second = await call("GET", next);
  expect(await second.json()).toEqual({ name: "paged/a", tags: ["v3"] });
  expect(second.headers.get("link")).toBe(null);
  const catalog = await call("GET", "/v2/_catalog?n=2&last=paged");
  expect(await catalog.json()).toEqual({ repositories: ["paged/a", "paged/b"] });
  expect(catalog.headers.get("link")).toContain("last=paged%2Fb");
  const refused = await call("GET", "/v2/paged/a/tags/list?n=-1");
  expect([refused.status, await refused.json()]).toMatchObject([
    400,
    { errors: [{ code: "PAGINATION_NUMBER_INVALID" }] },
  ]);
});

test.each<[string, number, string, string | null]>([
  ["bytes=2-4", 206, "yer", "bytes 2-4/9"],
  ["bytes=6-", 206, "one", "bytes 6-8/9"],
  ["bytes=-3", 206, "one", "bytes 6-8/9"],
  ["bytes=0-99", 206, "layer one", "bytes 0-8/9"],
  ["bytes=4-2", 200, "layer one", null],
  ["lines=1-2", 200, "layer one", null],
])("a blob is read in part: %s", async (range, status, text, told) => {
  const answer = await call("GET", await blobPath(), undefined, { range });
  expect([answer.status, await answer.text(), answer.headers.get("content-range")]).toEqual([
    status,
    text,
    told,
  ]);
});

test("a range behind a blob's end is refused", async () => {
  const answer = await call("GET", await blobPath(), undefined, { range: "bytes=9-" });
  expect(answer.status).toBe(416);
});

/** Where a blob of the text `layer one` is. */
async function blobPath(): Promise<string> {
  await ecr.send(new CreateRepositoryCommand({ repositoryName: "parts" })).catch(() => {});
  await push("parts", "v1", "layer one");
  return `/v2/parts/blobs/${sha256("layer one")}`;
}

test("what refers to an image is listed, by kind", async () => {
  await ecr.send(new CreateRepositoryCommand({ repositoryName: "signed" }));
  const digest = (await push("signed", "v1", "one")).headers.get("docker-content-digest")!;
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    artifactType: "application/vnd.example.signature",
    manifests: [],
    subject: { mediaType, digest, size: 10 },
  });
  const put = await call("PUT", `/v2/signed/manifests/${sha256(manifest)}`, manifest, {
    "content-type": mediaType,
  });
  expect([put.status, put.headers.get("oci-subject")]).toEqual([201, digest]);
  const listed = await call("GET", `/v2/signed/referrers/${digest}`);
  expect(listed.headers.get("content-type")).toBe(mediaType);
  expect(await listed.json()).toMatchObject({
    schemaVersion: 2,
    manifests: [
      {
        digest: sha256(manifest),
        size: manifest.length,
        artifactType: "application/vnd.example.signature",
      },
    ],
  });
  const others = await call("GET", `/v2/signed/referrers/${digest}?artifactType=other`);
  expect(others.headers.get("oci-filters-applied")).toBe("artifactType");
  expect(await others.json()).toMatchObject({ manifests: [] });
});
