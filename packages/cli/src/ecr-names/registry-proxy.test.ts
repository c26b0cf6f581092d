import { createServer, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RegistryProxy } from "./registry-proxy.ts";

const ACCOUNT = "123456789012";
const NAME = `${ACCOUNT}.dkr.ecr.ap-northeast-1.amazonaws.com`;

/** What stands where Local AWS would: it says what it was asked. */
const there = createServer(async (request, response) => {
  const body = await text(request);
  const { method, url, headers } = request;
  response.setHeader("docker-content-digest", "sha256:0123");
  response.end(
    JSON.stringify({ method, url, host: headers.host, who: headers.authorization, body }),
  );
});
let proxy: RegistryProxy;

beforeAll(async () => {
  await new Promise<void>((resolve) => there.listen(0, "127.0.0.1", resolve));
  proxy = await RegistryProxy.start({ endpoint: address(), accountId: ACCOUNT });
});
afterAll(async () => {
  await proxy.close();
  there.closeAllConnections();
  await new Promise((resolve) => there.close(resolve));
});

const address = () => `http://127.0.0.1:${(there.address() as AddressInfo).port}`;

/** A way to a host through the proxy, as programs make it that were told of one. */
function tunnel(host: string, through: RegistryProxy = proxy): Promise<Duplex> {
  const { hostname, port } = new URL(through.address);
  return new Promise((resolve, reject) => {
    httpRequest({ hostname, port, method: "CONNECT", path: host })
      .once("connect", ({ statusCode }, socket) =>
        statusCode === 200 ? resolve(socket) : reject(new Error(`CONNECT: ${statusCode}`)),
      )
      .once("error", reject)
      .end();
  });
}

/** Asks a registry by its name and TLS, believing nobody but the proxy's authority. */
async function ask(name: string, options: { method?: string; body?: string } = {}) {
  const socket = await tunnel(`${name}:443`);
  const createConnection = () => connectTls({ socket, servername: name, ca: proxy.authority });
  const response = await new Promise<import("node:http").IncomingMessage>((resolve, reject) => {
    httpsRequest({
      host: name,
      path: "/v2/app/manifests/v1",
      method: options.method ?? "GET",
      headers: { authorization: "Basic QVdTOnNlY3JldA==" },
      createConnection,
    })
      .once("response", resolve)
      .once("error", reject)
      .end(options.body);
  });
  return { response, body: await text(response) };
}

test("a registry of ECR is met by its name and TLS, and is this cloud's", async () => {
  const { response, body } = await ask(NAME, { method: "PUT", body: "a manifest" });
  expect(response.headers["docker-content-digest"]).toBe("sha256:0123");
  expect(JSON.parse(body)).toEqual({
    method: "PUT",
    url: "/v2/app/manifests/v1",
    host: new URL(address()).host,
    who: "Basic QVdTOnNlY3JldA==",
    body: "a manifest",
  });
});

test("another account's registry is none of this cloud, and denies", async () => {
  const { response, body } = await ask(NAME.replace(ACCOUNT, "999999999999"));
  expect(response.statusCode).toBe(403);
  expect(JSON.parse(body)).toMatchObject({ errors: [{ code: "DENIED" }] });
});

test("all else goes where it was meant to go, unread, by the machine's own proxy where it has one", async () => {
  const onward = await RegistryProxy.start({
    endpoint: "http://127.0.0.1:1",
    accountId: ACCOUNT,
    upstream: new URL(proxy.address),
  });
  const host = new URL(address()).host;
  for (const through of [proxy, onward]) {
    const socket = await tunnel(host, through);
    socket.write("GET /as-it-is HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
    expect(await text(socket)).toContain('"url":"/as-it-is"');
  }
  await expect(tunnel("127.0.0.1:1")).rejects.toThrow("CONNECT: 502");
  await onward.close();
});
