import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";

import { SteadyRequests } from "./steady-requests.ts";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server on loopback. @returns its port */
async function listen(status: number, seen: string[] = []): Promise<number> {
  const server = createServer((request, response) => {
    seen.push(`${request.headers.host}${request.url}`);
    response.writeHead(status).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const loadOf = (port: number) =>
  new SteadyRequests({
    host: "127.0.0.1",
    port,
    authority: "alb.local",
    path: "/a",
    perSecond: 200,
  });

test("requests are sent under the load balancer's name until they are to stop, and all are answered", async () => {
  const seen: string[] = [];
  const load = loadOf(await listen(200, seen));
  await vi.waitFor(() => expect(seen.length).toBeGreaterThan(20), { timeout: 60_000 });
  await load.stop();
  const { sent, lost } = load.counted;
  expect(seen).toHaveLength(sent);
  expect(new Set(seen)).toEqual(new Set(["alb.local/a"]));
  expect(lost).toBe(0);
});

test("errors of the server and connections that nobody takes count as lost", async () => {
  const port = await listen(503);
  const refused = await listen(200);
  servers.pop()!.close();
  for (const load of [loadOf(port), loadOf(refused)]) {
    await vi.waitFor(() => expect(load.counted.lost).toBeGreaterThan(3), { timeout: 60_000 });
    await load.stop();
    expect(load.counted.lost).toBe(load.counted.sent);
  }
});
