import type { Section } from "../config/classic.ts";
import { Settings } from "../config/settings.ts";
import type { Filter } from "./filter.ts";
import { pattern } from "./pattern.ts";

/** By name: what a text says, as fields; undefined where it is not of that form. */
export type Parsers = ReadonlyMap<string, (text: string) => Record<string, unknown> | undefined>;

/** Reads parsers: `json`, or a regular expression with named groups. https://docs.fluentbit.io/manual/pipeline/parsers */
export function readParsers(sections: readonly Section[]): Parsers {
  const known = new Map([["json", json]]);
  for (const { entries } of sections) {
    const settings = new Settings("parser", entries);
    const format = settings.required("Format").toLowerCase();
    if (format === "json") known.set(settings.required("Name"), json);
    else if (format === "regex") {
      const expression = pattern(settings, settings.required("Regex"));
      known.set(settings.required("Name"), (text) => {
        const { groups } = expression.exec(text) ?? {};
        return groups && { ...groups };
      });
    }
  }
  return known;
}

function json(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined; // A line that only begins like an object stays what it is.
  }
}

/** Makes fields of a value. https://docs.fluentbit.io/manual/pipeline/filters/parser */
export function parser(settings: Settings, parsers: Parsers): Filter {
  settings.allow(["key_name", "parser", "preserve_key", "reserve_data"]);
  const key = settings.required("Key_Name");
  const wanted = settings
    .all("Parser")
    .map((name) => parsers.get(name) ?? settings.fail(`requested parser '${name}' not found`));
  const keepsKey = settings.flag("Preserve_Key", false);
  const keepsOthers = settings.flag("Reserve_Data", false);
  return (_tag, event) => {
    const text = event.record[key];
    if (typeof text !== "string") return { event };
    const fields = wanted.map((parse) => parse(text)).find((found) => found !== undefined);
    if (!fields) return { event };
    const { [key]: _, ...others } = event.record;
    const kept = { ...(keepsOthers && others), ...(keepsKey && { [key]: text }) };
    return { event: { ...event, record: { ...kept, ...fields } } };
  };
}
