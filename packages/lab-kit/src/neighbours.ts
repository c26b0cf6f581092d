import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { type Lab, listLabs } from "./load-lab.ts";

/** Everything that Terraform would manage, read or show, by `stack/kind.type.name`. */
export type StackBlocks = Readonly<Record<string, unknown>>;

/**
 * The chapter that a lab's begins where it ends: the one before it, or that which it names; none for the first chapter.
 *
 * @param lab with its folder
 */
export function chaptersBefore({
  directory,
  standsOn,
}: Pick<Lab, "directory" | "standsOn">): { id: string; directory: string }[] {
  const labs = dirname(directory);
  const number = String(Number(basename(directory).slice(0, 2)) - 1).padStart(2, "0");
  return listLabs(labs)
    .filter((id) => (standsOn === undefined ? id.startsWith(`${number}-`) : id === standsOn))
    .map((id) => ({ id, directory: join(labs, id) }));
}

/**
 * Reads the resources, data sources and outputs of synthesised stacks, in a form in which equal means that Terraform sees
 * no difference: without cdktf's remarks, and with lists of dependencies in order.
 *
 * @param outDirectory the `CDKTF_OUTDIR` of that synthesis
 */
export function readBlocks(outDirectory: string): StackBlocks {
  const stacks = join(outDirectory, "stacks");
  return Object.fromEntries(
    readdirSync(stacks).flatMap((stack) => {
      const file = join(stacks, stack, "cdk.tf.json");
      const {
        resource = {},
        data = {},
        output = {},
      } = JSON.parse(readFileSync(file, "utf8")) as Partial<
        Record<string, Record<string, unknown>>
      >;
      return [
        ...blocksIn(`${stack}/resource`, resource),
        ...blocksIn(`${stack}/data`, data),
        ...Object.entries(output).map(([name, value]) => [`${stack}/output.${name}`, plain(value)]),
      ];
    }),
  );
}

/**
 * What stacks have over others, which they contain, be it in another stack.
 *
 * @returns `adds` by type, `changes` by address, of what others have otherwise, and the stacks that something `moves` into where
 *   it does; all in order
 */
export function differenceOf(
  before: StackBlocks,
  after: StackBlocks,
): {
  readonly adds: readonly string[];
  readonly changes: readonly string[];
  readonly moves?: readonly string[];
} {
  const addresses = Object.keys(after);
  const origins = new Map(addresses.map((address) => [address, originOf(address, before, after)]));
  const added = addresses.filter((address) => origins.get(address) === undefined);
  const changed = addresses.filter((address) => {
    const origin = origins.get(address);
    return origin !== undefined && !isDeepStrictEqual(after[address], before[origin]);
  });
  const moved = addresses.filter((address) => ![undefined, address].includes(origins.get(address)));
  const types = new Set(added.map((address) => address.split(".")[1]!));
  const stacks = new Set(moved.map((address) => address.split("/")[0]!));
  return {
    adds: [...types].toSorted(),
    changes: changed.toSorted(),
    ...(stacks.size > 0 && { moves: [...stacks].toSorted() }),
  };
}

/** What of `before` is no more, in no stack of `after`. */
export function lostOf(before: StackBlocks, after: StackBlocks): readonly string[] {
  const kept = new Set(Object.keys(after).map((each) => originOf(each, before, after)));
  return Object.keys(before).filter((address) => !kept.has(address));
}

/** Where something was before: at the same place, or, where that is no more, in another stack. */
function originOf(address: string, before: StackBlocks, after: StackBlocks): string | undefined {
  if (address in before) return address;
  const [, inStack = ""] = address.split("/");
  return Object.keys(before).find((each) => each.split("/")[1] === inStack && !(each in after));
}

function blocksIn(prefix: string, types: Record<string, unknown>): [string, unknown][] {
  return Object.entries(types).flatMap(([type, names]) =>
    Object.entries(names as Record<string, unknown>).map(([name, block]): [string, unknown] => [
      `${prefix}.${type}.${name}`,
      plain(block),
    ]),
  );
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== "//");
  return Object.fromEntries(
    entries.map(([key, part]) => [
      key,
      key === "depends_on" ? (part as string[]).toSorted() : plain(part),
    ]),
  );
}
