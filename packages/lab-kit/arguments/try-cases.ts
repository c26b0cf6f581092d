import { join } from "node:path";
import { tryRefusals } from "./refusals.ts";
import type { Results, TypeResult } from "./results.ts";
import { argumentsOf, givenIn } from "./schema-arguments.ts";
import { hclFiles, Terraform } from "./terraform.ts";
import { STEPS, Trial, type Failure } from "./trial.ts";

/** What came of all cases, and what did not go as it should. */
interface Outcome {
  readonly results: Results;
  readonly failures: readonly Failure[];
}

/**
 * Tries the cases of these names, or all of them.
 * @param scratch an empty folder
 * @param names of files in `cases/` and `refusals/`
 * @param say gets a line for each step
 */
export async function tryCases(
  scratch: string,
  names: readonly string[],
  say: (line: string) => void,
): Promise<Outcome> {
  const [cases, refusals] = ["cases", "refusals"].map((name) =>
    hclFiles(join(import.meta.dirname, name), names),
  ) as [string[], string[]];
  const common = join(import.meta.dirname, "common.tf");
  await using terraform = await Terraform.start(scratch, [common, ...cases, ...refusals]);
  for (const files of [refusals, cases]) {
    terraform.use([common, ...files]);
    await terraform.validate();
  }
  const schemas = await terraform.schemas();
  const trial = new Trial(terraform, say);
  const { tried, told } = await trial.run();
  const given = new Map<string, Set<string>>();
  for (const { type, expressions } of tried) {
    const before = given.get(type) ?? new Set();
    given.set(type, before.union(new Set(givenIn(schemas[type]!, expressions))));
  }
  terraform.use([common, ...refusals]);
  const { refused, failures } = await tryRefusals(terraform, schemas, given);
  say(`refusals: ${failures.length} complaints`);
  failures.forEach(({ address, words }) => say(`✗ ${address}: ${words}`));

  const result = (type: string): TypeResult => {
    const all = argumentsOf(schemas[type]!);
    const some = tried.filter((each) => each.type === type);
    const changed = new Set(some.flatMap((each) => each.changed));
    const isImported = some.some(({ address }) => told.ids[address] !== null);
    const left = (told.fixed.includes(type) ? 2 : 0) + (isImported ? 0 : 2);
    return {
      all,
      given: all.filter((name) => given.get(type)?.has(name)),
      changed: [...new Set(all.map(top))].filter((name) => changed.has(name)),
      refused: refused.get(type) ?? {},
      steps: some.length === 0 ? 0 : STEPS.length - left,
      unread: told.unread[type] ?? [],
    };
  };
  const types = new Set([...given.keys(), ...refused.keys()]);
  return {
    results: Object.fromEntries([...types].toSorted().map((type) => [type, result(type)])),
    failures: [...trial.failures, ...failures],
  };
}

/** The argument or block of the resource itself that a path begins with. */
const top = (path: string) => path.split(".")[0]!;
