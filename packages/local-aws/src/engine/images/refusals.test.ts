import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { hostArchitecture, refuse, type LoopbackRegistry } from "./testing/loopback-registry.ts";
import { CLOSED, configOf, FAR, PullingCloud } from "./testing/pulling-cloud.ts";

let pulling: PullingCloud;
let registry: LoopbackRegistry;

beforeAll(async () => {
  pulling = await PullingCloud.start();
  ({ registry } = pulling);
});
beforeEach(() => registry.reset());
afterAll(() => pulling.stop());

test("what passes is tried again, and what does not is told in containerd's words", async () => {
  const layer = await pulling.layerThatSays("late");
  registry.put("team/late:v1", { layer, config: configOf("app") });
  let refusals = 2;
  registry.instead = (_request, response) => {
    if (refusals-- <= 0) return false;
    refuse(response, 503, "UNAVAILABLE", "come back later");
    return true;
  };
  expect(await pulling.linesOf(`${FAR}/team/late:v1`)).toEqual(["late"]);
  registry.put("team/limit:v1", { layer, config: configOf("limit") });
  registry.instead = (request, response) => {
    if (request.method === "HEAD") return false;
    refuse(response, 429, "TOOMANYREQUESTS", "You have reached your pull rate limit.");
    return true;
  };
  expect(await pulling.failureOf(`${FAR}/team/limit:v1`)).toMatch(
    /^CannotPullContainerError: inspect image has been retried 5 time\(s\): .*httpReadSeeker: failed open: unexpected status code http:\/\/127.0.0.1:\d+\/v2\/team\/limit\/manifests\/sha256:[0-9a-f]{64}: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit\.$/,
  );
});

test("each reason why an image cannot be had has ECS's words", async () => {
  const layer = await pulling.layerThatSays("never");
  const resolve = (times: number, image: string) =>
    `CannotPullContainerError: pull image manifest has been retried ${times} time(s): failed to resolve ref ${image}: `;
  expect(await pulling.failureOf(`${FAR}/team/none`)).toBe(
    `${resolve(7, `${FAR}/team/none:latest`)}${FAR}/team/none:latest: not found`,
  );
  expect(await pulling.failureOf(`${CLOSED}/app:v1`)).toMatch(
    /retried 5 time\(s\): failed to resolve ref closed\.test\/app:v1: failed to do request: Head "http:\/\/127\.0\.0\.1:\d+\/v2\/app\/manifests\/v1\?ns=closed\.test": dial tcp 127\.0\.0\.1:\d+: connect: connection refused$/,
  );
  expect(await pulling.failureOf("nowhere.invalid/app:v1")).toMatch(
    /Head "https:\/\/nowhere\.invalid\/v2\/app\/manifests\/v1": dial tcp: lookup nowhere\.invalid: (?:no such host|Temporary failure in name resolution)$/,
  );
  const foreign = registry.put("team/far:one", {
    layer,
    config: configOf("app"),
    architecture: "s390x",
  });
  registry.putIndex("team/far:v1", [foreign]);
  registry.putIndex("team/far:none", []);
  for (const tag of ["one", "v1", "none"])
    expect(await pulling.failureOf(`${FAR}/team/far:${tag}`)).toBe(
      `CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/${hostArchitecture()}'`,
    );
  const challenge = `Bearer realm="${registry.url}/token",error="insufficient_scope"`;
  registry.instead = (request, response) => {
    if (request.url!.startsWith("/token")) response.end(JSON.stringify({ token: "for nothing" }));
    else refuse(response, 401, "UNAUTHORIZED", "", { "www-authenticate": challenge });
    return true;
  };
  expect(await pulling.failureOf(`${FAR}/team/secret:v1`)).toBe(
    `${resolve(1, `${FAR}/team/secret:v1`)}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
  );
  registry.instead = (_request, response) => {
    refuse(response, 403, "DENIED", "no");
    return true;
  };
  expect(await pulling.failureOf(`${FAR}/team/denied:v1`)).toBe(
    `${resolve(1, `${FAR}/team/denied:v1`)}pulling from host ${new URL(registry.url).host} failed with status code [manifests v1]: 403 Forbidden`,
  );
});

test("what is not what its digest says, or longer than its manifest says, is not an image's", async () => {
  const layer = await pulling.layerThatSays("damaged");
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
  expect(await pulling.failureOf(`${FAR}/team/damaged:v1`)).toMatch(
    /^CannotPullContainerError: ref pull has been retried 1 time\(s\): failed to copy: failed size validation: more than \d+ bytes: failed precondition$/,
  );
  registry.instead = (request, response) => {
    if (!request.url!.includes("/blobs/")) return false;
    response.end(Buffer.alloc(configSize, "x"));
    return true;
  };
  expect(await pulling.failureOf(`${FAR}/team/damaged:v1`)).toMatch(
    /failed to copy: the content has digest sha256:[0-9a-f]{64}, not sha256:[0-9a-f]{64}: failed precondition$/,
  );
});
