import type { Settings } from "../config/settings.ts";
import type { LogEvent } from "../event.ts";
import type { Filter } from "./filter.ts";
import { keyAndPattern } from "./pattern.ts";

type Fields = Record<string, unknown>;

const pair = (rule: string): readonly [string, string] => {
  const [, key = rule, value = ""] = /^(\S+)\s+(.+)$/.exec(rule) ?? [];
  return [key, value];
};

const changed = (event: LogEvent, change: (record: Fields) => void): { event: LogEvent } => {
  const record = { ...event.record };
  change(record);
  return { event: { ...event, record } };
};

/** Adds fields, and takes others away. https://docs.fluentbit.io/manual/pipeline/filters/record-modifier */
export function recordModifier(settings: Settings): Filter {
  settings.allow(["record", "remove_key", "allowlist_key", "whitelist_key"]);
  const added = settings.all("Record").map(pair);
  const removed = settings.all("Remove_key");
  const kept = [...settings.all("Allowlist_key"), ...settings.all("Whitelist_key")];
  return (_tag, event) =>
    changed(event, (record) => {
      for (const key of Object.keys(record))
        if (removed.includes(key) || (kept.length > 0 && !kept.includes(key))) delete record[key];
      for (const [key, value] of added) record[key] = value;
    });
}

/** Rules in their order. https://docs.fluentbit.io/manual/pipeline/filters/modify */
const RULES: Readonly<Record<string, (record: Fields, key: string, value: string) => void>> = {
  set: (record, key, value) => (record[key] = value),
  add: (record, key, value) => (record[key] ??= value),
  remove: (record, key) => delete record[key],
  rename: (record, key, value) => {
    if (key in record && !(value in record)) RULES["hard_rename"]!(record, key, value);
  },
  hard_rename: (record, key, value) => {
    if (!(key in record)) return;
    record[value] = record[key];
    delete record[key];
  },
  copy: (record, key, value) => {
    if (key in record && !(value in record)) record[value] = record[key];
  },
};

export function modify(settings: Settings): Filter {
  settings.allow([...Object.keys(RULES), "condition"]);
  const rules = Object.entries(RULES).flatMap(([name, apply]) =>
    settings.all(name).map((rule) => ({ apply, pair: pair(rule) })),
  );
  const conditions = settings.all("Condition").map((rule) => condition(settings, rule));
  return (_tag, event) =>
    conditions.every((holds) => holds(event.record))
      ? changed(event, (record) => {
          for (const {
            apply,
            pair: [key, value],
          } of rules)
            apply(record, key, value);
        })
      : { event };
}

function condition(settings: Settings, rule: string): (record: LogEvent["record"]) => boolean {
  const [name, rest] = pair(rule);
  const [key, value] = pair(rest);
  switch (name.toLowerCase()) {
    case "key_exists":
      return (record) => rest in record;
    case "key_does_not_exist":
      return (record) => !(rest in record);
    case "key_value_equals":
      return (record) => record[key] === value;
    case "key_value_does_not_equal":
      return (record) => key in record && record[key] !== value;
    case "key_value_matches": {
      const { pattern } = keyAndPattern(settings, rest);
      return (record) => typeof record[key] === "string" && pattern.test(record[key]);
    }
    case "key_value_does_not_match": {
      const { pattern } = keyAndPattern(settings, rest);
      return (record) => typeof record[key] === "string" && !pattern.test(record[key]);
    }
    default:
      return settings.fail(`Invalid config condition ${name}`);
  }
}
