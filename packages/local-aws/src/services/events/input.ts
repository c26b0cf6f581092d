import type { InputTransformer, Target } from "@aws-sdk/client-eventbridge";
import { isJson } from "../kit/is-json.ts";
import { validation } from "./faults.ts";

/** What a transformer may say beside the event's own values. */
export interface RuleFacts {
  readonly ruleArn: string;
  readonly ruleName: string;
  /** Milliseconds since the epoch. */
  readonly ingestedAt: number;
}

type Event = Readonly<Record<string, unknown>>;

/** A step of a path: a member's name, a place in a list, or all of a list. */
type Step = string | number | "*";

const PLACEHOLDER = /<([\w.-]+)>/g;
/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html#eb-transform-input-predefined */
const PREDEFINED: readonly string[] = [
  "aws.events.rule-arn",
  "aws.events.rule-name",
  "aws.events.event.ingestion-time",
  "aws.events.event",
  "aws.events.event.json",
];

/**
 * Checks what a target says of its input.
 * @throws AwsError `ValidationException`
 */
export function checkInput({ Id, Input, InputPath, InputTransformer }: Target): void {
  if ([Input, InputPath, InputTransformer].filter((given) => given !== undefined).length > 1)
    throw validation(
      `Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`,
    );
  if (Input !== undefined && !isJson(Input))
    throw validation(`JSON syntax error in input for target ${Id}`);
  if (InputPath !== undefined && !parsePath(InputPath))
    throw validation(`Parameter InputPath is not valid for target ${Id}.`);
  if (InputTransformer) checkTransformer(Id!, InputTransformer);
}

function checkTransformer(id: string, { InputPathsMap = {}, InputTemplate }: InputTransformer) {
  const paths = Object.entries(InputPathsMap);
  const isReserved = paths.some(([name]) => /^aws\./i.test(name));
  if (isReserved || paths.some(([, path]) => !parsePath(path)))
    throw validation(`InputPathsMap of target ${id} is not valid.`);
  for (const [, name = ""] of InputTemplate!.matchAll(PLACEHOLDER))
    if (!Object.hasOwn(InputPathsMap, name) && !PREDEFINED.includes(name))
      throw validation(`InputTemplate for target ${id} contains invalid placeholder ${name}.`);
  // A template is JSON, or lines of texts between quotes, once its placeholders have values.
  const sample = fill(InputTemplate!, () => 0);
  if (!isJson(sample) && !sample.split("\n").every((line) => isJson(line)))
    throw validation(
      `Invalid InputTemplate for target ${id} : [Source: (String)"${InputTemplate}"]`,
    );
}

/**
 * What a target is sent of an event.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 * @param event JSON
 */
export function payloadOf(target: Target, event: string, facts: RuleFacts): string {
  const { Input, InputPath, InputTransformer } = target;
  if (Input !== undefined) return Input;
  if (InputPath !== undefined) return JSON.stringify(valueAt(JSON.parse(event), InputPath) ?? {});
  if (!InputTransformer) return event;
  const parsed = JSON.parse(event) as Event;
  const { InputPathsMap = {}, InputTemplate } = InputTransformer;
  return fill(InputTemplate!, (name) =>
    PREDEFINED.includes(name)
      ? predefined(name, parsed, facts)
      : valueAt(parsed, InputPathsMap[name]!),
  );
}

function predefined(name: string, event: Event, facts: RuleFacts): unknown {
  switch (name) {
    case "aws.events.rule-arn":
      return facts.ruleArn;
    case "aws.events.rule-name":
      return facts.ruleName;
    case "aws.events.event.ingestion-time":
      return new Date(facts.ingestedAt).toISOString();
    case "aws.events.event.json":
      return event;
    default: {
      const { detail: _, ...rest } = event;
      return rest;
    }
  }
}

/**
 * A template with its placeholders replaced: between quotes by the value as text, elsewhere as JSON. A value that is not in the
 * event is no text, or `null`.
 */
function fill(template: string, valueOf: (name: string) => unknown): string {
  let isQuoted = false;
  let filled = "";
  let at = 0;
  for (const match of template.matchAll(PLACEHOLDER)) {
    const before = template.slice(at, match.index);
    for (const [quote] of before.matchAll(/\\.|"/gs)) if (quote === '"') isQuoted = !isQuoted;
    const value = valueOf(match[1]!);
    filled += before + (isQuoted ? asText(value) : JSON.stringify(value ?? null));
    at = match.index + match[0].length;
  }
  return filled + template.slice(at);
}

/** As it stands inside of a JSON text. */
function asText(value: unknown): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return JSON.stringify(text).slice(1, -1);
}

const STEP = /\.([\w-]+)|\[(\d+)\]|\[(\*)\]|\['([^']+)'\]/y;

/** The steps of `$.detail.list[0]['a name']`; undefined where it is no path. */
function parsePath(path: string): readonly Step[] | undefined {
  if (!path.startsWith("$")) return undefined;
  const steps: Step[] = [];
  for (let at = 1; at < path.length;) {
    STEP.lastIndex = at;
    const match = STEP.exec(path);
    if (!match) return undefined;
    const [whole, name, index, all, quoted] = match;
    steps.push(index === undefined ? (name ?? quoted ?? all!) : Number(index));
    at += whole.length;
  }
  return steps;
}

function valueAt(value: unknown, path: string): unknown {
  return walk(value, parsePath(path) ?? []);
}

function walk(value: unknown, [step, ...rest]: readonly Step[]): unknown {
  if (step === undefined) return value;
  if (Array.isArray(value)) {
    if (step === "*") return value.map((item) => walk(item, rest));
    return typeof step === "number" ? walk(value[step], rest) : undefined;
  }
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
  return walk((value as Record<string, unknown>)[step], rest);
}
