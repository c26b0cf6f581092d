import { managedIn, type Complaint, type Plan, type ResourceChange } from "./plan.ts";
import type { Terraform } from "./terraform.ts";

/** What is done with every resource, in this order. */
export const STEPS = [
  "apply",
  "empty plan",
  "update in place",
  "empty plan after the update",
  "import",
  "empty plan after the import",
  "destroy",
] as const;

/** Of a complaint, so that a plan of many attributes does not fill the screen. */
const MOST_WORDS = 600;

type Step = (typeof STEPS)[number];

/** What a case knows of its resources, as its outputs tell. */
export interface Told {
  /** By address: what it is imported by where that is not its `id`; null where there is no importing it. */
  readonly ids: Readonly<Record<string, string | null>>;
  /** By type: arguments that the provider does not read back when it imports one. */
  readonly unread: Readonly<Record<string, readonly string[]>>;
  /** Types of which the provider changes nothing in place. */
  readonly fixed: readonly string[];
}

/** A step that a resource did not take. */
export interface Failure {
  readonly address: string;
  readonly step: Step;
  readonly words: string;
}

/** One resource of a case. */
export interface Tried {
  readonly address: string;
  readonly type: string;
  /** As `terraform show -json` has them. */
  readonly expressions: Readonly<Record<string, unknown>>;
  /** Arguments that were changed in place. */
  readonly changed: readonly string[];
}

/** Leads all resources of a configuration through all steps at once. */
export class Trial {
  readonly failures: Failure[] = [];
  readonly #terraform: Terraform;
  readonly #say: (line: string) => void;

  constructor(terraform: Terraform, say: (line: string) => void) {
    this.#terraform = terraform;
    this.#say = say;
  }

  async run(): Promise<{ tried: readonly Tried[]; told: Told }> {
    await this.#step("apply", () => this.#terraform.apply(false));
    await this.#step("empty plan", () => this.#planNothing(false));
    const tried = await this.#update();
    await this.#step("empty plan after the update", () => this.#planNothing(true));
    const told = await this.#told();
    await this.#import(told);
    await this.#step("empty plan after the import", () => this.#planNothing(true));
    await this.#step("destroy", () => this.#terraform.destroy(true));
    return { tried, told };
  }

  async #step(step: Step, take: () => Promise<Complaint[]>): Promise<void> {
    const began = performance.now();
    const complaints = await take();
    // What comes of a step that was not taken says nothing new.
    const failed = new Set(this.failures.map(({ address }) => address));
    const fresh = complaints.filter(({ address }) => !failed.has(address));
    this.failures.push(...fresh.map((each) => ({ ...each, step })));
    const seconds = Math.round((performance.now() - began) / 1000);
    this.#say(`${step}: ${fresh.length} complaints, ${seconds} s`);
    for (const { address, words } of fresh)
      this.#say(`✗ ${address}: ${words.slice(0, MOST_WORDS)}`);
  }

  async #planNothing(changed: boolean): Promise<Complaint[]> {
    const plan = await this.#terraform.plan(changed);
    return managed(plan)
      .filter(({ change }) => !isNothing(change))
      .map((each) => ({ address: each.address, words: `${describe(each)} is planned` }));
  }

  async #update(): Promise<Tried[]> {
    const plan = await this.#terraform.plan(true);
    await this.#step("update in place", async () => {
      const { fixed } = await this.#told();
      const all = managed(plan);
      const updated = new Set(all.filter(isUpdate).map(({ type }) => type));
      // Of a type of which something can change in place, one case at least changes something.
      const wrong = all.filter(
        (each) =>
          !isUpdate(each) &&
          !(isNothing(each.change) && (fixed.includes(each.type) || updated.has(each.type))),
      );
      const complaints = wrong.map((each) => ({ address: each.address, words: describe(each) }));
      return [...complaints, ...(await this.#terraform.applyPlan())];
    });
    const changes = new Map(managed(plan).map((each) => [each.address, each]));
    return managedIn(plan).map((each) => {
      const change = changes.get(each.address)?.change;
      const changed = change ? differences(change).filter((name) => name in each.expressions) : [];
      return { ...each, changed };
    });
  }

  async #import({ ids, unread }: Told): Promise<void> {
    const resources = await this.#terraform.resources();
    const imports = resources
      .map(
        ({ address, values }) => [address, address in ids ? ids[address] : values["id"]] as const,
      )
      .filter(([, id]) => id !== null);
    await this.#terraform.forget(imports.map(([to]) => to));
    const blocks = imports.map(([to, id]) => ({ to, id }));
    this.#terraform.write("imports.tf.json", JSON.stringify({ import: blocks }));
    await this.#step("import", async () => {
      const plan = await this.#terraform.plan(true, { isOrdinary: true });
      const wrong = managed(plan).flatMap((each) => {
        const lost = differences(each.change).filter(
          (name) => name !== "tags_all" && !unread[each.type]?.includes(name),
        );
        const isKept = isNothing(each.change) || isUpdate(each);
        if (isKept && lost.length === 0) return [];
        return [{ address: each.address, words: describe(each) }];
      });
      return [...wrong, ...(await this.#terraform.applyPlan({ isOrdinary: true }))];
    });
  }

  /** The outputs of all cases in one. */
  async #told(): Promise<Told> {
    const names = await this.#terraform.outputNames();
    const all = await Promise.all(names.map((name) => this.#terraform.output<Partial<Told>>(name)));
    return {
      ids: Object.assign({}, ...all.map(({ ids }) => ids)) as Told["ids"],
      unread: Object.assign({}, ...all.map(({ unread }) => unread)) as Told["unread"],
      fixed: all.flatMap(({ fixed = [] }) => fixed),
    };
  }
}

const managed = ({ resource_changes = [] }: Plan) =>
  resource_changes.filter(({ mode }) => mode === "managed");

const isUpdate = ({ change }: ResourceChange) => change.actions.join() === "update";

const isNothing = ({ actions }: ResourceChange["change"]) => actions.join() === "no-op";

/** The names at the top of a resource whose values are to be others. */
function differences({ before, after, after_unknown = {} }: ResourceChange["change"]): string[] {
  if (!before || !after) return [];
  return Object.keys({ ...before, ...after, ...after_unknown }).filter(
    (name) => written(before[name]) !== written(after[name]) && after_unknown[name] !== true,
  );
}

/** A value as text. To the provider nothing and an empty list or text are the same. */
function written(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, each: unknown) =>
    each === "" || (typeof each === "object" && each && Object.keys(each).length === 0)
      ? null
      : each,
  );
}

function describe({ change }: ResourceChange): string {
  const names = differences(change).map(
    (name) =>
      `${name} (${JSON.stringify(change.before?.[name])} → ${JSON.stringify(change.after?.[name])})`,
  );
  return `${change.actions.join(" and ")} ${names.join(", ")}`.trim();
}
