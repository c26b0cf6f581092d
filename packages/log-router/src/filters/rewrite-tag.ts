import { isTrue, type Settings } from "../config/settings.ts";
import { asText, valueAt } from "../event.ts";
import type { Filter } from "./filter.ts";
import { pattern } from "./pattern.ts";

/** Sends events whose value matches through all filters again, under another tag. https://docs.fluentbit.io/manual/pipeline/filters/rewrite-tag */
export function rewriteTag(settings: Settings): Filter {
  settings.allow(
    ["rule", "emitter_name", "emitter_mem_buf_limit", "emitter_storage.type"],
    ["rule"],
  );
  const rules = settings.all("Rule").map((rule) => {
    const [key, text, tag, keep] = tokens(rule);
    if (key === undefined || text === undefined || tag === undefined || keep === undefined)
      settings.fail(`property 'rule' expects 4 values (only ${tokens(rule).length} were found)`);
    return { key, tag, keeps: isTrue(keep), pattern: pattern(settings, text) };
  });
  return (tag, event) => {
    for (const rule of rules) {
      const value = valueAt(event.record, rule.key);
      const found = value === undefined ? null : rule.pattern.exec(asText(value));
      if (!found) continue;
      const named = rule.tag.replaceAll(
        /\$(TAG(?:\[\d+\])?|\d+|\w+(?:\['[^']+'\])*)/g,
        (_, name: string) => part(name, tag, found, event.record),
      );
      return { event: rule.keeps ? event : undefined, again: [{ tag: named, event }] };
    }
    return { event };
  };
}

/**
 * The words between spaces; one that begins with a double quotation mark ends with the next. What follows the fourth is not read.
 * @see https://github.com/fluent/fluent-bit/blob/master/src/flb_slist.c
 */
const tokens = (rule: string): string[] =>
  Array.from(
    rule.matchAll(/"((?:\\"|[^"])*)(?:"|$)|([^ ]+)/g),
    ([, quoted, plain]) => quoted?.replaceAll('\\"', '"') ?? plain!,
  );

function part(
  name: string,
  tag: string,
  found: RegExpExecArray,
  record: Readonly<Record<string, unknown>>,
): string {
  if (name === "TAG") return tag;
  const [, index] = /^TAG\[(\d+)\]$/.exec(name) ?? [];
  if (index !== undefined) return tag.split(".")[Number(index)] ?? "";
  if (/^\d+$/.test(name)) return found[Number(name)] ?? "";
  return asText(valueAt(record, name) ?? "");
}
