import type { Settings } from "../config/settings.ts";
import { valueAt, type LogEvent } from "../event.ts";
import type { Filter } from "./filter.ts";
import { keyAndPattern } from "./pattern.ts";

/**
 * Keeps events whose value matches, or does not. Rules are asked in their order, and the first `Regex` decides: what follows it is
 * asked by `Logical_Op` alone. Only text is matched.
 * @see https://docs.fluentbit.io/manual/pipeline/filters/grep
 */
export function grep(settings: Settings): Filter {
  const kinds = ["regex", "exclude"];
  settings.allow([...kinds, "logical_op"], kinds);
  const rules = settings
    .entries(kinds)
    .map(([kind, rule]) => ({ isRegex: kind === "regex", ...keyAndPattern(settings, rule) }));
  type Rule = (typeof rules)[number];
  const fits = ({ record }: LogEvent, { key, pattern }: Rule): boolean => {
    const value = valueAt(record, key);
    return typeof value === "string" && pattern.test(value);
  };
  const isKept = (event: LogEvent): boolean => {
    for (const rule of rules) {
      const isFound = fits(event, rule);
      if (rule.isRegex) return isFound;
      if (isFound) return false;
    }
    return true;
  };
  const operation = settings.get("Logical_Op")?.toLowerCase() ?? "legacy";
  if (operation === "legacy" || rules.length === 0)
    return (_tag, event) => ({ event: isKept(event) ? event : undefined });
  if (operation !== "and" && operation !== "or")
    settings.fail(`invalid logical_op '${operation}': and, or, legacy`);
  const { isRegex } = rules[0]!;
  if (rules.some((rule) => rule.isRegex !== isRegex))
    settings.fail("Both 'regex' and 'exclude' are set.");
  return (_tag, event) => {
    const one = (rule: Rule) => fits(event, rule);
    const isFound = operation === "and" ? rules.every(one) : rules.some(one);
    return { event: isFound === isRegex ? event : undefined };
  };
}
