import { words, type Settings } from "../config/settings.ts";
import { valueAt, type LogEvent } from "../event.ts";
import { say } from "../log.ts";
import type { Filter } from "./filter.ts";
import { pattern } from "./pattern.ts";

type Fields = LogEvent["record"];

/** Fields in another order, or other ones. */
const remade = (record: Fields, change: (key: string, value: unknown) => [string, unknown][]) =>
  Object.fromEntries(Object.entries(record).flatMap(([key, value]) => change(key, value)));

const without = (record: Fields, isGone: (key: string) => boolean) =>
  remade(record, (key, value) => (isGone(key) ? [] : [[key, value]]));

/** Adds fields, and takes others away. https://docs.fluentbit.io/manual/pipeline/filters/record-modifier */
export function recordModifier(settings: Settings): Filter {
  const properties = ["record", "remove_key", "allowlist_key", "whitelist_key"];
  settings.allow(properties, properties);
  const records = settings.all("Record").flatMap((rule): (readonly [string, string])[] => {
    const [key, value, ...more] = words(rule);
    if (key === undefined || value === undefined)
      settings.fail("property 'record' expects 2 values (only 1 were found)");
    if (more.length === 0) return [[key, value]];
    say("error", `[${settings.owner}] invalid record parameters, expects 'KEY VALUE'`);
    return [];
  });
  const added = Object.fromEntries(records);
  const removed = settings.all("Remove_key");
  const kept = [...settings.all("Allowlist_key"), ...settings.all("Whitelist_key")];
  if (removed.length > 0 && kept.length > 0)
    settings.fail("remove_keys and allowlist_keys are exclusive with each other.");
  const isGone = (key: string) =>
    kept.length > 0
      ? !kept.some((name) => isNamed(key, name))
      : removed.some((name) => isNamed(key, name));
  return (_tag, event) => ({
    event: { ...event, record: { ...without(event.record, isGone), ...added } },
  });
}

/** In any case, and by its beginning where the name ends with a star. */
function isNamed(key: string, name: string): boolean {
  const [own, wanted] = [key.toLowerCase(), name.toLowerCase()];
  return wanted.endsWith("*") ? own.startsWith(wanted.slice(0, -1)) : own === wanted;
}

type Rule = (record: Fields, key: string, value: string) => Fields;

/** Fields whose names begin so, and the others. */
const parted = (record: Fields, start: string) => ({
  begun: without(record, (name) => !name.startsWith(start)),
  others: without(record, (name) => name.startsWith(start)),
});

const RULES_OF_ONE: Readonly<Record<string, (record: Fields, key: string) => Fields>> = {
  remove: (record, key) => without(record, (name) => name === key),
  remove_wildcard: (record, key) => parted(record, key).others,
  move_to_start: (record, key) => {
    const { begun, others } = parted(record, key);
    return { ...begun, ...others };
  },
  move_to_end: (record, key) => {
    const { begun, others } = parted(record, key);
    return { ...others, ...begun };
  },
};

const hardRename: Rule = (record, key, value) =>
  Object.hasOwn(record, key)
    ? remade(record, (name, own) =>
        name === key ? [[value, own]] : name === value ? [] : [[name, own]],
      )
    : record;
const hardCopy: Rule = (record, key, value) =>
  Object.hasOwn(record, key)
    ? remade(record, (name, own) => {
        if (name !== key) return name === value ? [] : [[name, own]];
        return [
          [name, own],
          [value, own],
        ];
      })
    : record;

const RULES_OF_TWO: Readonly<Record<string, Rule>> = {
  set: (record, key, value) => ({ ...without(record, (name) => name === key), [key]: value }),
  add: (record, key, value) => (Object.hasOwn(record, key) ? record : { ...record, [key]: value }),
  rename: (record, key, value) =>
    Object.hasOwn(record, value) ? record : hardRename(record, key, value),
  hard_rename: hardRename,
  copy: (record, key, value) =>
    Object.hasOwn(record, value) ? record : hardCopy(record, key, value),
  hard_copy: hardCopy,
};

/** Changes fields by rules, in their order. https://docs.fluentbit.io/manual/pipeline/filters/modify */
export function modify(settings: Settings): Filter {
  const names = [...Object.keys(RULES_OF_ONE), "remove_regex", ...Object.keys(RULES_OF_TWO)];
  const properties = [...names, "condition"];
  settings.allow(properties, properties);
  const rules = settings.entries(names).map(([name, rule]) => toRule(settings, name, rule));
  const conditions = settings.all("Condition").map((rule) => condition(settings, rule));
  return (_tag, event) =>
    conditions.every((holds) => holds(event.record))
      ? {
          event: { ...event, record: rules.reduce((record, apply) => apply(record), event.record) },
        }
      : { event };
}

function toRule(settings: Settings, name: string, rule: string): (record: Fields) => Fields {
  const [key = "", value, ...more] = words(rule);
  if (more.length > 0) settings.fail(`Invalid config for ${name}`);
  const two = RULES_OF_TWO[name];
  const one = RULES_OF_ONE[name];
  if (two && value !== undefined) return (record) => two(record, key, value);
  if (one && value === undefined) return (record) => one(record, key);
  if (name !== "remove_regex" || value !== undefined)
    settings.fail(`Invalid operation ${name} : ${rule} in configuration`);
  const expression = pattern(settings, key);
  return (record) => without(record, (own) => expression.test(own));
}

function condition(settings: Settings, rule: string): (record: Fields) => boolean {
  const [name = "", key = "", value = "", ...more] = words(rule);
  if (more.length > 0 || key === "") settings.fail(`Invalid config for condition`);
  const expression = (text: string) => pattern(settings, text);
  const of = (record: Fields) => valueAt(record, key);
  switch (name.toLowerCase()) {
    case "key_exists":
      return (record) => of(record) !== undefined;
    case "key_does_not_exist":
      return (record) => of(record) === undefined;
    case "a_key_matches":
    case "no_key_matches": {
      const keys = expression(key);
      const isWanted = name.toLowerCase() === "a_key_matches";
      return (record) => Object.keys(record).some((own) => keys.test(own)) === isWanted;
    }
    case "key_value_equals":
      return (record) => of(record) === value;
    case "key_value_does_not_equal":
      return (record) => of(record) !== undefined && of(record) !== value;
    case "key_value_matches":
    case "key_value_does_not_match": {
      const form = expression(value);
      const isWanted = name.toLowerCase() === "key_value_matches";
      return (record) => {
        const own = of(record);
        return own !== undefined && (typeof own === "string" && form.test(own)) === isWanted;
      };
    }
    default:
      return settings.fail(`Invalid config for condition : ${rule}`);
  }
}
