/**
 * Attacks a Local AWS of its own, on this machine alone, and tells what came of it.
 *
 *   node packages/local-aws/attack/attack.ts           all of it, ten minutes at most
 *   node packages/local-aws/attack/attack.ts --short   a few tries of each kind
 *   node packages/local-aws/attack/attack.ts NAME…     kinds whose name contains one of these
 *
 * Exit code 1 where the server or its load balancers died, did not answer, answered 500, let through what they must not,
 * or kept the memory that a flood took.
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { archives } from "./archives.ts";
import { balancerAnswers } from "./balancer-answers.ts";
import { balancerFlood } from "./balancer-flood.ts";
import { balancerRequests } from "./balancer-requests.ts";
import { bodies } from "./bodies.ts";
import { malformed } from "./malformed.ts";
import { models } from "./models.ts";
import { newOutcome, type Generator } from "./outcome.ts";
import { patterns } from "./patterns.ts";
import { isViolation, toTable, type Row } from "./rows.ts";
import { signatures } from "./signatures.ts";
import { Target } from "./target.ts";

/** The kinds of attack, in the order in which they run. */
const GENERATORS: readonly Generator[] = [
  malformed,
  models,
  bodies,
  patterns,
  signatures,
  balancerRequests,
  balancerAnswers,
  balancerFlood,
  archives,
];

async function attack(generator: Generator, isShort: boolean): Promise<Row> {
  const target = await Target.start(generator.tasks);
  const outcome = newOutcome();
  const before = target.memory();
  const began = performance.now();
  const planned = isShort ? generator.tries.short : generator.tries.full;
  try {
    await generator.run(target, planned, outcome);
    return {
      ...outcome,
      name: generator.name,
      planned,
      crashes: target.crashes,
      longestStall: await target.longestStall(),
      before,
      after: target.memory(),
      seconds: (performance.now() - began) / 1000,
    };
  } finally {
    await target.stop();
  }
}

const { values, positionals } = parseArgs({
  options: { short: { type: "boolean" }, help: { type: "boolean" } },
  allowPositionals: true,
});
const wanted = GENERATORS.filter(
  ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
);
const names = GENERATORS.map(({ name }) => `  ${name}\n`).join("");
if (values.help || wanted.length === 0) {
  process.stdout.write(
    `pnpm attack [--short] [NAME…]\n\nKinds, chosen by a part of their name:\n${names}`,
  );
  process.exitCode = values.help ? 0 : 2;
} else {
  const busy = () => loadavg()[0]!.toFixed(1);
  process.stdout.write(`load average ${busy()} before\n`);
  const rows: Row[] = [];
  for (const generator of wanted) rows.push(await attack(generator, values.short ?? false));
  process.stdout.write(`${toTable(rows)}load average ${busy()} after\n`);
  process.exitCode = rows.some(isViolation) ? 1 : 0;
}
