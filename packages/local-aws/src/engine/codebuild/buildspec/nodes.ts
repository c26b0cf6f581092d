import { BuildFault } from "../build-fault.ts";

/** A map of YAML. */
export type Node = Readonly<Record<string, unknown>>;

/** What CodeBuild says of a buildspec that it cannot read. */
export const yamlFault = (message: string) => new BuildFault("YAML_FILE_ERROR", message);

/** A map; what is left out is an empty one. @throws BuildFault */
export function node(value: unknown, name: string): Node {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value))
    throw yamlFault(`expected ${name} to be a map`);
  return value as Node;
}

/** A list of texts, or one. @throws BuildFault */
export function list(value: unknown, name: string): readonly string[] {
  if (value === undefined || value === null) return [];
  const items = Array.isArray(value) ? value : [value];
  return items.map((item, index) => {
    if (typeof item === "object" && item !== null)
      throw yamlFault(
        `Expected ${name}[${index}] to be of string type: found subkeys instead. Put quotes around what has a colon in it`,
      );
    return item === null ? "" : String(item);
  });
}

/** A map of texts: numbers and the like are read as they are written. @throws BuildFault */
export function texts(value: unknown, name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(node(value, name)).map(([key, item]) => {
      if (typeof item === "object" && item !== null)
        throw yamlFault(`Expected ${name}.${key} to be of string type: found subkeys instead`);
      return [key, item === null ? "" : String(item)];
    }),
  );
}

/** Yes or no, in the words of YAML. @throws BuildFault */
export function flag(value: unknown, name: string): boolean {
  if (value === undefined || value === null) return false;
  const said = String(value).toLowerCase();
  if (["yes", "true"].includes(said)) return true;
  if (["no", "false"].includes(said)) return false;
  throw yamlFault(`expected ${name} to be yes or no`);
}
