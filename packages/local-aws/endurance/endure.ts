/**
 * Lets a Local AWS of its own go through what ends servers, on this machine alone, and tells what came of it.
 *
 *   node packages/local-aws/endurance/endure.ts            all trials, some minutes each
 *   node packages/local-aws/endurance/endure.ts --short    a few rounds of those that need seconds
 *   node packages/local-aws/endurance/endure.ts NAME…      trials whose name contains one of these
 *
 * Exit code 1 where something acknowledged was lost, something is there in halves, the server ended by itself, a request
 * failed that need not have, or a damaged file did not name itself.
 */
import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { codeDeploy } from "./code-deploy.ts";
import { containers } from "./containers.ts";
import { damage } from "./damage.ts";
import { fullDisk } from "./full-disk.ts";
import { kills } from "./kills.ts";
import { rollouts } from "./rollouts.ts";
import { traffic } from "./traffic.ts";
import { Course, type Trial } from "./trial.ts";

const TRIALS: readonly Trial[] = [
  kills,
  damage,
  fullDisk,
  traffic,
  rollouts,
  codeDeploy,
  containers,
];
/** These fit into seconds. */
const SHORT: readonly Trial[] = [kills, damage, containers];

async function endure(trial: Trial, isShort: boolean): Promise<readonly string[]> {
  const busy = () => loadavg()[0]!.toFixed(1);
  process.stdout.write(`${trial.name}: ${trial.what}\n`);
  const course = new Course(isShort);
  const [load, began] = [busy(), performance.now()];
  try {
    await trial.run(course);
    const seconds = Math.round((performance.now() - began) / 1000);
    const machine = `load average ${load} before, ${busy()} after, ${availableParallelism()} processors`;
    course.tell("took", `${seconds} s, ${machine}`);
    return course.violations;
  } finally {
    course.close();
  }
}

const { values, positionals } = parseArgs({
  options: { short: { type: "boolean" }, help: { type: "boolean" } },
  allowPositionals: true,
});
const wanted = (values.short ? SHORT : TRIALS).filter(
  ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
);
if (values.help || wanted.length === 0) {
  const list = TRIALS.map(({ name, what }) => `  ${name.padEnd(10)} ${what}\n`).join("");
  process.stdout.write(`pnpm endure [--short] [NAME…]\n\n${list}`);
  process.exitCode = values.help ? 0 : 2;
} else {
  let violations = 0;
  for (const trial of wanted) violations += (await endure(trial, values.short ?? false)).length;
  process.stdout.write(`${violations === 0 ? "no" : violations} violations\n`);
  process.exitCode = violations === 0 ? 0 : 1;
}
