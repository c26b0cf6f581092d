import { setTimeout as delay } from "node:timers/promises";
import type { Stack } from "../attack/stack.ts";
import type { Web } from "../attack/web.ts";
import type { PaceResult, Traffic } from "../bench/traffic.ts";
import type { TaskCounts } from "./task-counts.ts";
import type { Course } from "./trial.ts";

const PER_SECOND = 300;
const SHORTEST_MS = 100;
const LONGEST_MS = 30_000;
/** What an answer may take beyond the time that its target takes: the machine is busy with all of this. */
const PATIENCE_MS = 60_000;
/** By then there is as much under way as there is going to be. */
const FULL_AFTER_MS = LONGEST_MS;
const SECONDS = 75;

/** How much is asked while a service is deployed. */
export const LOAD = `${PER_SECOND} requests/s of ${SHORTEST_MS / 1000} to ${LONGEST_MS / 1000} s`;
/** How many tasks a service that is deployed has. */
export const TASKS = 3;
/** A program that ends at once. */
export const BROKEN = { VERSION: "broken", PORT: "not a port" };

/** A service, who asks it, and the image of its tasks. */
export interface Field {
  readonly stack: Stack;
  readonly web: Web;
  readonly image: string;
  readonly client: Traffic;
}

/** Deploys while a service is asked as much as it is going to be; a request that fails is a violation. */
export async function askedMeanwhile(
  { web, client }: Field,
  name: string,
  course: Course,
  deploy: () => Promise<void>,
): Promise<void> {
  const asked = client.pace({
    address: `${web.host}:${web.port}`,
    host: web.dnsName,
    perSecond: PER_SECOND,
    seconds: SECONDS,
    shortestMs: SHORTEST_MS,
    longestMs: LONGEST_MS,
    patienceMs: PATIENCE_MS,
  });
  const [result] = await Promise.all([asked, delay(FULL_AFTER_MS).then(deploy)]);
  report(name, result, course);
}

function report(name: string, result: PaceResult, course: Course): void {
  const { sent, answered, failures, mostUnderWay, lateMs } = result;
  const failed = sent - answered;
  const kinds = Object.entries(failures).map(([what, count]) => `${count} × ${what}`);
  course.tell(`${name}: sent, failed`, `${sent}, ${failed} ${kinds.join("; ")}`);
  course.tell(`${name}: most under way at once`, mostUnderWay);
  course.tell(`${name}: later than the target, median, p99, most`, `${lateMs.join(", ")} ms`);
  if (failed > 0) course.violate(`${name}: ${failed} of ${sent} requests failed`);
}

/** At every change of a task that there was, not once in a while. */
export function checkBounds(name: string, counts: TaskCounts, course: Course): void {
  const { fewestRunning, mostLive, changes } = counts;
  course.tell(
    `${name}: changes seen, fewest running, most there`,
    `${changes}, ${fewestRunning}, ${mostLive}`,
  );
  if (fewestRunning < TASKS)
    course.violate(`${name}: ${fewestRunning} tasks ran, and ${TASKS} had to`);
  if (mostLive > 2 * TASKS)
    course.violate(`${name}: there were ${mostLive} tasks, and ${2 * TASKS} may be`);
}
