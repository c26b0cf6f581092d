import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ConfigError } from "./config-error.ts";

/** A section, with its properties in their order. */
export interface Section {
  /** `INPUT`, in upper case. */
  readonly kind: string;
  readonly entries: (readonly [key: string, value: string])[];
}

const MOST_INCLUDES = 16;

/**
 * Reads a configuration and the files that it includes, with variables of the environment put in.
 * It is as strict as Fluent Bit: a property has a value, and all of a file stand equally deep.
 * @throws ConfigError
 * @see https://github.com/fluent/fluent-bit/blob/master/src/config_format/flb_cf_fluentbit.c
 * @see https://docs.fluentbit.io/manual/administration/configuring-fluent-bit/classic-mode/format-schema
 */
export function readClassic(
  file: string,
  variables: Readonly<Record<string, string | undefined>>,
): Section[] {
  const set = new Map(Object.entries(variables));
  const sections: Section[] = [];
  const read = (path: string, depth: number): void => {
    if (depth > MOST_INCLUDES) throw new ConfigError(`[config] ${path} includes itself`);
    let current: Section | undefined;
    let indent: string | undefined;
    for (const [index, line] of textOf(path).split(/\r?\n/).entries()) {
      const fail = (what: string): never => {
        throw new ConfigError(`[config] error in ${path}:${index + 1}: ${what}`);
      };
      if (line === "" || line.startsWith("#")) continue;
      const [, command, argument = ""] = /^@(\w+)\s+(.+)$/.exec(line) ?? [];
      if (command?.toUpperCase() === "INCLUDE") {
        read(resolve(dirname(path), withVariables(argument.trim(), set)), depth + 1);
        current = undefined;
        continue;
      }
      if (command?.toUpperCase() === "SET") {
        const [name = "", ...rest] = argument.split("=");
        set.set(name.trim(), rest.join("=").trim());
        continue;
      }
      if (line.startsWith("[")) {
        const kind = /^\[([^\]]+)\]/.exec(line)?.[1] ?? fail("bad header definition");
        current = { kind: kind.toUpperCase(), entries: [] };
        sections.push(current);
        continue;
      }
      indent ??= /^.[ \t]*/.exec(line)![0];
      const property = indented(line, indent, fail);
      if (property === "" || property.startsWith("#")) continue;
      const [, key = "", value = ""] = /^([^ ]*)(.*)$/.exec(property)!;
      if (value.trim() === "") fail(`${key}: undefined value`);
      if (!current) throw fail(`${key}: stands in no section`);
      current.entries.push([key, withVariables(value.trim(), set)]);
    }
  };
  read(file, 0);
  return sections;
}

/** A line without what stands before each property of its file, which the first of them says. */
function indented(line: string, indent: string, fail: (what: string) => never): string {
  if (!line.startsWith(indent))
    fail("invalid indentation level: too low, or inconsistent use of tab and space");
  const property = line.slice(indent.length);
  return /^[ \t]/.test(property) ? fail("extra indentation level found") : property;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError(`[config] could not open configuration file ${path}, aborting.`, {
      cause: error,
    });
  }
}

/** One that is not set is nothing. */
const withVariables = (text: string, set: ReadonlyMap<string, string | undefined>) =>
  text.replaceAll(/\$\{(\w[\w.-]*)\}/g, (_, name: string) => set.get(name) ?? "");
