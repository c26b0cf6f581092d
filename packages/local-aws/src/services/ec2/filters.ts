import { Glob } from "../../patterns/glob.ts";
import type { Scope } from "../../store/store.ts";
import { invalidFilter } from "./faults.ts";
import type { Tags } from "./state.ts";

/** What a filter compares: one value, several of which one must match, or none. */
export type FilterValue = string | number | boolean | undefined | readonly (string | undefined)[];

/** For each filter of an operation, by name, how its value is read from a resource. */
export type FilterTable<T> = Readonly<
  Record<string, (resource: Readonly<T>, scope: Scope) => FilterValue>
>;

export interface Filter {
  Name?: string | undefined;
  Values?: string[] | undefined;
}

/**
 * A test for resources that match all of `filters`, each by any of its values; `*` and `?` are wildcards, a backslash
 * makes the next character plain. `tag:<key>`, `tag-key` and `tag-value` work where `tagsOf` is given.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 * @throws AwsError `InvalidParameterValue` for a filter that the operation does not have
 */
export function toFilterTest<T>(
  filters: readonly Filter[] | undefined,
  table: FilterTable<T>,
  scope: Scope,
  tagsOf?: (resource: Readonly<T>) => Tags,
): (resource: Readonly<T>) => boolean {
  const tests = (filters ?? []).map(({ Name: name = "", Values: values = [] }) => {
    const patterns = values.map((value) => new Glob(value, { escapes: "all" }));
    const read = readerOf(name, table, scope, tagsOf);
    return (resource: Readonly<T>) => {
      const value = read(resource);
      const candidates = Array.isArray(value) ? (value as (string | undefined)[]) : [value];
      return candidates.some(
        (candidate) =>
          candidate !== undefined && patterns.some((pattern) => pattern.matches(String(candidate))),
      );
    };
  });
  return (resource) => tests.every((test) => test(resource));
}

function readerOf<T>(
  name: string,
  table: FilterTable<T>,
  scope: Scope,
  tagsOf?: (resource: Readonly<T>) => Tags,
): (resource: Readonly<T>) => FilterValue {
  if (tagsOf && name.startsWith("tag:")) {
    const key = name.slice("tag:".length);
    return (resource) => (Object.hasOwn(tagsOf(resource), key) ? tagsOf(resource)[key] : undefined);
  }
  if (tagsOf && name === "tag-key") return (resource) => Object.keys(tagsOf(resource));
  if (tagsOf && name === "tag-value") return (resource) => Object.values(tagsOf(resource));
  const read = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!read) throw invalidFilter(name);
  return (resource) => read(resource, scope);
}
