import { existsSync, globSync, readFileSync, realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { UnreadableConfig } from "./config-error.ts";

/** A section, with its properties in their order. */
export interface Section {
  /** `INPUT`, in upper case. */
  readonly kind: string;
  readonly entries: (readonly [key: string, value: string])[];
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads a configuration and the files that it includes, with variables of the environment put in.
 * It is as strict as Fluent Bit: a property has a value, and all of a file stand equally deep, or twice as deep.
 * @throws UnreadableConfig
 * @see https://github.com/fluent/fluent-bit/blob/master/src/config_format/flb_cf_fluentbit.c
 * @see https://docs.fluentbit.io/manual/administration/configuring-fluent-bit/classic-mode/format-schema
 */
export function readClassic(file: string, variables: Variables): Section[] {
  const reader = new Reader(dirname(resolve(file)));
  reader.read(file);
  // What is set anywhere holds everywhere.
  const set = { ...variables, ...Object.fromEntries(reader.set) };
  return reader.sections.map(({ kind, entries }) => ({
    kind,
    entries: entries.map(([key, value]) => [key, withVariables(value, set).trim()] as const),
  }));
}

class Reader {
  readonly sections: Section[] = [];
  readonly set = new Map<string, string>();
  readonly #root: string;
  readonly #seen = new Set<string>();

  constructor(root: string) {
    this.#root = root;
  }

  read(path: string): void {
    const text = textOf(path);
    const own = realpathSync(path);
    if (this.#seen.has(own)) throw new UnreadableConfig(`[config] Read twice. path=${path}`);
    this.#seen.add(own);
    let current: Section | undefined;
    let indent: string | undefined;
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      const fail = (what: string): never => {
        throw new UnreadableConfig(`[config] error in ${path}:${index + 1}: ${what}`);
      };
      if (line === "" || line.startsWith("#")) continue;
      const [, command, argument = ""] = /^@(\w+) (.+)$/.exec(line) ?? [];
      if (command !== undefined) {
        this.#command(command.toUpperCase(), argument);
        continue;
      }
      if (line.startsWith("[")) {
        const kind = /^\[([^\]]+)\]/.exec(line)?.[1] ?? fail("bad header definition");
        current = { kind: kind.toUpperCase(), entries: [] };
        this.sections.push(current);
        continue;
      }
      indent ??= /^.[ \t]*/.exec(line)![0];
      const property = indented(line, indent, fail);
      if (property === "" || property.startsWith("#")) continue;
      const [, key = "", value = ""] = /^([^ ]*)(.*)$/.exec(property)!;
      if (value.trim() === "") fail(`${key}: undefined value`);
      if (!current) throw fail(`${key}: stands in no section`);
      current.entries.push([key, value.trim()]);
    }
  }

  #command(name: string, argument: string): void {
    if (name === "INCLUDE") for (const path of this.#included(argument)) this.read(path);
    if (name !== "SET") return;
    const [, variable = "", value = ""] = /^([^=]*)=(.*)$/.exec(argument) ?? [];
    this.set.set(variable, value.trim());
  }

  /** Files by a path, which may have stars, from where the router has been started or from its first file. */
  #included(path: string): string[] {
    if (!path.includes("*")) return [existsSync(path) ? path : resolve(this.#root, path)];
    const found = globSync(resolve(this.#root, path)).toSorted();
    if (found.length > 0) return found;
    throw new UnreadableConfig(`[config] read_glob glob: [${path}] no match`);
  }
}

/** A line without what stands before each property of its file, which the first of them says. */
function indented(line: string, indent: string, fail: (what: string) => never): string {
  if (!line.startsWith(indent))
    fail("invalid indentation level: too low, or inconsistent use of tab and space");
  const [, more = "", property = ""] = /^([ \t]*)(.*)$/.exec(line.slice(indent.length))!;
  return more === "" || more.length === indent.length
    ? property
    : fail("extra indentation level found");
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UnreadableConfig(`[config] could not open configuration file ${path}, aborting.`, {
      cause: error,
    });
  }
}

/** One that is not set is nothing, or what stands behind `:-`. */
const withVariables = (text: string, set: Variables) =>
  text.replaceAll(/\$\{([^}]+)\}/g, (_, said: string) => {
    const [, name = said, otherwise = ""] = /^(.*?):-(.*)$/.exec(said) ?? [];
    return set[name] || otherwise;
  });
