import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { serveOddTarget } from "./balancer-requests.ts";
import { CLOSED, note, type Generator, type Outcome } from "./outcome.ts";
import type { Place } from "./raw.ts";
import { until } from "./stack.ts";
import type { Web } from "./web.ts";
import type { Target } from "./target.ts";

const MIB = 1024 * 1024;
const IDLE_SECONDS = 2;
/** By when a connection of which nothing more comes is closed: twice the idle time-out, and what a busy machine takes. */
const MOST_MS = 30_000;
/** How many connections are opened at once. */
const STEP = 100;
/** What the load balancers' process may keep of a flood, and how soon it has given back the rest. */
const MAY_KEEP = 64 * MIB;
const GIVE_BACK_MS = 30_000;
/** What a client that reads slowly, or a target without an end, may cost. */
const MOST_WAITING = 256 * MIB;

/** Clients that do no more than hold a connection, by parts of a whole flood. */
const HELD = [
  {
    name: "half a head",
    share: 0.3,
    says: (host: string) => `GET /x HTTP/1.1\r\nHost: ${host}\r\nX-A: `,
  },
  { name: "nothing", share: 0.1, says: () => "" },
  {
    name: "a body that stalls",
    share: 0.1,
    says: (host: string) => `POST /x HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1000\r\n\r\nab`,
  },
  {
    name: "one request",
    share: 0.5,
    says: (host: string) => `GET /x HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
  },
] as const;

/**
 * Clients that hold connections, clients that read slowly, targets without an end, all in bounded number: each is let go
 * in its time, others are served meanwhile, and the memory comes back.
 */
export const balancerFlood: Generator = {
  name: "flood of a balancer",
  tries: { full: 5000, short: 400 },
  mostSeconds: 75,
  tasks: "process",
  run: async (target, tries, outcome) => {
    const { web, stack } = await serveOddTarget(target);
    await stack.setIdleTimeout(web, IDLE_SECONDS);
    await floodOnce(web, Math.min(tries, STEP), outcome);
    const before = target.memory().dataPlane;
    await floodOnce(web, tries, outcome);
    await outlast(web, outcome);
    if (before !== undefined) await comesBack(target, before, outcome);
    stack.close();
  },
};

/** Holds `count` connections until the load balancer lets go of each. */
async function floodOnce(web: Web, count: number, outcome: Outcome): Promise<void> {
  const held: { name: string; isClosed: Promise<boolean> }[] = [];
  for (const { name, share, says } of HELD)
    for (let left = Math.ceil(count * share); left > 0; left -= STEP) {
      const opened = Array.from({ length: Math.min(STEP, left) }, () => open(web));
      for (const socket of await Promise.all(opened))
        held.push({ name, isClosed: hold(socket, says(web.dnsName)) });
    }
  for (const { name, isClosed } of held)
    note(outcome, (await isClosed) ? CLOSED : 0, `a client that sends ${name} is still connected`);
}

function open({ host, port }: Place): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => resolve(socket));
    socket.once("error", reject);
  });
}

/** Whether the other side closes in time. */
function hold(socket: Socket, text: string): Promise<boolean> {
  socket.write(text);
  socket.resume();
  return new Promise((resolve) => {
    const patience = setTimeout(() => {
      resolve(false);
      socket.destroy();
    }, MOST_MS);
    socket.on("close", () => {
      clearTimeout(patience);
      resolve(true);
    });
  });
}

/** Clients that take little of a lot, and targets that have no end, for as long as it takes to see whether they cost memory. */
async function outlast(web: Web, outcome: Outcome): Promise<void> {
  const paths = ["/large?bytes=200000000", "/endless-head", "/endless-continue"];
  const sockets: Socket[] = [];
  for (const path of paths) {
    const socket = await open(web);
    socket.on("error", () => {});
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${web.dnsName}\r\n\r\n`);
    socket.pause();
    sockets.push(socket);
  }
  await delay(3000);
  for (const socket of sockets) socket.destroy();
  outcome.tried += sockets.length;
}

/** Whether the load balancers' process gives back what the flood took. */
async function comesBack(target: Target, before: number, outcome: Outcome): Promise<void> {
  const began = performance.now();
  const hasComeBack = () => (target.memory().dataPlane ?? 0) <= before + MAY_KEEP;
  const isBack = await until(hasComeBack, "memory", GIVE_BACK_MS).then(
    () => true,
    () => false,
  );
  const mib = (bytes: number) => Math.round(bytes / MIB);
  const after = target.memory().dataPlane ?? 0;
  const { peak } = target;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  outcome.notes.push(
    `the load balancers' process had ${mib(before)} MiB before, ${mib(peak.dataPlane)} at most, ${mib(after)} after ${seconds} s of rest`,
  );
  if (isBack && peak.dataPlane <= before + MOST_WAITING) return;
  outcome.wrong++;
  outcome.examples.push("it keeps more memory than it may");
}
