import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunTaskCommand, type ContainerDefinition } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { writeTinyLayer } from "../../runtime/testing/tiny-image.ts";
import { TaskCloud } from "../../scheduler/testing/task-cloud.ts";
import { hostArchitecture, LoopbackRegistry, refuse } from "../testing/loopback-registry.ts";

const FAR = "registry.test";
const CONFIG = {
  Cmd: ["node", "/main.js"],
  Labels: { "org.opencontainers.image.base.name": "node:24-slim" },
};
/** The configuration of an image that no other image has. */
const configOf = (name: string) => ({ ...CONFIG, Env: [`NAME=${name}`] });

let folder: string;
let registry: LoopbackRegistry;
let elsewhere: LoopbackRegistry;
let cloud: TaskCloud;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pull-"));
  registry = await LoopbackRegistry.start();
  elsewhere = await LoopbackRegistry.start();
  cloud = await TaskCloud.start({
    registryMirrors: {
      [FAR]: [registry.url],
      "closed.test": [await closedPort()],
      "two.test": [await closedPort(), registry.url],
    },
    registriesFile: join(folder, "registries.json"),
  });
});
beforeEach(() => registry.reset());
afterAll(async () => {
  expect(cloud.test.errors).toEqual([]);
  await cloud.stop();
  await registry.stop();
  await elsewhere.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** An address where nobody listens. */
async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** A layer with a program that says a word and ends. */
async function layerThatSays(word: string): Promise<Buffer> {
  const files = { "main.js": `console.log(${JSON.stringify(word)});` };
  return readFileSync((await writeTinyLayer(join(folder, "layers"), files)).file);
}

let families = 0;
const define = (image: string, settings: ContainerDefinition = {}) =>
  cloud.define(`pull-${families++}`, [
    { name: "main", image, logConfiguration: cloud.logTo(), ...settings },
  ]);

/** Runs a task of an image to its end; what it wrote. */
async function linesOf(image: string): Promise<string[]> {
  const { tasks } = await cloud.ecs.send(
    new RunTaskCommand({
      cluster: "c",
      taskDefinition: await define(image),
      launchType: "FARGATE",
      networkConfiguration: cloud.network,
    }),
  );
  const arn = tasks![0]!.taskArn!;
  await vi.waitFor(
    async () => {
      const task = await cloud.task(arn);
      expect(task, task.stoppedReason).toMatchObject({ lastStatus: "STOPPED" });
      expect(task.stopCode, task.stoppedReason).toBe("EssentialContainerExited");
    },
    { timeout: 60_000, interval: 20 },
  );
  return cloud.lines(arn);
}

const failureOf = async (image: string, settings?: ContainerDefinition) =>
  cloud.stoppedReason(await define(image, settings));

test("a mirror is asked by the registry's name, with the token that it wants, for the image of the platform", async () => {
  const layer = await layerThatSays("hello from a mirror");
  const other = registry.put("team/app:other", { layer, config: CONFIG, architecture: "s390x" });
  const own = registry.put("team/app:own", { layer, config: CONFIG });
  registry.putIndex("team/app:v1", [other, own]);
  const tokens: string[] = [];
  registry.instead = (request, response) => {
    if (request.url!.startsWith("/token")) {
      tokens.push(request.url!);
      response.end(JSON.stringify({ token: "let-me-in", expires_in: 300 }));
      return true;
    }
    if (request.headers.authorization === "Bearer let-me-in") return false;
    const challenge = `Bearer realm="${registry.url}/token",service="images",scope="repository:team/app:pull"`;
    refuse(response, 401, "UNAUTHORIZED", "authentication required", {
      "www-authenticate": challenge,
    });
    return true;
  };
  expect(await linesOf(`${FAR}/team/app:v1`)).toEqual(["hello from a mirror"]);
  expect(tokens).toEqual(["/token?service=images&scope=repository%3Ateam%2Fapp%3Apull"]);
  expect(registry.requests).toContain(`HEAD /v2/team/app/manifests/v1?ns=${FAR}`);
  expect(registry.requests.join("\n")).not.toContain(other.digest);
});

test("layers are shared by images, and an image that is here is had by its digest without the registry", async () => {
  const layer = await layerThatSays("shared");
  const { digest } = registry.put("team/one:v1", { layer, config: configOf("one") });
  registry.put("team/two:v1", { layer, config: configOf("two") });
  const blobs = () => registry.requests.filter((each) => each.includes("/blobs/")).length;
  await linesOf(`${FAR}/team/one:v1`);
  expect(blobs()).toBe(2);
  await linesOf(`${FAR}/team/two:v1`);
  expect(blobs()).toBe(3);
  registry.reset();
  expect(await linesOf(`${FAR}/team/one@${digest}`)).toEqual(["shared"]);
  expect(registry.requests).toEqual([]);
});

test("the next mirror is asked where one does not answer", async () => {
  registry.put("team/next:v1", { layer: await layerThatSays("next"), config: CONFIG });
  expect(await linesOf("two.test/team/next:v1")).toEqual(["next"]);
});

test("a redirect is followed, and takes no token to another host", async () => {
  const moved = { layer: await layerThatSays("moved"), config: configOf("moved") };
  registry.put("team/moved:v1", moved);
  elsewhere.put("team/moved:v1", moved);
  const tokens: (string | undefined)[] = [];
  elsewhere.instead = (request) => {
    tokens.push(request.headers.authorization);
    return false;
  };
  registry.instead = (request, response) => {
    if (request.url!.startsWith("/token")) {
      response.end(JSON.stringify({ access_token: "secret" }));
      return true;
    }
    if (request.headers.authorization === undefined) {
      const challenge = `Bearer realm="${registry.url}/token"`;
      refuse(response, 401, "UNAUTHORIZED", "", { "www-authenticate": challenge });
      return true;
    }
    if (!request.url!.includes("/blobs/")) return false;
    response.writeHead(307, { location: `${elsewhere.url}${request.url}` }).end();
    return true;
  };
  expect(await linesOf(`${FAR}/team/moved:v1`)).toEqual(["moved"]);
  expect(tokens).toEqual([undefined, undefined]);
});

test("a download that breaks off goes on where it stopped", async () => {
  registry.put("team/broken:v1", {
    layer: await layerThatSays("whole"),
    config: configOf("whole"),
  });
  const ranges: (string | undefined)[] = [];
  let isFirst = true;
  registry.instead = (request, response) => {
    if (!request.url!.includes("/blobs/")) return false;
    ranges.push(request.headers.range);
    if (!isFirst) return false;
    isFirst = false;
    // The configuration comes first. What of it lies on the disk need not be sent again.
    response.writeHead(200, { "content-length": 10 });
    response.write('{"os":');
    const uploads = join(cloud.dataDir, "pulled/layers/uploads");
    const isWritten = () =>
      readdirSync(uploads).some((name) => statSync(join(uploads, name)).size === 6);
    void vi.waitUntil(isWritten, 30_000).finally(() => response.destroy());
    return true;
  };
  expect(await linesOf(`${FAR}/team/broken:v1`)).toEqual(["whole"]);
  expect(ranges).toEqual([undefined, "bytes=6-", undefined]);
});

test("what passes is tried again, and what does not is told in containerd's words", async () => {
  const layer = await layerThatSays("late");
  registry.put("team/late:v1", { layer, config: CONFIG });
  let refusals = 2;
  registry.instead = (_request, response) => {
    if (refusals-- <= 0) return false;
    refuse(response, 503, "UNAVAILABLE", "come back later");
    return true;
  };
  expect(await linesOf(`${FAR}/team/late:v1`)).toEqual(["late"]);
  registry.put("team/limit:v1", { layer, config: configOf("limit") });
  registry.instead = (request, response) => {
    if (request.method === "HEAD") return false;
    refuse(response, 429, "TOOMANYREQUESTS", "You have reached your pull rate limit.");
    return true;
  };
  expect(await failureOf(`${FAR}/team/limit:v1`)).toMatch(
    /^CannotPullContainerError: inspect image has been retried 5 time\(s\): .*httpReadSeeker: failed open: unexpected status code http:\/\/127.0.0.1:\d+\/v2\/team\/limit\/manifests\/sha256:[0-9a-f]{64}: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit\.$/,
  );
});

test("each reason why an image cannot be had has ECS's words", async () => {
  const layer = await layerThatSays("never");
  const resolve = (times: number, image: string) =>
    `CannotPullContainerError: pull image manifest has been retried ${times} time(s): failed to resolve ref ${image}: `;
  expect(await failureOf(`${FAR}/team/none`)).toBe(
    `${resolve(7, `${FAR}/team/none:latest`)}${FAR}/team/none:latest: not found`,
  );
  expect(await failureOf("closed.test/app:v1")).toMatch(
    /retried 5 time\(s\): failed to resolve ref closed\.test\/app:v1: failed to do request: Head "http:\/\/127\.0\.0\.1:\d+\/v2\/app\/manifests\/v1\?ns=closed\.test": dial tcp 127\.0\.0\.1:\d+: connect: connection refused$/,
  );
  expect(await failureOf("nowhere.invalid/app:v1")).toMatch(
    /Head "https:\/\/nowhere\.invalid\/v2\/app\/manifests\/v1": dial tcp: lookup nowhere\.invalid: (?:no such host|Temporary failure in name resolution)$/,
  );
  const foreign = registry.put("team/far:one", { layer, config: CONFIG, architecture: "s390x" });
  registry.putIndex("team/far:v1", [foreign]);
  expect(await failureOf(`${FAR}/team/far:v1`)).toBe(
    `CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/${hostArchitecture()}'`,
  );
  const challenge = `Bearer realm="${registry.url}/token",error="insufficient_scope"`;
  registry.instead = (request, response) => {
    if (request.url!.startsWith("/token")) response.end(JSON.stringify({ token: "for nothing" }));
    else refuse(response, 401, "UNAUTHORIZED", "", { "www-authenticate": challenge });
    return true;
  };
  expect(await failureOf(`${FAR}/team/secret:v1`)).toBe(
    `${resolve(1, `${FAR}/team/secret:v1`)}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
  );
  registry.instead = (_request, response) => {
    refuse(response, 403, "DENIED", "no");
    return true;
  };
  expect(await failureOf(`${FAR}/team/denied:v1`)).toBe(
    `${resolve(1, `${FAR}/team/denied:v1`)}pulling from host ${new URL(registry.url).host} failed with status code [manifests v1]: 403 Forbidden`,
  );
});

test("what is not what its digest says, or longer than its manifest says, is not an image's", async () => {
  const layer = await layerThatSays("damaged");
  registry.put("team/damaged:v1", { layer, config: configOf("damaged") });
  registry.instead = (request, response) => {
    if (!request.url!.includes("/blobs/")) return false;
    response.end(Buffer.alloc(1000, "x"));
    return true;
  };
  const configSize = JSON.stringify({
    os: "linux",
    architecture: hostArchitecture(),
    config: configOf("damaged"),
  }).length;
  expect(await failureOf(`${FAR}/team/damaged:v1`)).toMatch(
    /^CannotPullContainerError: ref pull has been retried 1 time\(s\): failed to copy: failed size validation: more than \d+ bytes: failed precondition$/,
  );
  registry.instead = (request, response) => {
    if (!request.url!.includes("/blobs/")) return false;
    response.end(Buffer.alloc(configSize, "x"));
    return true;
  };
  expect(await failureOf(`${FAR}/team/damaged:v1`)).toMatch(
    /failed to copy: the content has digest sha256:[0-9a-f]{64}, not sha256:[0-9a-f]{64}: failed precondition$/,
  );
});

test("registries.json names mirrors, and is read at each pull", async () => {
  registry.put("team/file:v1", { layer: await layerThatSays("by a file"), config: CONFIG });
  const file = join(folder, "registries.json");
  writeFileSync(file, JSON.stringify({ mirrors: { "file.test": { endpoint: [registry.url] } } }));
  expect(await linesOf("file.test/team/file:v1")).toEqual(["by a file"]);
  writeFileSync(file, JSON.stringify({ mirrors: { "file.test": { endpoint: ["not a URL"] } } }));
  expect(await failureOf("file.test/team/file:v1")).toBe(
    `CannotPullContainerError: ${file}: a mirror is a URL such as http://127.0.0.1:5000, not "not a URL"`,
  );
  rmSync(file);
});

test("credentials of a private registry are refused by name", async () => {
  const settings = { repositoryCredentials: { credentialsParameter: "arn:aws:secretsmanager:x" } };
  expect(await failureOf(`${FAR}/team/private:v1`, settings)).toBe(
    "ResourceInitializationError: unable to pull secrets or registry auth: Local AWS does not support credentials of private registries (container 'main'): Secrets Manager, where they would be, is not there",
  );
});
