import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GetParametersByPathCommand, SSMClient } from "@aws-sdk/client-ssm";
import { recipeFor } from "@workbook/stand-in-images/recipes";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { writeTinyLayer, type TinyEntry } from "../runtime/testing/tiny-image.ts";
import type { TaskCloud } from "../scheduler/testing/task-cloud.ts";
import { LoopbackRegistry, refuse } from "./testing/loopback-registry.ts";
import { CLOSED, configOf, FAR, PullingCloud } from "./testing/pulling-cloud.ts";

let pulling: PullingCloud;
let registry: LoopbackRegistry;
let cloud: TaskCloud;

beforeAll(async () => {
  pulling = await PullingCloud.start();
  ({ registry, cloud } = pulling);
});
beforeEach(() => registry.reset());
afterAll(() => pulling.stop());

const IN_PLACE = "runs something 1.0 of Debian in the place of";
const UNREACHED = "whose registry cannot be reached";
const ALWAYS = "as Local AWS always does for that image";
const VERSION = { "org.opencontainers.image.version": "something 1.0 of Debian" };

test("a mirror is asked by the registry's name, with the token that it wants, for the image of the platform, in an index of an index", async () => {
  const layer = await pulling.layerThatSays("hello from a mirror");
  const other = registry.put("team/app:other", {
    layer,
    config: configOf("app"),
    architecture: "s390x",
  });
  const own = registry.put("team/app:own", { layer, config: configOf("app") });
  registry.putIndex("team/app:v1", [registry.putIndex("team/app:all", [other, own])]);
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
  expect(await pulling.linesOf(`${FAR}/team/app:v1`)).toEqual(["hello from a mirror"]);
  expect(tokens).toEqual(["/token?service=images&scope=repository%3Ateam%2Fapp%3Apull"]);
  expect(registry.requests).toContain(`HEAD /v2/team/app/manifests/v1?ns=${FAR}`);
  expect(registry.requests.join("\n")).not.toContain(other.digest);
});

test("layers are shared by images, and an image that is here is had by its digest without the registry", async () => {
  const layer = await pulling.layerThatSays("shared");
  const { digest } = registry.put("team/one:v1", { layer, config: configOf("one") });
  registry.put("team/two:v1", { layer, config: configOf("two") });
  const blobs = () => registry.requests.filter((each) => each.includes("/blobs/")).length;
  await pulling.linesOf(`${FAR}/team/one:v1`);
  expect(blobs()).toBe(2);
  await pulling.linesOf(`${FAR}/team/two:v1`);
  expect(blobs()).toBe(3);
  registry.reset();
  expect(await pulling.linesOf(`${FAR}/team/one@${digest}`)).toEqual(["shared"]);
  expect(registry.requests).toEqual([]);
});

test("the next mirror is asked where one does not answer", async () => {
  registry.put("team/next:v1", {
    layer: await pulling.layerThatSays("next"),
    config: configOf("app"),
  });
  expect(await pulling.linesOf("two.test/team/next:v1")).toEqual(["next"]);
});

test("a redirect is followed, and takes no token to another host", async () => {
  const elsewhere = await LoopbackRegistry.start();
  const moved = { layer: await pulling.layerThatSays("moved"), config: configOf("moved") };
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
  expect(await pulling.linesOf(`${FAR}/team/moved:v1`)).toEqual(["moved"]);
  expect(tokens).toEqual([undefined, undefined]);
  await elsewhere.stop();
});

test("a download that breaks off goes on where it stopped", async () => {
  registry.put("team/broken:v1", {
    layer: await pulling.layerThatSays("whole"),
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
  expect(await pulling.linesOf(`${FAR}/team/broken:v1`)).toEqual(["whole"]);
  expect(ranges).toEqual([undefined, "bytes=6-", undefined]);
});

test("registries.json names mirrors, and is read at each pull", async () => {
  registry.put("team/file:v1", {
    layer: await pulling.layerThatSays("by a file"),
    config: configOf("app"),
  });
  const file = join(pulling.folder, "registries.json");
  writeFileSync(file, JSON.stringify({ mirrors: { "file.test": { endpoint: [registry.url] } } }));
  expect(await pulling.linesOf("file.test/team/file:v1")).toEqual(["by a file"]);
  writeFileSync(file, JSON.stringify({ mirrors: { "file.test": { endpoint: ["not a URL"] } } }));
  expect(await pulling.failureOf("file.test/team/file:v1")).toBe(
    `CannotPullContainerError: ${file}: a mirror is a URL such as http://127.0.0.1:5000, not "not a URL"`,
  );
  rmSync(file);
});

test("an image on this machine stands in where the registry cannot be reached, and says so", async () => {
  const layer = await pulling.layerThatSays("a stand-in");
  registry.put("team/stand-in:v1", { layer, config: configOf("stand-in") });
  const layout = join(pulling.folder, "stand-ins");
  registry.writeLayout(layout, "team/stand-in:v1", [
    { "org.opencontainers.image.ref.name": `${CLOSED}/stand-in:v1`, ...VERSION },
    { "org.opencontainers.image.ref.name": `${FAR}/stand-in:v1`, ...VERSION },
    {
      "org.opencontainers.image.ref.name": `${FAR}/team/stand-in:v1`,
      ...VERSION,
      "workbook.stand-in.always": "true",
    },
  ]);
  expect(await pulling.linesOf(`${CLOSED}/stand-in:v1`)).toEqual(["a stand-in"]);
  const image = `${CLOSED}/stand-in:v1`;
  await pulling.saysInService("stand-in", image, `${IN_PLACE} ${image}, ${UNREACHED}.`);
  // One that is always made here is not asked for elsewhere.
  const asked: string[] = [];
  registry.instead = ({ url = "" }) => {
    asked.push(url);
    return false;
  };
  expect(await pulling.linesOf(`${FAR}/team/stand-in:v1`)).toEqual(["a stand-in"]);
  const always = `${FAR}/team/stand-in:v1`;
  await pulling.saysInService("always", always, `${IN_PLACE} ${always}, ${ALWAYS}.`);
  expect(asked).toEqual([]);
  // A registry that answers is believed, and a digest is what it says.
  expect(await pulling.failureOf(`${FAR}/stand-in:v1`)).toMatch(/: not found$/);
  expect(await pulling.failureOf(`closed.test/stand-in@${"sha256:".padEnd(71, "0")}`)).toMatch(
    /refused$/,
  );
});

test("the router's image that a public parameter names is had where nothing of AWS is reached", async () => {
  const ssm = new SSMClient(cloud.test.clientConfig);
  const path = "/aws/service/aws-for-fluent-bit";
  const { Parameters = [] } = await ssm.send(new GetParametersByPathCommand({ Path: path }));
  ssm.destroy();
  const values = Parameters.filter(({ Name }) => !Name!.startsWith(`${path}/init-`));
  const stable = Parameters.find(({ Name }) => Name === `${path}/stable`)!.Value!;
  const ofGallery = (value: string) => value.replace(/^[^/]+/, "public.ecr.aws/aws-observability");
  for (const { Value } of values)
    for (const name of [Value!, ofGallery(Value!)])
      expect(recipeFor(name), name).toMatchObject({ name: "log-router", always: true });
  const layer = await pulling.layerThatSays("a router");
  registry.put("team/router:v1", { layer, config: configOf("router") });
  registry.writeLayout(join(pulling.folder, "stand-ins"), "team/router:v1", [
    {
      "org.opencontainers.image.ref.name": ofGallery(stable),
      ...VERSION,
      "workbook.stand-in.always": "true",
    },
  ]);
  expect(await pulling.linesOf(stable)).toEqual(["a router"]);
  // Another account's repository of that name is that account's.
  const other = stable.replace(/^\d+/, "999999999999");
  expect(await pulling.failureOf(other)).toContain(
    "does not exist in the registry with id '999999999999'",
  );
});

test.skipIf(process.platform !== "linux")(
  "a program of a whole image is refused by name where tasks are plain processes, unless it needs nothing of the image",
  async () => {
    const put = async (name: string, entries: readonly (readonly [string, TinyEntry])[]) => {
      const { file } = await writeTinyLayer(join(pulling.folder, "layers"), entries);
      const config = { Cmd: ["/bin/echo", name] };
      registry.put(`team/${name}:v1`, { layer: readFileSync(file), config });
      return `${FAR}/team/${name}:v1`;
    };
    const header = { mode: 0o755 };
    const echo = ["bin/echo", { ...header, content: readFileSync("/bin/echo") }] as const;
    const loaders = ["lib64/ld-linux-x86-64.so.2", "lib/ld-linux-aarch64.so.1"];
    const image = await put("whole", [
      echo,
      ...loaders.map((path) => [path, { ...header, content: "" }] as const),
    ]);
    expect(await pulling.failureOf(image)).toContain(
      `CannotStartContainerError: container "main" runs /bin/echo of the whole image ${image}, with the image's own libraries, which tasks that run as plain processes cannot do`,
    );
    expect(await pulling.linesOf(await put("alone", [echo]))).toEqual(["alone"]);
  },
);
