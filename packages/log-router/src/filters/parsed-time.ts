import type { Settings } from "../config/settings.ts";
import { say } from "../log.ts";

/** Fields, and their time in seconds where one of them was it. */
export interface Timed {
  readonly fields: Record<string, unknown>;
  readonly time?: number;
}

const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

/** What a directive of a format takes, as a group of its own name. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  Y: "(?<Y>\\d{4})",
  m: "(?<m>\\d{1,2})",
  b: "(?<b>[A-Za-z]{3})",
  d: "(?<d>\\d{1,2})",
  e: "\\s*(?<d>\\d{1,2})",
  H: "(?<H>\\d{1,2})",
  M: "(?<M>\\d{1,2})",
  S: "(?<S>\\d{1,2})",
  L: "(?<L>\\d+)",
  s: "(?<s>\\d+)",
  z: "(?<z>Z|[+-]\\d{2}:?\\d{2})",
  "%": "%",
};

/**
 * Takes the time out of fields, by a parser's `Time_Key` and `Time_Format`.
 * @throws ConfigError for a directive that is not known here
 * @see https://docs.fluentbit.io/manual/pipeline/parsers/configuring-parser
 */
export function timeReader(settings: Settings): (fields: Record<string, unknown>) => Timed {
  const format = settings.get("Time_Format");
  if (format === undefined) return (fields) => ({ fields });
  const key = settings.get("Time_Key") ?? "time";
  const keeps = settings.flag("Time_Keep", false);
  const offset = settings.get("Time_Offset") ?? "Z";
  const read = expressionOf(settings, format);
  return (fields) => {
    const { [key]: text, ...others } = fields;
    if (typeof text !== "string") return { fields };
    const found = read.exec(text)?.groups;
    if (found) return { fields: keeps ? fields : others, time: timeOf(found, offset) };
    say("warn", `[parser:${settings.get("Name")}] invalid time format ${format} for '${text}'`);
    return { fields };
  };
}

function expressionOf(settings: Settings, format: string): RegExp {
  const whole = format.replaceAll("%T", "%H:%M:%S").replaceAll("%F", "%Y-%m-%d");
  const parts = whole.split(/(%.)/).map((part) => {
    if (!part.startsWith("%")) return RegExp.escape(part);
    return (
      DIRECTIVES[part.slice(1)] ??
      settings.fail(`the workbook's router does not know ${part} in Time_Format`)
    );
  });
  return new RegExp(`^${parts.join("")}`);
}

function timeOf(found: Readonly<Record<string, string | undefined>>, offset: string): number {
  const number = (name: string, otherwise = 0) => Number(found[name] ?? otherwise);
  const part = found["L"] === undefined ? 0 : Number(`0.${found["L"]}`);
  if (found["s"] !== undefined) return Number(found["s"]) + part;
  const now = new Date();
  const month = found["b"] ? MONTHS.indexOf(found["b"].toLowerCase()) : number("m", 1) - 1;
  const at = Date.UTC(
    number("Y", now.getUTCFullYear()),
    month,
    number("d", 1),
    number("H"),
    number("M"),
    number("S"),
  );
  return at / 1000 - secondsOf(found["z"] ?? offset) + part;
}

/** `+09:00`, `-0330`, `Z` */
function secondsOf(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60);
}
