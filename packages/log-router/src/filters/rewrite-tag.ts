import type { Settings } from "../config/settings.ts";
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
    const parts = rule.split(/\s+/);
    if (parts.length < 4) settings.fail(`invalid rule '${rule}': key, regex, new tag and keep`);
    const [key, tag, keep] = [parts[0]!, parts.at(-2)!, parts.at(-1)!];
    const text = parts.slice(1, -2).join(" ");
    return { key, tag, keeps: keep.toLowerCase() === "true", pattern: pattern(settings, text) };
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
