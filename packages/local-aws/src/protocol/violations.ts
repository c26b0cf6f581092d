import { RE2JS } from "re2js";
import type {
  Constraints,
  ListShape,
  MapShape,
  Member,
  Shape,
  SimpleShape,
  StructShape,
} from "./model.ts";

// Java's POSIX classes, which JavaScript lacks: https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/regex/Pattern.html
const POSIX_CLASSES: Readonly<Record<string, string>> = {
  "\\p{Print}": "[\\x20-\\x7e]",
  "\\p{Graph}": "[\\x21-\\x7e]",
  "\\p{Alnum}": "[A-Za-z0-9]",
  "\\p{Alpha}": "[A-Za-z]",
  "\\p{ASCII}": "[\\x00-\\x7f]",
};
const POSIX_CLASS = /\\p\{(?:Print|Graph|Alnum|Alpha|ASCII)\}/g;
const IGNORE_CASE = "(?i)";

/** A group that is there again and again: where it can be read in two ways, a backtracking engine tries them all. */
const REPEATED_GROUP = /\)[*+{]/;

/** Tells whether a value matches. */
export interface ValuePattern {
  test(value: string): boolean;
}

/**
 * Compiles a pattern of a model, which is one of Java's and holds for the whole value. Those with repeated groups go to
 * RE2, which takes linear time; RE2 is slower for all others, and knows no lookahead. Throws a `SyntaxError` on one that
 * JavaScript cannot express.
 */
export function compilePattern(pattern: string): ValuePattern {
  const ignoresCase = pattern.startsWith(IGNORE_CASE);
  const source = (ignoresCase ? pattern.slice(IGNORE_CASE.length) : pattern).replace(
    POSIX_CLASS,
    (name) => POSIX_CLASSES[name] as string,
  );
  const whole = `^(?:${source})$`;
  const linear = REPEATED_GROUP.test(source) ? compileLinear(whole, ignoresCase) : undefined;
  if (linear !== undefined) return linear;
  const flags = ignoresCase ? "i" : "";
  try {
    return new RegExp(whole, `${flags}u`);
  } catch (error) {
    // Unicode mode refuses needless escapes such as `\-` outside a class; without it `\p{…}` would mean something else.
    if (source.includes("\\p{")) throw error;
    return new RegExp(whole, flags);
  }
}

/** By RE2; undefined for a pattern with a lookahead. */
function compileLinear(source: string, ignoresCase: boolean): RE2JS | undefined {
  try {
    return RE2JS.compile(source, ignoresCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch {
    return undefined;
  }
}

/** What a value must satisfy and does not. */
export type Rule =
  | { readonly kind: "required" }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  | { readonly kind: "minLength" | "maxLength" | "minValue" | "maxValue"; readonly limit: number }
  | { readonly kind: "pattern"; readonly pattern: string };

/** One step towards a value: a member of a structure, an item of a list (from 0), an entry of a map. */
export type Step = Member | number | string;

export interface Violation {
  readonly path: readonly Step[];
  /** The member that holds the value, itself or in a list or map. */
  readonly member: Member;
  readonly value: unknown;
  readonly rule: Rule;
  /** Set where the value is an item, key or value of the list or map `container`. */
  readonly part?: "item" | "key" | "value";
  readonly container?: unknown;
  /** The shape that the value breaks. */
  readonly shape: Shape;
}

/** So many violations are told; a caller who mends them learns of the next. */
const MAX_VIOLATIONS = 10;

/** Finds what in an input breaks its model, in the model's order: the first ten. */
export class ViolationFinder {
  readonly #patterns = new Map<string, ValuePattern>();

  find(shape: StructShape, input: Readonly<Record<string, unknown>>): Violation[] {
    const found: Violation[] = [];
    this.#struct(shape, input, [], found);
    return found;
  }

  #struct(
    shape: StructShape,
    value: Readonly<Record<string, unknown>>,
    path: readonly Step[],
    found: Violation[],
  ): void {
    for (const member of shape.members) {
      if (found.length >= MAX_VIOLATIONS) return;
      const inner = value[member.name];
      if (inner !== undefined) this.#value(member, member.shape, inner, path, member, found);
      else if (member.required) {
        const rule: Rule = { kind: "required" };
        found.push({
          path: [...path, member],
          member,
          value: undefined,
          rule,
          shape: member.shape,
        });
      }
    }
  }

  #value(
    member: Member,
    shape: Shape,
    value: unknown,
    path: readonly Step[],
    step: Step,
    found: Violation[],
    inside?: Pick<Violation, "part" | "container">,
  ): void {
    const rules = this.#broken(shape, value);
    if (rules !== undefined) {
      const at = inside === undefined ? [...path, step] : path;
      for (const rule of rules) found.push({ path: at, member, value, rule, shape, ...inside });
    }
    if (!isContainer(shape)) return;
    const here = [...path, step];
    if ("members" in shape) this.#struct(shape, value as Record<string, unknown>, here, found);
    else if ("item" in shape) this.#items(member, shape, value as unknown[], here, found);
    else this.#entries(member, shape, value as Record<string, unknown>, here, found);
  }

  #items(
    member: Member,
    shape: ListShape,
    items: unknown[],
    path: readonly Step[],
    found: Violation[],
  ): void {
    // A list that is too long is refused for that alone.
    if (shape.max !== undefined && items.length > shape.max) return;
    const inside = { part: "item" as const, container: items };
    for (const [index, item] of items.entries()) {
      if (found.length >= MAX_VIOLATIONS) return;
      this.#value(member, shape.item, item, path, index, found, inside);
    }
  }

  #entries(
    member: Member,
    shape: MapShape,
    entries: Record<string, unknown>,
    path: readonly Step[],
    found: Violation[],
  ): void {
    const keys = Object.keys(entries);
    if (shape.max !== undefined && keys.length > shape.max) return;
    for (const key of keys) {
      if (found.length >= MAX_VIOLATIONS) return;
      const inKey = { part: "key" as const, container: entries };
      this.#value(member, shape.key, key, path, key, found, inKey);
      const inValue = { part: "value" as const, container: entries };
      this.#value(member, shape.value, entries[key], path, key, found, inValue);
    }
  }

  /** The rules that a value itself breaks; undefined when it breaks none. */
  #broken(shape: Shape, value: unknown): Rule[] | undefined {
    const { enum: values, min, max, pattern } = shape as Constraints;
    if (values === undefined && min === undefined && max === undefined && pattern === undefined)
      return undefined;
    const rules: Rule[] = [];
    const size = sizeOf(shape, value);
    const noun = isNumber(shape) ? "Value" : "Length";
    if (max !== undefined && size > max) rules.push({ kind: `max${noun}`, limit: max });
    if (min !== undefined && size < min) rules.push({ kind: `min${noun}`, limit: min });
    // What is too long already is not matched: the time would be the caller's to choose.
    const isTooLong = max !== undefined && size > max;
    if (pattern !== undefined && !isTooLong && !this.#matches(pattern, value))
      rules.push({ kind: "pattern", pattern });
    if (values !== undefined && !values.includes(value as string))
      rules.push({ kind: "enum", values });
    return rules;
  }

  #matches(pattern: string, value: unknown): boolean {
    let compiled = this.#patterns.get(pattern);
    if (compiled === undefined) this.#patterns.set(pattern, (compiled = compilePattern(pattern)));
    return compiled.test(String(value));
  }
}

function isContainer(shape: Shape): shape is StructShape | ListShape | MapShape {
  return "members" in shape || "item" in shape || "key" in shape;
}

const NUMBERS: ReadonlySet<string> = new Set(["integer", "long", "float", "double", "number"]);

function isNumber(shape: Shape): boolean {
  return NUMBERS.has(shape.kind);
}

/** What a length or range bounds: the number itself; characters, bytes, items or entries. */
function sizeOf(shape: Shape, value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "string")
    return (shape as SimpleShape).kind === "blob" ? Buffer.byteLength(value) : characters(value);
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length;
  return typeof value === "object" && value !== null ? Object.keys(value).length : 0;
}

function characters(text: string): number {
  // A character outside the basic plane counts once.
  let count = text.length;
  for (let at = 0; at < text.length - 1; at++)
    if ((text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00)
      count--;
  return count;
}
