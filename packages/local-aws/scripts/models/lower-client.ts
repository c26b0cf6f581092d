import type {
  ConstraintsJson,
  HttpJson,
  MemberJson,
  ModelJson,
  ShapeJson,
} from "../../src/protocol/model-json.ts";
import type { ServiceConstraints } from "./constraints.ts";
import { memberTraits, readTraits, type Traits } from "./traits.ts";

// The tuples that a client module exports as `Name$`, see `StaticSchema` in @smithy/types:
// operation [9, ns, name, traits, input, output] · structure [3 | -3 error | 4 union, ns, name, traits, names, refs, required]
// list [1, ns, name, traits, item] · map [2, ns, name, traits, key, value] · simple [0, ns, name, traits, ref]
// member = ref | [ref, traits]; ref = tuple | () => tuple | "unit" | number
type Tuple = readonly unknown[];

const SIMPLE_KINDS: Readonly<Record<number, { readonly k: string; readonly f?: string }>> = {
  0: { k: "string" },
  1: { k: "number" },
  2: { k: "boolean" },
  4: { k: "timestamp" },
  5: { k: "timestamp", f: "date-time" },
  6: { k: "timestamp", f: "http-date" },
  7: { k: "timestamp", f: "epoch-seconds" },
  15: { k: "document" },
  21: { k: "blob" },
  42: { k: "streamingBlob" },
};
const LIST_BIT = 64;
const MAP_BIT = 128;

/**
 * Lowers the schemas of one SDK client module to a model. `constraints` and `enumsOf` refine the values that inputs may
 * hold. Throws on anything in the schemas that it does not know, so that a new kind of schema cannot pass unnoticed.
 */
export function lowerClient(
  clientModule: Record<string, unknown>,
  constraints: ServiceConstraints,
): ModelJson {
  const lowering = new Lowering(clientModule, constraints);
  const operations: Record<string, [number, number, HttpJson?]> = {};
  const errors: Record<string, [number, string, number]> = {};
  for (const key of Object.keys(clientModule).toSorted()) {
    const schema = clientModule[key];
    if (!key.endsWith("$") || !Array.isArray(schema)) continue;
    const name = schema[2] as string;
    if (schema[0] === 9) {
      const traits = readTraits(schema[3]);
      operations[name] = [lowering.document(schema[4]), lowering.document(schema[5])];
      if (traits.http !== undefined) operations[name].push(traits.http as unknown as HttpJson);
    } else if (schema[0] === -3 && !isBaseException(schema)) {
      errors[name] = lowering.error(schema);
    }
  }
  return { shapes: lowering.shapes, operations, errors };
}

/** The SDK's own base class for a service's errors: not an error of AWS's. */
function isBaseException(schema: Tuple): boolean {
  return (schema[1] as string).startsWith("smithy.ts.sdk.synthetic.");
}

class Lowering {
  readonly shapes: ShapeJson[] = [];
  readonly #clientModule: Record<string, unknown>;
  readonly #constraints: ServiceConstraints;
  readonly #structs = new Map<string, number>();
  readonly #anonymous = new Map<string, number>();

  constructor(clientModule: Record<string, unknown>, constraints: ServiceConstraints) {
    this.#clientModule = clientModule;
    this.#constraints = constraints;
  }

  /** Lowers an operation's input or output; -1 for none. */
  document(ref: unknown): number {
    const schema = deref(ref);
    return schema === "unit" ? -1 : this.#struct(schema as Tuple);
  }

  error(schema: Tuple): [number, string, number] {
    const traits = readTraits(schema[3]);
    const [code, queryStatus] = (traits.awsQueryError as [string, number] | undefined) ?? [];
    const status = traits.httpError ?? queryStatus ?? (traits.error === "server" ? 500 : 400);
    return [this.#struct(schema), code ?? (schema[2] as string), status as number];
  }

  #struct(schema: Tuple): number {
    const name = schema[2] as string;
    const known = this.#structs.get(name);
    if (known !== undefined) return known;
    const index = this.shapes.length;
    this.#structs.set(name, index);
    this.shapes.push({ k: "structure", n: name, m: [] });
    const traits = readTraits(schema[3]);
    const names = schema[4] as string[];
    const refs = schema[5] as unknown[];
    const required = schema[6] as number | undefined;
    this.shapes[index] = {
      k: schema[0] === 4 ? "union" : "structure",
      n: name,
      ...(traits.xmlName === undefined ? {} : { x: traits.xmlName as string }),
      ...(required ? { r: required } : {}),
      m: names.map((member, at) => this.#member(name, member, refs[at])),
    };
    return index;
  }

  #member(
    struct: string,
    name: string,
    member: unknown,
  ): [string, number] | [string, number, MemberJson] {
    const [ref, traits] = splitMember(member);
    const shape = this.#value(ref, struct, name);
    const own = memberTraits({ ...simpleTraits(ref), ...traits });
    return Object.keys(own).length === 0 ? [name, shape] : [name, shape, own];
  }

  /** Lowers the value at `path` of a structure, e.g. `tags[]`, with the constraints known for it. */
  #value(ref: unknown, struct: string, path: string): number {
    const schema = deref(ref);
    const limits = this.#limits(struct, path);
    if (typeof schema === "number") return this.#anonymousShape(schema, struct, path, limits);
    if (!Array.isArray(schema))
      throw new Error(`Unknown schema at ${struct}.${path}: ${JSON.stringify(schema)}`);
    switch (schema[0]) {
      case 0:
        return this.#value(schema[4], struct, path);
      case 1:
        return this.#list(schema[4], struct, path, limits);
      case 2:
        return this.#map(schema[4], schema[5], struct, path, limits);
      case 4:
        return readTraits(schema[3]).streaming
          ? this.#intern({ k: "eventStream" })
          : this.#struct(schema);
      case 3:
      case -3:
        return this.#struct(schema);
      default:
        throw new Error(`Unknown schema kind ${String(schema[0])} at ${struct}.${path}`);
    }
  }

  #anonymousShape(
    bits: number,
    struct: string,
    path: string,
    limits: ConstraintsJson & { kind?: string },
  ): number {
    if (bits & MAP_BIT) return this.#map(0, bits & ~MAP_BIT, struct, path, limits);
    if (bits & LIST_BIT) return this.#list(bits & ~LIST_BIT, struct, path, limits);
    const simple = SIMPLE_KINDS[bits];
    if (simple === undefined) throw new Error(`Unknown simple schema ${bits} at ${struct}.${path}`);
    const { kind, ...rest } = limits;
    return this.#intern({
      ...simple,
      k: simple.k === "number" ? (kind ?? "number") : simple.k,
      ...rest,
    });
  }

  #list(item: unknown, struct: string, path: string, limits: ConstraintsJson): number {
    const [ref, traits] = splitMember(item);
    const shape = this.#value(ref, struct, `${path}[]`);
    return this.#intern({ k: "list", i: shape, ...named("in", traits), ...limits });
  }

  #map(
    key: unknown,
    value: unknown,
    struct: string,
    path: string,
    limits: ConstraintsJson,
  ): number {
    const [keyRef, keyTraits] = splitMember(key);
    const [valueRef, valueTraits] = splitMember(value);
    const keyShape = this.#value(keyRef, struct, `${path}{key}`);
    const valueShape = this.#value(valueRef, struct, `${path}{value}`);
    const names = { ...named("in", keyTraits), ...named("vn", valueTraits) };
    return this.#intern({ k: "map", i: keyShape, v: valueShape, ...names, ...limits });
  }

  #intern(shape: ShapeJson): number {
    const key = JSON.stringify(shape);
    const known = this.#anonymous.get(key);
    if (known !== undefined) return known;
    this.#anonymous.set(key, this.shapes.length);
    return this.shapes.push(shape) - 1;
  }

  /** What may stand at a path; an enum also takes every value that the SDK knows, whichever of the two is newer. */
  #limits(struct: string, path: string): ConstraintsJson & { kind?: string } {
    const found = this.#constraints.structures[struct]?.[path];
    if (found === undefined) return {};
    const { enumName, ...limits } = found;
    if (enumName === undefined) return limits;
    const known = this.#clientModule[enumName];
    const newer =
      typeof known === "object" && known !== null && !Array.isArray(known)
        ? Object.values(known)
        : [];
    return { ...limits, enum: [...new Set([...(limits.enum ?? []), ...(newer as string[])])] };
  }
}

function deref(ref: unknown): unknown {
  return typeof ref === "function" ? (ref as () => unknown)() : ref;
}

function splitMember(member: unknown): [ref: unknown, traits: Traits] {
  if (Array.isArray(member) && member.length === 2) return [member[0], readTraits(member[1])];
  return [member, {}];
}

/** Traits of a simple shape that has a name of its own, such as a sensitive string. */
function simpleTraits(ref: unknown): Traits {
  const schema = deref(ref);
  return Array.isArray(schema) && schema[0] === 0 ? readTraits(schema[3]) : {};
}

function named(key: "in" | "vn", traits: Traits): { readonly in?: string; readonly vn?: string } {
  return traits.xmlName === undefined ? {} : { [key]: traits.xmlName as string };
}
