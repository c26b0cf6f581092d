import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { SynthReader, SynthResource } from "../synth-reader.ts";
import { placeAt } from "./explain-run.ts";
import { findInText, NOT_A_NUMBER } from "./output-findings.ts";
import { camelCase, propertyOrigin } from "./output-places.ts";
import type { Place, Problem } from "./problem.ts";
import type { Origin } from "./synth-process.ts";

/**
 * What the program has written and no provider will take: an object where text belongs, a reference in quotes, an element
 * that belongs to no stack. The program itself ran to its end.
 *
 * @param synth with the folder and the origins of what was synthesised; nothing is found without them
 */
export function explainOutput(synth: SynthReader): readonly Problem[] {
  if (synth.directory === undefined) return [];
  const stack = join(realpathSync(synth.directory), "stack.ts");
  return distinct([...strays(synth, stack), ...texts(synth, stack)]);
}

/** What a loop makes several of is wrong in one line. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ says, place }) => {
    const key = JSON.stringify([says, place]);
    return !seen.has(key) && seen.add(key);
  });
}

function* strays({ origins, resources }: SynthReader, stack: string): Generator<Problem> {
  const stacks = new Set(["images", "service", ...resources.map((each) => each.stack)]);
  for (const [path, origin] of Object.entries(origins)) {
    if (origin === null || stacks.has(path.split("/")[0]!)) continue;
    yield {
      says: [
        `${path} belongs to no stack, so nothing comes of it.`,
        `${path} はどのスタックにも属していないので、何も作られません。`,
      ],
      place: placeAt(stack, origin),
      advice: [
        "Make it inside of a stack's constructor, and give the stack as the first argument: this.",
        "スタックのコンストラクターの中に書き、最初の引数にスタック (this) を渡します。",
      ],
    };
  }
}

function* texts(synth: SynthReader, stack: string): Generator<Problem> {
  for (const resource of synth.resources) {
    const origin = originOf(synth, resource);
    if (origin === undefined) continue;
    for (const [property, text] of textsIn(resource.attributes)) {
      const found = findInText({ resource, property, text }, synth);
      if (found) yield { ...found, place: placeAt(stack, propertyOrigin(origin, property)) };
    }
  }
}

/** Where in the learner's files an element is made; undefined where none of them makes it. */
function originOf({ origins }: SynthReader, resource: SynthResource): Origin | undefined {
  // Of an output cdktf writes no path.
  if (resource.kind === "output") return origins[`${resource.stack}/${resource.name}`] ?? undefined;
  const { metadata } = (resource.attributes["//"] ?? {}) as { metadata?: { path?: string } };
  return origins[metadata?.path ?? ""] ?? undefined;
}

/**
 * The line that made a resource, or gave it an argument.
 *
 * @param address as Terraform has it
 * @param attribute as Terraform or AWS call it
 * @returns undefined where no file of the learner's makes it, or where that file is not there any more
 */
export function placeInProgram(
  synth: SynthReader,
  stack: string,
  address: string,
  attribute: string | undefined,
): Place | undefined {
  const resource = synth.resources.find(
    (each) => each.stack === stack && each.address === address.replace(/\[.*\]$/, ""),
  );
  const origin = resource && originOf(synth, resource);
  if (origin === undefined || synth.directory === undefined || !existsSync(origin.file))
    return undefined;
  const place = attribute === undefined ? origin : propertyOrigin(origin, camelCase(attribute));
  return placeAt(join(realpathSync(synth.directory), "stack.ts"), place);
}

function* textsIn(
  attributes: Readonly<Record<string, unknown>>,
): Generator<readonly [property: string, text: string]> {
  for (const [name, value] of Object.entries(attributes))
    if (name !== "//")
      for (const text of stringsIn(value)) yield [camelCase(text.name ?? name), text.text];
}

/** Texts and numbers at any depth, with the name of the innermost property. */
function* stringsIn(
  value: unknown,
  name?: string,
): Generator<{ name?: string | undefined; text: string }> {
  if (typeof value === "string") yield { name, text: value };
  else if (typeof value === "number") yield { name, text: String(value) };
  // JSON has no NaN.
  else if (value === null) yield { name, text: NOT_A_NUMBER };
  else if (Array.isArray(value)) for (const part of value) yield* stringsIn(part, name);
  else if (typeof value === "object" && value !== null)
    for (const [key, part] of Object.entries(value)) yield* stringsIn(part, key);
}
