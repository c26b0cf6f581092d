import { once } from "node:events";
import { createServer, request, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { WaitingCalls } from "./waiting-calls.ts";

/** A call that is under way: what the server has of it, and how its caller goes. */
async function call(): Promise<{ incoming: IncomingMessage; leave: () => void }> {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const sent = request({ port, host: "127.0.0.1" }).on("error", () => {});
  sent.end();
  const [incoming] = (await once(server, "request")) as [IncomingMessage];
  onTestFinished(() => void sent.destroy());
  return { incoming, leave: () => void sent.destroy() };
}

test("a call waits no longer than its caller is there", async () => {
  const { incoming, leave } = await call();
  const waits = new Promise((resolve) => {
    new WaitingCalls().wait(incoming, () => resolve("told"));
  });
  leave();
  expect(await waits).toBe("told");
});

test("calls that wait are hushed, and those that come meanwhile", async () => {
  const waiting = new WaitingCalls();
  const { incoming } = await call();
  const before = new Promise<void>((resolve) => void waiting.wait(incoming, resolve));
  const listen = waiting.hush();
  await before;
  await new Promise<void>((resolve) => void waiting.wait(incoming, resolve));
  listen();
  let told = 0;
  const stop = waiting.wait(incoming, () => told++);
  await new Promise(setImmediate);
  expect(told).toBe(0);
  stop();
  waiting.hush();
  expect(told).toBe(0);
});
