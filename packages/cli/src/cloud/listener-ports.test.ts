import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { createServer as createHttpServer } from "node:http";
import { afterEach, expect, test } from "vitest";
import { requireListenerPorts } from "./listener-ports.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listen(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Something that answers `/_local/endpoints` with these listeners. */
async function cloudWith(listeners: readonly object[]): Promise<string> {
  const server = createHttpServer((_request, response) =>
    response.end(JSON.stringify({ listeners })),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a port that another program holds is named with it, and what to do", async () => {
  const port = await listen();
  const endpoint = await cloudWith([]);
  await expect(requireListenerPorts(endpoint, "exact", [port])).rejects.toMatchObject({
    code: "PORT_TAKEN",
    exitCode: 3,
    message: expect.stringMatching(
      new RegExp(`^Port ${port}, .* is taken by .*process ${process.pid}\\)\\.$`),
    ),
    next: { en: expect.stringContaining(`use ${port + 10_000} instead`) },
  });
});

test("a port on which a load balancer of this cloud listens already is its own", async () => {
  const port = await listen();
  const endpoint = await cloudWith([{ port, addresses: [{ host: "127.0.0.1", port }] }]);
  await expect(requireListenerPorts(endpoint, "exact", [port])).resolves.toBeUndefined();
});

test("with listeners on the offset, it is the offset that has to be free", async () => {
  const port = await listen();
  const endpoint = await cloudWith([]);
  await expect(requireListenerPorts(endpoint, "offset", [port - 10_000])).rejects.toThrow(
    `Port ${port}, where the load balancer's port ${port - 10_000} would answer`,
  );
});

test("a free port, and any port where listeners take free ones, are fine", async () => {
  const port = await listen();
  const endpoint = await cloudWith([]);
  await expect(requireListenerPorts(endpoint, "ephemeral", [port])).resolves.toBeUndefined();
});
