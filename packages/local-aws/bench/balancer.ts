import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { SystemClock } from "../src/clock/system-clock.ts";
import { DataPlaneProcess } from "../src/engine/load-balancer/data-plane-process.ts";
import {
  balancer,
  forwardAll,
  group,
  listener,
  target,
} from "../src/engine/load-balancer/testing/served-plane.ts";
import type { Workbench } from "./api.ts";
import { findNginx, startNginx } from "./nginx.ts";
import { inTurn, type Contestant } from "./rounds.ts";
import { rateRows, type Row } from "./table.ts";

const CONNECTIONS = 16;
const TARGETS = 2;
const REQUEST_LINES = [
  "GET / HTTP/1.1",
  "Host: workbook.elb.localhost",
  "User-Agent: traffic",
  "Accept: */*",
];

/**
 * Measures the load balancers' data plane, as the server starts it, beside nginx with one worker: each alone in front of
 * the same targets, which answer 25 bytes. Both add the forwarding headers, both keep connections to targets.
 */
export async function measureBalancer(workbench: Workbench): Promise<Row[]> {
  const { traffic } = workbench;
  const targets = await Promise.all(Array.from({ length: TARGETS }, () => traffic.serve()));
  const ports = targets.map(({ port }) => port);
  const ours = await startDataPlane(ports);
  const nginx = findNginx();
  const directory = join(workbench.directory, "nginx");
  mkdirSync(directory);
  const theirs = nginx === undefined ? undefined : await startNginx(nginx, directory, ports);
  const beside = theirs ? "nginx" : "nginx is not here";
  const servers = [ours, ...(theirs ? [{ pid: theirs.process.pid!, port: theirs.port }] : [])];
  const measure = (keepAlive: boolean) => {
    const contestants = servers.map((server): Contestant => {
      const request = `${REQUEST_LINES.join("\r\n")}\r\nConnection: ${keepAlive ? "keep-alive" : "close"}\r\n\r\n`;
      return { ...server, request: () => request };
    });
    return inTurn(traffic, contestants, { connections: CONNECTIONS, keepAlive });
  };
  try {
    const [kept, nginxKept] = await measure(true);
    const [fresh, nginxFresh] = await measure(false);
    return [
      ...rateRows("load balancer, kept alive", kept!, nginxKept, beside, "≥ 0.35"),
      ...rateRows("load balancer, a connection each", fresh!, nginxFresh, beside, "≥ 0.35"),
    ];
  } finally {
    await ours.stop();
    await theirs?.stop();
    await Promise.all(targets.map((each) => each.stop()));
  }
}

async function startDataPlane(
  targets: readonly number[],
): Promise<{ pid: number; port: number; stop(): Promise<void> }> {
  const clock = new SystemClock(1);
  const isReady = Promise.withResolvers<void>();
  const logger = {
    info: () => {},
    error: (message: string, detail: unknown) =>
      process.stderr.write(`${message}: ${String(detail)}\n`),
  };
  const events = { ready: isReady.resolve, lost: () => {}, metrics: () => {} };
  const dataPlane = new DataPlaneProcess(clock, logger, events);
  dataPlane.configure({
    homeAddress: "203.0.113.10",
    acceleration: 1,
    balancers: [balancer("workbook", [listener(80, [forwardAll()])])],
    targetGroups: [group(targets.map((port) => target({ host: "127.0.0.1", port })))],
  });
  dataPlane.ensureStarted();
  await isReady.promise;
  const socket = createServer().listen(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address() as AddressInfo;
  await dataPlane.listen({ id: 1, port: 80 }, socket);
  socket.close();
  return { pid: dataPlane.pid!, port, stop: () => dataPlane.stop() };
}
