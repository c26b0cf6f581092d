import { readFileSync } from "node:fs";
import { join } from "node:path";
import { saidBy, SpokenError } from "@workbook/toolchain";
import type { Problem } from "./program/problem.ts";
import type { Origins } from "./program/synth-process.ts";

/** One resource, data source or output of a synthesised stack. */
export interface SynthResource {
  /** Id of its stack, such as `images` or `service`. */
  readonly stack: string;
  readonly kind: "resource" | "data" | "output";
  /** Terraform's type, e.g. `aws_ecs_service`; `output` for an output. */
  readonly type: string;
  /** Its Terraform name, which a learner chooses freely. */
  readonly name: string;
  /** `type.name`, with `data.` in front of a data source. */
  readonly address: string;
  /** The arguments as synthesised; references are still `${…}`. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A stack as synthesised. */
export interface SynthStack {
  readonly id: string;
  /** Ids of those that have to be there before it, as CDKTF knows them. */
  readonly needs: readonly string[];
  /** The arguments of its S3 backend, without those that `terraform init` is given. */
  readonly backend: Readonly<Record<string, unknown>>;
}

/** The synthesised stacks are missing or unreadable; the message names the file. */
export class SynthReadError extends SpokenError {
  override readonly name = "SynthReadError";
}

/**
 * Reads synthesised stacks by what resources are and how they refer to each other, never by the names that a
 * learner gave them.
 */
export class SynthReader {
  readonly resources: readonly SynthResource[];
  /** The folder of the `stack.ts` that was synthesised, where the lab's other files lie; undefined where that is not known. */
  readonly directory: string | undefined;
  /** Where in that folder the elements are made, by their path in the construct tree; empty where that is not known. */
  readonly origins: Origins;
  /** What is wrong with the program although it came to its end. */
  readonly problems: readonly Problem[];
  /** The stacks in the order in which they are applied. */
  readonly stacks: readonly SynthStack[];
  readonly #byAddress: ReadonlyMap<string, SynthResource>;

  constructor(
    resources: readonly SynthResource[],
    directory?: string,
    origins: Origins = {},
    problems: readonly Problem[] = [],
    stacks: readonly SynthStack[] = [],
  ) {
    this.resources = resources;
    this.stacks = stacks;
    this.directory = directory;
    this.origins = origins;
    this.problems = problems;
    this.#byAddress = new Map(
      resources.map((resource) => [key(resource.stack, resource.address), resource]),
    );
  }

  /**
   * Reads the stacks that the last synthesis wrote.
   *
   * @param outDirectory the `CDKTF_OUTDIR` of that synthesis
   * @param directory the folder of the `stack.ts` that was synthesised
   * @param origins where in that folder the elements are made
   * @throws {SynthReadError} when there is none, or it is not one of cdktf's
   */
  static fromDirectory(
    outDirectory: string,
    directory?: string,
    origins: Origins = {},
  ): SynthReader {
    const manifest = readJson(join(outDirectory, "manifest.json"));
    const listed = isRecord(manifest) && isRecord(manifest["stacks"]) ? manifest["stacks"] : {};
    const read = Object.entries(listed).map(([id, about]) => {
      const json = readJson(join(outDirectory, "stacks", id, "cdk.tf.json"));
      return { json, stack: toStack(id, about, json) };
    });
    if (read.length === 0) {
      const file = join(outDirectory, "manifest.json");
      throw new SynthReadError([`${file} lists no stacks`, `${file} にスタックがありません`]);
    }
    return new SynthReader(
      read.flatMap(({ json, stack }) => readStack(stack.id, json)),
      directory,
      origins,
      [],
      inOrder(read.map(({ stack }) => stack)),
    );
  }

  /** The same stacks, of a program with which this is wrong. */
  with(problems: readonly Problem[]): SynthReader {
    const { resources, directory, origins, stacks } = this;
    return new SynthReader(resources, directory, origins, problems, stacks);
  }

  /** An output of any stack. */
  output(name: string): SynthResource | undefined {
    return this.resources.find((each) => each.kind === "output" && each.name === name);
  }

  /** Every resource of a type, in every stack. */
  all(type: string): readonly SynthResource[] {
    return this.resources.filter(
      (resource) => resource.kind === "resource" && resource.type === type,
    );
  }

  /**
   * The resources and data sources that a value of `from` refers to, each once, in order.
   *
   * @param value anything out of `from.attributes`: a string such as `${aws_vpc.vpc.id}`, or something that holds some
   */
  referredToBy(from: SynthResource, value: unknown): readonly SynthResource[] {
    const found = new Set<SynthResource>();
    for (const address of referencesIn(value)) {
      const resource = this.#byAddress.get(key(from.stack, address));
      if (resource !== undefined) found.add(resource);
    }
    return [...found];
  }

  /** The resources of a type, one of whose arguments at `attribute` refers to `to`. */
  referringTo(to: SynthResource, type: string, attribute: string): readonly SynthResource[] {
    return this.all(type).filter((resource) =>
      this.referredToBy(resource, resource.attributes[attribute]).includes(to),
    );
  }
}

/**
 * The blocks called `name` in a resource: cdktf writes a single one as an object, several as a list.
 *
 * @returns an empty list when there is none
 */
export function blocksOf(
  attributes: Readonly<Record<string, unknown>>,
  name: string,
): Record<string, unknown>[] {
  const value = attributes[name];
  return (Array.isArray(value) ? value : [value]).filter(isRecord);
}

function key(stack: string, address: string): string {
  return `${stack}/${address}`;
}

/** @param about what CDKTF's manifest says of it */
function toStack(id: string, about: unknown, json: unknown): SynthStack {
  const needs =
    isRecord(about) && Array.isArray(about["dependencies"]) ? about["dependencies"] : [];
  const { terraform } = isRecord(json) ? json : {};
  const { backend } = isRecord(terraform) ? terraform : {};
  const { s3 } = isRecord(backend) ? backend : {};
  return { id, needs: needs.map(String), backend: isRecord(s3) ? s3 : {} };
}

/**
 * Each stack behind those that it needs, and otherwise as the program makes them; the repositories first, because images are
 * pushed into them before anything runs. That nothing needs itself in the end has CDKTF made sure of.
 */
function inOrder(stacks: readonly SynthStack[]): readonly SynthStack[] {
  const placed = new Set<SynthStack>();
  const place = (stack: SynthStack) => {
    for (const each of stacks) if (stack.needs.includes(each.id) && !placed.has(each)) place(each);
    placed.add(stack);
  };
  for (const stack of stacks) if (stack.id === "images") place(stack);
  for (const stack of stacks) if (!placed.has(stack)) place(stack);
  return [...placed];
}

function readStack(stack: string, json: unknown): SynthResource[] {
  if (!isRecord(json))
    throw new SynthReadError([
      `The stack ${stack} is not a JSON object`,
      `スタック ${stack} が JSON のオブジェクトではありません`,
    ]);
  return [
    ...readKind(stack, "resource", json["resource"]),
    ...readKind(stack, "data", json["data"]),
    ...readKind(stack, "output", { output: json["output"] }),
  ];
}

function readKind(stack: string, kind: SynthResource["kind"], types: unknown): SynthResource[] {
  if (!isRecord(types)) return [];
  return Object.entries(types).flatMap(([type, names]) =>
    Object.entries(isRecord(names) ? names : {}).map(([name, attributes]) => ({
      stack,
      kind,
      type,
      name,
      address: `${kind === "data" ? "data." : ""}${type}.${name}`,
      attributes: isRecord(attributes) ? attributes : {},
    })),
  );
}

/** https://developer.hashicorp.com/terraform/language/expressions/references */
const REFERENCE = /\b(?:data\.)?[a-z][a-z0-9]*_[a-z0-9_]*\.[A-Za-z_][\w-]*/g;

/** Addresses in the `${…}` parts of a value, at any depth. */
function* referencesIn(value: unknown): Iterable<string> {
  if (typeof value === "string") {
    for (const [, expression = ""] of value.matchAll(/\$\{([^}]*)\}/g)) {
      for (const [address] of expression.matchAll(REFERENCE)) yield address;
    }
  } else if (Array.isArray(value) || isRecord(value)) {
    for (const part of Object.values(value)) yield* referencesIn(part);
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const why = saidBy(cause);
    throw new SynthReadError(
      [`${file} cannot be read: ${why.en}`, `${file} を読めません: ${why.ja}`],
      { cause },
    );
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
