import { invalidPattern } from "../faults.ts";
import {
  isJsonObject,
  parseJson,
  WrittenNumber,
  type Json,
  type JsonObject,
} from "./json-value.ts";
import { toValueTest, type ValueTest } from "./value-tests.ts";

/** What a pattern asks of the object that it is laid over: every field, and one of each list of alternatives. */
interface ObjectTest {
  readonly fields: readonly (readonly [name: string, test: ObjectTest | LeafTest])[];
  readonly alternatives: readonly (readonly ObjectTest[])[];
}

/** One of them has to hold for one value of the field. */
interface LeafTest {
  readonly tests: readonly ValueTest[];
  /** Whether it is enough that the field is there, or that it is not. */
  readonly present: boolean;
  readonly absent: boolean;
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-complex-example-or */
const MOST_COMBINATIONS = 1000;

/** No pattern and event that AWS takes come near it: a pattern has 4096 characters. */
const MOST_STEPS = 50_000_000;

/** An event pattern. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html */
export class EventPattern {
  readonly #root: ObjectTest;

  /** @throws AwsError `InvalidEventPatternException` */
  constructor(text: string) {
    const pattern = parse(text);
    if (!isJsonObject(pattern)) throw invalidPattern("Filter is not an object");
    if (Object.keys(pattern).length === 0) throw invalidPattern("Empty objects are not allowed");
    this.#root = toObjectTest(pattern);
    if (combinations(this.#root) > MOST_COMBINATIONS)
      throw invalidPattern(
        `Rule is too complex: "$or" makes more than ${MOST_COMBINATIONS} combinations`,
      );
  }

  /**
   * Whether an event is one that the pattern asks for. Each value of the event is looked at once for each place in the pattern that
   * is of it, so that the steps are at most as many as the two lengths multiplied.
   * @param onStep called before each step; for tests that bound them
   * @throws RangeError where the steps become too many
   */
  matches(event: JsonObject, onStep: () => void = () => {}): boolean {
    let left = MOST_STEPS;
    const step = () => {
      onStep();
      if (--left < 0) throw new RangeError("an event took too many steps to match");
    };
    return objectMatches(this.#root, event, step);
  }
}

function parse(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    throw invalidPattern("Filter is not valid JSON");
  }
}

function toObjectTest(pattern: JsonObject): ObjectTest {
  const alternatives: ObjectTest[][] = [];
  const fields: [string, ObjectTest | LeafTest][] = [];
  for (const [name, wanted] of Object.entries(pattern)) {
    const objects = name === "$or" ? alternativesIn(wanted) : undefined;
    if (objects) alternatives.push(objects.map(toObjectTest));
    else fields.push([name, toFieldTest(name, wanted)]);
  }
  return { fields, alternatives };
}

/** `$or` is a field like any other, unless it holds two objects or more that ask something of fields. */
function alternativesIn(wanted: Json): readonly JsonObject[] | undefined {
  if (!Array.isArray(wanted) || wanted.length < 2) return undefined;
  const list = wanted as readonly Json[];
  return list.every((each) => isJsonObject(each) && Object.keys(each).length > 0)
    ? (list as readonly JsonObject[])
    : undefined;
}

function toFieldTest(name: string, wanted: Json): ObjectTest | LeafTest {
  if (isJsonObject(wanted)) {
    if (Object.keys(wanted).length === 0) throw invalidPattern("Empty objects are not allowed");
    return toObjectTest(wanted);
  }
  if (!Array.isArray(wanted)) throw invalidPattern(`"${name}" must be an object or an array`);
  const items = wanted as readonly Json[];
  if (items.length === 0) throw invalidPattern("Empty arrays are not allowed");
  const asked = items.map(existence);
  return {
    tests: items.filter((_, at) => asked[at] === undefined).map(toValueTest),
    present: asked.includes(true),
    absent: asked.includes(false),
  };
}

/** What `{"exists": …}` asks; undefined for an item that is none. */
function existence(item: Json): boolean | undefined {
  if (!isJsonObject(item) || !("exists" in item)) return undefined;
  const { exists, ...others } = item;
  if (Object.keys(others).length > 0)
    throw invalidPattern("Only one key allowed in match expression");
  if (typeof exists !== "boolean")
    throw invalidPattern("exists match pattern must be either true or false.");
  return exists;
}

const isLeaf = (test: ObjectTest | LeafTest): test is LeafTest => "tests" in test;

/** Into how many patterns without `$or` it can be taken apart. */
function combinations({ fields, alternatives }: ObjectTest): number {
  const inner = fields.map(([, test]) => (isLeaf(test) ? 1 : combinations(test)));
  const either = alternatives.map((each) =>
    each.map(combinations).reduce((sum, count) => sum + count, 0),
  );
  return [...inner, ...either].reduce((product, count) => product * count, 1);
}

function objectMatches({ fields, alternatives }: ObjectTest, value: JsonObject, step: () => void) {
  return (
    fields.every(([name, test]) => {
      step();
      const found = Object.hasOwn(value, name) ? value[name] : undefined;
      return isLeaf(test) ? leafMatches(test, found, step) : nestedMatches(test, found, step);
    }) &&
    alternatives.every((each): boolean => each.some((test) => objectMatches(test, value, step)))
  );
}

/** All that a pattern asks below a list has to hold for one item of it. A field below what is no object is not there. */
function nestedMatches(test: ObjectTest, found: Json | undefined, step: () => void): boolean {
  step();
  if (Array.isArray(found) && found.length > 0)
    return (found as readonly Json[]).some((item) => nestedMatches(test, item, step));
  return objectMatches(test, isJsonObject(found) ? found : {}, step);
}

function leafMatches(
  { tests, present, absent }: LeafTest,
  found: Json | undefined,
  step: () => void,
) {
  let isThere = false;
  for (const value of leaves(found)) {
    step();
    isThere = true;
    if (present || tests.some((test) => (step(), test(value, step)))) return true;
  }
  return absent && !isThere;
}

/** The values of a field: itself, or those in its list. An object is none. */
function* leaves(found: Json | undefined): Generator<Json> {
  if (found === undefined) return;
  if (Array.isArray(found)) for (const item of found as readonly Json[]) yield* leaves(item);
  else if (!isJsonObject(found) || found instanceof WrittenNumber) yield found;
}
