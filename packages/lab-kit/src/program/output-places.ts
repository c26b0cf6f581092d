import { readFileSync } from "node:fs";
import type { Run } from "./explain-run.ts";
import type { Place } from "./problem.ts";
import type { Origin } from "./synth-process.ts";

/** `task_definition` as cdktf calls it: `taskDefinition`. */
export function camelCase(name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Where a property of an element stands in the code: the first line from the one that makes the element on that names it.
 *
 * @param address as Terraform has it; its last part is the last part of the path in the construct tree, mostly
 * @returns the element's own place where the property is not named; undefined where no file of the learner's makes it
 */
export function attributePlace(
  { outcome, placeAt }: Pick<Run, "outcome" | "placeAt">,
  address: string,
  property: string,
): Place | undefined {
  const name = address.split(".").at(-1)!;
  const found = Object.entries(outcome.origins).find(
    ([path, origin]) => origin !== null && path.split("/").at(-1) === name,
  );
  const origin = found?.[1];
  return origin ? placeAt(propertyOrigin(origin, property)) : undefined;
}

/** How many lines an element's properties take at most. */
const MOST_LINES = 40;

/** The line of a property, searched from where its element is made. */
export function propertyOrigin(origin: Origin, property: string): Origin {
  const lines = readFileSync(origin.file, "utf8").split("\n");
  for (let line = origin.line; line < Math.min(lines.length, origin.line + MOST_LINES); line += 1) {
    const source = lines[line - 1]!;
    if (line > origin.line && /\bnew \w+\(/.test(source)) break;
    const column = new RegExp(`\\b${property}\\s*[:,]`).exec(source)?.index;
    if (column !== undefined) return { ...origin, line, column: column + 1 };
  }
  return origin;
}

/** What the class of a variable has, read from the declaration of the class; nothing where that is not found. */
export function readMembers(
  { stack, importable }: Pick<Run, "stack" | "importable">,
  variable: string,
): readonly string[] {
  const name = /^\w+/.exec(variable)?.[0] ?? "";
  const made = new RegExp(`\\b${name}\\s*=\\s*new (\\w+)`).exec(readFileSync(stack, "utf8"))?.[1];
  return made === undefined ? [] : importable.membersOf(made);
}
