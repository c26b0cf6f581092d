import type { Settings } from "../config/settings.ts";
import { fraction, milliseconds, type LogEvent } from "../event.ts";
import { say } from "../log.ts";

/** As Fluent Bit writes JSON: what is not of ASCII is escaped. */
export const toJson = (value: unknown): string =>
  (JSON.stringify(value) ?? "null").replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** A time as text of JSON, by the name of its form. */
const DATES: Readonly<Record<string, (time: number) => string>> = {
  double: (time) => (Number.isInteger(time) ? `${time}.0` : String(Number(time.toPrecision(16)))),
  epoch: (time) => String(Math.floor(time)),
  epoch_ms: (time) => String(milliseconds(time)),
  iso8601: (time) => `"${dayAndTime(time, "T")}Z"`,
  java_sql_timestamp: (time) => `"${dayAndTime(time, " ")}"`,
};

/** With microseconds. */
function dayAndTime(time: number, between: string): string {
  const whole = new Date(milliseconds(time)).toISOString().slice(0, 19);
  return `${whole.replace("T", between)}.${fraction(time)}`;
}

/** Writes events as objects of JSON with their times, by an output's `json_date_key` and `json_date_format`. */
export function datedJson(settings: Settings, otherwise: string): (event: LogEvent) => string {
  const key = settings.get("json_date_key") ?? "date";
  const format =
    settings
      .get("json_date_format")
      ?.toLowerCase()
      .replace(/^epoch_milli.*/, "epoch_ms") ?? otherwise;
  const known = DATES[format];
  if (!known)
    say("error", `[${settings.owner}] invalid json_date_format '${format}'. Using 'double' type`);
  const date = known ?? DATES["double"]!;
  if (["false", "off", "no"].includes(key.toLowerCase())) return ({ record }) => toJson(record);
  return ({ time, record }) => {
    const rest = toJson(record).slice(1);
    return `{${toJson(key)}:${date(time)}${rest === "}" ? "" : ","}${rest}`;
  };
}
