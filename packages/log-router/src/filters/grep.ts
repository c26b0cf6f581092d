import type { Settings } from "../config/settings.ts";
import { asText, valueAt } from "../event.ts";
import type { Filter } from "./filter.ts";
import { keyAndPattern } from "./pattern.ts";

/** Keeps events whose value matches, or does not. https://docs.fluentbit.io/manual/pipeline/filters/grep */
export function grep(settings: Settings): Filter {
  settings.allow(["regex", "exclude"]);
  const includes = settings.all("Regex").map((rule) => keyAndPattern(settings, rule));
  const excludes = settings.all("Exclude").map((rule) => keyAndPattern(settings, rule));
  return (_tag, event) => {
    const fits = ({ key, pattern }: (typeof includes)[number]) => {
      const value = valueAt(event.record, key);
      return value !== undefined && pattern.test(asText(value));
    };
    const isKept = includes.every(fits) && !excludes.some(fits);
    return { event: isKept ? event : undefined };
  };
}
