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
 * @throws ConfigError
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
    for (const [index, raw] of textOf(path).split(/\r?\n/).entries()) {
      const line = raw.trim();
      if (line === "" || line.startsWith("#")) continue;
      const [, command, argument = ""] = /^@(\w+)\s+(.+)$/.exec(line) ?? [];
      if (command?.toUpperCase() === "INCLUDE") {
        read(resolve(dirname(path), withVariables(argument, set)), depth + 1);
        current = undefined;
        continue;
      }
      if (command?.toUpperCase() === "SET") {
        const [name = "", ...rest] = argument.split("=");
        set.set(name.trim(), rest.join("=").trim());
        continue;
      }
      const kind = /^\[(\w+)\]$/.exec(line)?.[1]?.toUpperCase();
      if (kind !== undefined) {
        current = { kind, entries: [] };
        sections.push(current);
        continue;
      }
      const [, key = "", value = ""] = /^(\S+)\s*(.*)$/.exec(line)!;
      if (!current)
        throw new ConfigError(`[config] ${path}:${index + 1}: '${key}' stands in no section`);
      current.entries.push([key, withVariables(value, set)]);
    }
  };
  read(file, 0);
  return sections;
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
