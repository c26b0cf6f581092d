import type { Section } from "../config/classic.ts";
import { Settings, words } from "../config/settings.ts";
import type { Filter } from "./filter.ts";
import { pattern } from "./pattern.ts";
import { timeReader, type Timed } from "./parsed-time.ts";

type Fields = Record<string, unknown>;

/** What a text says, and when that was where it says so too; undefined where it is not of that form. */
type Parser = (text: string) => Timed | undefined;
export type Parsers = ReadonlyMap<string, Parser>;

/** Reads parsers: JSON, or a regular expression with named groups. https://docs.fluentbit.io/manual/pipeline/parsers */
export function readParsers(sections: readonly Section[]): Parsers {
  const known = new Map<string, Parser>();
  for (const { entries } of sections) {
    const settings = new Settings("parser", entries);
    const name = settings.required("Name");
    const format = settings.required("Format").toLowerCase();
    const ofTime = timeReader(settings);
    const parse = format === "json" ? json : format === "regex" ? groups(settings) : undefined;
    // One of a form that is not known here is refused where it is asked for.
    if (!parse) continue;
    known.set(name, (text) => {
      const fields = parse(text);
      return fields && ofTime(fields);
    });
  }
  return known;
}

function json(text: string): Fields | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Fields;
  } catch {
    return undefined; // A line that only begins like an object stays what it is.
  }
}

const TYPES: Readonly<Record<string, (text: string) => unknown>> = {
  integer: (text) => Math.trunc(Number.parseFloat(text)) || 0,
  float: (text) => Number.parseFloat(text) || 0,
  bool: (text) => (/^(?:true|false)$/i.test(text) ? text.toLowerCase() === "true" : text),
  hex: (text) => Number.parseInt(text, 16) || 0,
  string: (text) => text,
};

/** The groups of an expression, as their types want them; one that is empty is none. */
function groups(settings: Settings): (text: string) => Fields | undefined {
  const expression = pattern(settings, settings.required("Regex"));
  const keepsEmpty = !settings.flag("Skip_Empty_Values", true);
  const types = new Map(
    words(settings.get("Types") ?? "").map((each) => {
      const [name = "", type = ""] = each.split(":");
      const convert = TYPES[type.toLowerCase()] ?? settings.fail(`unknown type '${each}'`);
      return [name, convert] as const;
    }),
  );
  return (text) => {
    const found = expression.exec(text)?.groups;
    if (!found) return undefined;
    const kept = Object.entries(found).filter(([, value]) => value || (keepsEmpty && value === ""));
    return Object.fromEntries(
      kept.map(([name, value]) => [name, types.get(name)?.(value) ?? value]),
    );
  };
}

/** Makes fields of a value. https://docs.fluentbit.io/manual/pipeline/filters/parser */
export function parser(settings: Settings, parsers: Parsers): Filter {
  settings.allow(["key_name", "parser", "preserve_key", "reserve_data"], ["parser"]);
  const key = settings.required("Key_Name");
  const wanted = settings
    .all("Parser")
    .map((name) => parsers.get(name) ?? settings.fail(`requested parser '${name}' not found`));
  const keepsKey = settings.flag("Preserve_Key", false);
  const keepsOthers = settings.flag("Reserve_Data", false);
  return (_tag, event) => {
    const text = event.record[key];
    if (typeof text !== "string") return { event };
    const found = wanted.map((parse) => parse(text)).find((each) => each !== undefined);
    if (!found) return { event };
    const { [key]: _, ...others } = event.record;
    const kept = { ...(keepsKey && { [key]: text }), ...(keepsOthers && others) };
    return { event: { time: found.time ?? event.time, record: { ...found.fields, ...kept } } };
  };
}
