import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ListTasksCommand, StopTaskCommand, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { dataPlaneOf } from "../attack/memory.ts";
import { until, type Stack } from "../attack/stack.ts";
import type { Web } from "../attack/web.ts";
import { Traffic, type PaceResult } from "../bench/traffic.ts";
import { SpawnedCloud } from "../tests/support/spawned-cloud.ts";
import { withStack, type Course, type Trial } from "./trial.ts";

const PER_SECOND = 500;
const SHORTEST_MS = 50;
const LONGEST_MS = 30_000;
/** What an answer may take beyond the time that its target takes: the machine is busy with all of this. */
const PATIENCE_MS = 60_000;
const SERVICE = "patient";
const TASKS = 3;
/** By then there is as much under way as there is going to be. */
const FULL_AFTER_MS = LONGEST_MS;

/** What happens to a service while it is asked. */
interface Event {
  readonly name: string;
  /** For how long requests are sent; the last is answered up to thirty seconds later. */
  readonly seconds: number;
  readonly happens: (field: Field) => Promise<void>;
  /** Whether requests may fail: those that were under way. */
  readonly mayFail?: true;
}

interface Field {
  readonly stack: Stack;
  readonly web: Web;
  readonly image: string;
}

const EVENTS: readonly Event[] = [
  { name: "a rolling update", seconds: 60, happens: rollingUpdate },
  { name: "StopTask", seconds: 45, happens: stopTask },
  { name: "scaling out and in", seconds: 60, happens: scale },
  { name: "kill -9 of the data plane", seconds: 40, happens: killDataPlane, mayFail: true },
];

/** 500 requests a second, each of which takes up to half a minute, while tasks come and go. */
export const traffic: Trial = {
  name: "traffic",
  what: `${PER_SECOND} requests/s of ${SHORTEST_MS / 1000} to ${LONGEST_MS / 1000} s through updates, stops, scaling and a killed data plane`,
  run: async (course) => {
    const root = resolve(import.meta.dirname, "../../..");
    const client = await Traffic.build(root, course.scratch);
    const dataDir = `${course.scratch}/data`;
    const cloud = await SpawnedCloud.spawn(dataDir, { stderr: "pipe" });
    await withStack(cloud, course, async (stack) => {
      const image = await stack.push("patient");
      const taskDefinition = await stack.define(SERVICE, image, { VERSION: "1" });
      const web = await stack.serve(SERVICE, taskDefinition, TASKS);
      for (const event of EVENTS) await ask(client, event, { stack, web, image }, course);
    });
  },
};

async function ask(client: Traffic, event: Event, field: Field, course: Course): Promise<void> {
  const { host, port, dnsName } = field.web;
  const asked = client.pace({
    address: `${host}:${port}`,
    host: dnsName,
    perSecond: PER_SECOND,
    seconds: event.seconds,
    shortestMs: SHORTEST_MS,
    longestMs: LONGEST_MS,
    patienceMs: PATIENCE_MS,
  });
  const [result] = await Promise.all([
    asked,
    delay(FULL_AFTER_MS).then(() => event.happens(field)),
  ]);
  report(event, result, course);
}

function report({ name, mayFail }: Event, result: PaceResult, course: Course): void {
  const { sent, answered, failures, mostUnderWay, lateMs, outageMs } = result;
  const failed = sent - answered;
  const kinds = Object.entries(failures).map(([what, count]) => `${count} × ${what}`);
  course.tell(
    `${name}: sent, failed`,
    `${sent}, ${failed}${kinds.length > 0 ? ` (${kinds.join("; ")})` : ""}`,
  );
  course.tell(`${name}: most under way at once`, mostUnderWay);
  course.tell(`${name}: later than the target, median, p99, most`, `${lateMs.join(", ")} ms`);
  if (failed > 0)
    course.tell(`${name}: from the first failure to an answer again`, `${outageMs} ms`);
  if (failed > 0 && !mayFail) course.violate(`${name}: ${failed} of ${sent} requests failed`);
}

async function rollingUpdate({ stack, image }: Field): Promise<void> {
  const taskDefinition = await stack.define(SERVICE, image, { VERSION: "2" });
  await stack.ecs.send(
    new UpdateServiceCommand({ cluster: "c", service: SERVICE, taskDefinition }),
  );
  await stack.steady(SERVICE);
}

async function stopTask({ stack, web }: Field): Promise<void> {
  const { taskArns } = await stack.ecs.send(
    new ListTasksCommand({ cluster: "c", serviceName: SERVICE }),
  );
  await stack.ecs.send(new StopTaskCommand({ cluster: "c", task: taskArns![0]! }));
  await until(async () => (await stack.healthy(web)) < TASKS, "target less");
  await until(async () => (await stack.healthy(web)) === TASKS, "task in its place");
}

async function scale({ stack, web }: Field): Promise<void> {
  for (const desiredCount of [6, 1, TASKS]) {
    await stack.ecs.send(
      new UpdateServiceCommand({ cluster: "c", service: SERVICE, desiredCount }),
    );
    await until(async () => (await stack.healthy(web)) === desiredCount, `${desiredCount} targets`);
  }
}

async function killDataPlane({ stack }: Field): Promise<void> {
  const pid = dataPlaneOf(stack.cloud.pid);
  if (pid === undefined) throw new Error("the load balancers' process is not to be found");
  process.kill(pid, "SIGKILL");
  await until(() => dataPlaneOf(stack.cloud.pid) !== undefined, "data plane");
}
