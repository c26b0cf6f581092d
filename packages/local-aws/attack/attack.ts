/**
 * Attacks a Local AWS of its own, on this machine alone, and tells what came of it.
 *
 *   node packages/local-aws/attack/attack.ts           all of it, some minutes
 *   node packages/local-aws/attack/attack.ts --short   a few tries of each kind
 *   node packages/local-aws/attack/attack.ts NAME…     kinds whose name contains one of these
 *
 * Exit code 1 where the server died, did not answer, answered 500, or let through what it must not.
 */
import { parseArgs } from "node:util";
import { bodies } from "./bodies.ts";
import { malformed } from "./malformed.ts";
import { models } from "./models.ts";
import { newOutcome, type Generator, type Outcome } from "./outcome.ts";
import { patterns } from "./patterns.ts";
import { signatures } from "./signatures.ts";
import { Target } from "./target.ts";

/** The kinds of attack, in the order in which they run. */
const GENERATORS: readonly Generator[] = [malformed, models, bodies, patterns, signatures];

interface Row extends Outcome {
  readonly name: string;
  readonly crashes: number;
  /** Milliseconds. */
  readonly longestStall: number;
  /** Bytes, before and after. */
  readonly memory: readonly [number | undefined, number | undefined];
  readonly seconds: number;
}

async function attack(generator: Generator, isShort: boolean): Promise<Row> {
  const target = await Target.start();
  const outcome = newOutcome();
  const before = target.memory();
  const began = performance.now();
  const { full, short } = generator.tries;
  await generator.run(target, isShort ? short : full, outcome);
  const row: Row = {
    ...outcome,
    name: generator.name,
    crashes: target.hasCrashed ? 1 : 0,
    longestStall: target.longestStall,
    memory: [before, target.memory()],
    seconds: (performance.now() - began) / 1000,
  };
  await target.stop();
  return row;
}

const HEADINGS = ["kind", "tried", "crashes", "unanswered", "500", "wrong", "stall ms", "MiB", "s"];

function print(rows: readonly Row[]): void {
  const mib = (bytes: number | undefined) =>
    bytes === undefined ? "?" : String(Math.round(bytes / 1024 / 1024));
  const lines = rows.map((row) => [
    row.name,
    ...[row.tried, row.crashes, row.unanswered, row.faults, row.wrong].map(String),
    String(Math.round(row.longestStall)),
    `${mib(row.memory[0])} to ${mib(row.memory[1])}`,
    String(Math.round(row.seconds)),
  ]);
  for (const line of [HEADINGS, ...lines])
    process.stdout.write(
      `${line
        .map((cell, at) => cell.padEnd(at === 0 ? 22 : 12))
        .join("")
        .trimEnd()}\n`,
    );
  for (const { name, examples } of rows)
    for (const example of examples) process.stdout.write(`${name}: ${example}\n`);
}

const { values, positionals } = parseArgs({
  options: { short: { type: "boolean" } },
  allowPositionals: true,
});
const rows: Row[] = [];
for (const generator of GENERATORS) {
  const isWanted =
    positionals.length === 0 || positionals.some((name) => generator.name.includes(name));
  if (isWanted) rows.push(await attack(generator, values.short ?? false));
}
print(rows);
const failures = rows.filter((row) => row.crashes + row.unanswered + row.faults + row.wrong > 0);
process.exitCode = failures.length > 0 ? 1 : 0;
