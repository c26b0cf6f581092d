import type { Text } from "@workbook/toolchain";
import { text } from "@workbook/toolchain";
import { managedIn, type Complaint } from "./plan.ts";
import { reasonFor } from "./reasons.ts";
import { argumentsOf, givenIn, type Block } from "./schema-arguments.ts";
import type { Terraform } from "./terraform.ts";
import type { Failure } from "./trial.ts";

/** Arguments that Local AWS has refused by name, and what was not refused although it should be. */
interface Refusals {
  /** By type and argument: why. */
  readonly refused: ReadonlyMap<string, Readonly<Record<string, Text>>>;
  readonly failures: readonly Failure[];
}

/**
 * Applies resources each of which has arguments that Local AWS does not implement. What they give beside those that went through all
 * steps elsewhere has to be refused, and the others (what such a resource needs) to be made.
 *
 * @param given the arguments of each type that went through all steps
 */
export async function tryRefusals(
  terraform: Terraform,
  schemas: Readonly<Record<string, Block>>,
  given: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<Refusals> {
  const plan = await terraform.plan(false);
  const complaints = Map.groupBy(await terraform.applyPlan(), ({ address }) => address);
  const refused = new Map<string, Record<string, Text>>();
  const failures: Failure[] = [];
  for (const { address, type, expressions } of managedIn(plan)) {
    const schema = schemas[type]!;
    const known = given.get(type);
    // Of a type that is not there at all nothing is.
    const unknown = known
      ? givenIn(schema, expressions).filter((name) => !known.has(name))
      : argumentsOf(schema);
    const said = complaints.get(address) ?? [];
    const problem = problemOf(unknown, said);
    if (problem !== undefined) failures.push({ address, step: "apply", words: problem });
    const reasons = unknown.flatMap((name) => {
      const reason = reasonFor(type, name);
      if (reason !== undefined) return [[name, text(reason)] as const];
      const words = `reasons.ts does not say why ${type}.${name} is refused`;
      failures.push({ address, step: "apply", words });
      return [];
    });
    if (unknown.length > 0)
      refused.set(type, { ...refused.get(type), ...Object.fromEntries(reasons) });
  }
  await terraform.destroy(false);
  return { refused, failures };
}

function problemOf(unknown: readonly string[], said: readonly Complaint[]): string | undefined {
  const words = said.map((each) => each.words).join("; ");
  if (unknown.length === 0) return words || undefined;
  if (said.length === 0) return `${unknown.join(", ")} should be refused`;
  return /NotImplemented|does not implement/.test(words) ? undefined : words;
}
