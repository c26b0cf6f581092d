import type { Member, Shape, StructShape } from "../../protocol/model.ts";

/** Names of members, separated by spaces, by the structure that has them; `*` stands for the input of every operation. */
type Names = Readonly<Record<string, string>>;

/** Members whose value changes nothing here, and why that is right, in both languages. */
export interface Meaningless {
  readonly why: readonly [en: string, ja: string];
  readonly members: Names;
}

/**
 * How a service accounts for the members of its operations' inputs. What is named in none of these is used: a test has the
 * compiler find where. https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
 */
export interface Members {
  /** Refused with 501 when they ask for something; `name=value` lets a value pass that asks for what is done anyway. */
  readonly refused: Names;
  readonly meaningless: readonly Meaningless[];
  /** Used, where the compiler does not see it: by which file, of this service or below `src`. */
  readonly usedIn: Readonly<Record<string, Names>>;
}

/** What is to become of a member. */
export type Account =
  | { readonly kind: "refused"; readonly unless: ReadonlySet<string> }
  | { readonly kind: "meaningless"; readonly why: readonly [en: string, ja: string] }
  | { readonly kind: "usedIn"; readonly file: string };

/** The accounts of a service's members, looked up by structure and name. */
export class MemberAccounts {
  readonly #accounts = new Map<string, Account>();

  /** @throws Error where a member stands in the table twice */
  constructor({ refused, meaningless, usedIn }: Members) {
    for (const [owner, name] of pairs(refused)) {
      const [member = "", ...values] = name.split("=");
      this.#add(owner, member, { kind: "refused", unless: new Set(values) });
    }
    for (const { why, members } of meaningless)
      for (const [owner, name] of pairs(members))
        this.#add(owner, name, { kind: "meaningless", why });
    for (const [file, members] of Object.entries(usedIn))
      for (const [owner, name] of pairs(members)) this.#add(owner, name, { kind: "usedIn", file });
  }

  #add(owner: string, name: string, account: Account): void {
    const key = `${owner}.${name}`;
    if (this.#accounts.has(key)) throw new Error(`${key} is accounted for twice`);
    this.#accounts.set(key, account);
  }

  /** `structure.member` of all that is in the table. */
  get keys(): string[] {
    return [...this.#accounts.keys()];
  }

  of(owner: string, name: string, isInput: boolean): Account | undefined {
    const own = this.#accounts.get(`${owner}.${name}`);
    return own ?? (isInput ? this.#accounts.get(`*.${name}`) : undefined);
  }

  /** The refused member that a value gives, as a path such as `deploymentConfiguration.alarms.enable`; undefined where none. */
  refusedIn(input: StructShape, value: Readonly<Record<string, unknown>>): string | undefined {
    return this.#refusedIn(input, value, true);
  }

  #refusedIn(
    struct: StructShape,
    value: Readonly<Record<string, unknown>>,
    isInput: boolean,
  ): string | undefined {
    for (const [name, given] of Object.entries(value)) {
      const member = struct.byName.get(name);
      if (!member || given === undefined || given === null) continue;
      const path = this.#refusedMember(struct, member, given, isInput);
      if (path !== undefined) return path;
    }
    return undefined;
  }

  #refusedMember(
    struct: StructShape,
    { name, shape }: Member,
    given: unknown,
    isInput: boolean,
  ): string | undefined {
    const account = this.of(struct.name, name, isInput);
    if (account?.kind === "refused")
      return asksForNothing(given) || account.unless.has(String(given)) ? undefined : name;
    if (account?.kind === "meaningless") return undefined;
    for (const [inner, value] of structures(shape, given)) {
      const path = this.#refusedIn(inner, value, false);
      if (path !== undefined) return `${name}.${path}`;
    }
    return undefined;
  }
}

function* pairs(names: Names): Generator<[owner: string, name: string]> {
  for (const [owner, list] of Object.entries(names))
    for (const name of list.split(/\s+/).filter(Boolean)) yield [owner, name];
}

/** False, an empty text, list or map, and a structure of such: what a client sends that fills in every member. */
function asksForNothing(given: unknown): boolean {
  if (given === undefined || given === null || given === false || given === "") return true;
  if (Array.isArray(given)) return given.length === 0;
  return isPlain(given) && Object.values(given).every(asksForNothing);
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** The structures that stand in a value: itself, or those of a list or a map. */
function* structures(
  shape: Shape,
  value: unknown,
): Generator<[StructShape, Readonly<Record<string, unknown>>]> {
  if ("members" in shape) {
    if (typeof value === "object" && value !== null)
      yield [shape, value as Record<string, unknown>];
  } else if ("item" in shape) {
    for (const item of Array.isArray(value) ? value : []) yield* structures(shape.item, item);
  } else if ("key" in shape) {
    for (const item of Object.values((value ?? {}) as object)) yield* structures(shape.value, item);
  }
}
