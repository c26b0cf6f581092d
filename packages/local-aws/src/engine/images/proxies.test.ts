import { writeFileSync } from "node:fs";
import { createServer, request as forward, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { configOf, PullingCloud } from "./testing/pulling-cloud.ts";

let proxy: Server;
/** What it was asked for, and for whom a tunnel. */
const asked: string[] = [];
let pulling: PullingCloud;

beforeAll(async () => {
  proxy = createServer((incoming, response) => {
    const url = new URL(incoming.url!);
    asked.push(`${incoming.method} ${url.origin}`);
    const to = new URL(url.pathname + url.search, pulling.registry.url);
    const { method, headers } = incoming;
    forward(to, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    }).end();
  });
  proxy.on("connect", ({ url }, socket) => {
    asked.push(`CONNECT ${url}`);
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  vi.stubEnv("HTTP_PROXY", address);
  vi.stubEnv("https_proxy", address);
  vi.stubEnv("NO_PROXY", "near.test, 0.0.0.0/8");
  pulling = await PullingCloud.start();
  const mirrors = {
    "far.test": { endpoint: ["http://mirror.test"] },
    "near.test": { endpoint: ["http://near.test"] },
    "own.test": { endpoint: [pulling.registry.url] },
    // To Linux another name of this machine's.
    "range.test": { endpoint: [pulling.registry.url.replace("127.0.0.1", "0.0.0.0")] },
  };
  writeFileSync(join(pulling.folder, "registries.json"), JSON.stringify({ mirrors }));
  const layer = await pulling.layerThatSays("by a proxy");
  pulling.registry.put("team/app:v1", { layer, config: configOf("app") });
});
beforeEach(() => void (asked.length = 0));
afterAll(async () => {
  await pulling.stop();
  vi.unstubAllEnvs();
  proxy.closeAllConnections();
  await new Promise((resolve) => proxy.close(resolve));
});

test("a registry on this machine is asked without the proxy", async () => {
  expect(await pulling.linesOf("own.test/team/app:v1")).toEqual(["by a proxy"]);
  expect(asked).toEqual([]);
});

test("an image comes by the proxy that the environment names", async () => {
  const layer = await pulling.layerThatSays("from afar");
  pulling.registry.put("team/far:v1", { layer, config: configOf("far") });
  expect(await pulling.linesOf("far.test/team/far:v1")).toEqual(["from afar"]);
  expect(new Set(asked)).toEqual(new Set(["HEAD http://mirror.test", "GET http://mirror.test"]));
});

test("for HTTPS the proxy is asked for a tunnel; what it refuses is told", async () => {
  const why = await pulling.failureOf("secure.test/team/app:v1");
  expect(why).toMatch(/failed to resolve ref secure\.test\/team\/app:v1: failed to do request: /);
  expect(new Set(asked)).toEqual(new Set(["CONNECT secure.test:443"]));
});

test("what NO_PROXY names is asked without the proxy", async () => {
  const why = await pulling.failureOf("near.test/team/app:v1");
  expect(why).toContain("dial tcp: lookup near.test");
  expect(asked).toEqual([]);
});

test("a range of addresses in NO_PROXY is asked without the proxy", async () => {
  const layer = await pulling.layerThatSays("within the range");
  pulling.registry.put("team/range:v1", { layer, config: configOf("range") });
  expect(await pulling.linesOf("range.test/team/range:v1")).toEqual(["within the range"]);
  expect(asked).toEqual([]);
});
