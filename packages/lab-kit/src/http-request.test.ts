import { createServer } from "node:http";
import type { IncomingMessage, RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, onTestFinished, test } from "vitest";

import { createRequester, HttpRequestError } from "./http-request.ts";

async function serve(listener: RequestListener): Promise<{ host: string; port: number }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
}

test("goes to the effective address and keeps the load balancer's name in Host", async () => {
  const seen: IncomingMessage[] = [];
  const address = await serve((request, response) => {
    seen.push(request);
    response.end("Hello");
  });
  const request = createRequester(async () => address);
  const question = {
    dnsName: "alb.elb.localhost",
    path: "/info",
    headers: { "x-amzn-trace-id": "Root=1" },
  };
  expect(await request({ ...question, port: 80 })).toMatchObject({ status: 200, body: "Hello" });
  await request({ ...question, port: 8080 });
  expect(seen.map(({ url, headers }) => [url, headers.host, headers["x-amzn-trace-id"]])).toEqual([
    ["/info", "alb.elb.localhost", "Root=1"],
    ["/info", "alb.elb.localhost:8080", "Root=1"],
  ]);
});

test("asks on a connection of its own each time", async () => {
  const ports = new Set<number | undefined>();
  const address = await serve((request, response) => {
    ports.add(request.socket.remotePort);
    response.end();
  });
  const request = createRequester(async () => address);
  await request({ dnsName: "alb", port: 80, path: "/" });
  await request({ dnsName: "alb", port: 80, path: "/" });
  expect(ports.size).toBe(2);
});

test("hands back an error status like any other answer", async () => {
  const address = await serve(
    (_request, response) => void response.writeHead(503).end("no targets"),
  );
  const answer = await createRequester(async () => address)({
    dnsName: "alb",
    port: 80,
    path: "/",
  });
  expect(answer).toMatchObject({ status: 503, body: "no targets" });
});

test("says ETIMEDOUT when nobody answers in time, as behind a closed security group", async () => {
  const address = await serve(() => {});
  const asked = createRequester(async () => address)({
    dnsName: "alb",
    port: 80,
    path: "/",
    timeoutMs: 50,
  });
  await expect(asked).rejects.toThrow(HttpRequestError);
  await expect(asked).rejects.toMatchObject({
    code: "ETIMEDOUT",
    message: "GET http://alb/: ETIMEDOUT",
  });
});

test("says ECONNREFUSED when nobody listens", async () => {
  const request = createRequester(async () => ({ host: "127.0.0.1", port: 1 }));
  await expect(request({ dnsName: "alb", port: 8080, path: "/" })).rejects.toMatchObject({
    code: "ECONNREFUSED",
    message: "GET http://alb:8080/: ECONNREFUSED",
  });
});
